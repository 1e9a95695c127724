package gltfscene

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// The extensions that change geometry, visibility, time or alpha and are read.
const (
	extMeshQuantization   = "KHR_mesh_quantization"
	extGPUInstancing      = "EXT_mesh_gpu_instancing"
	extDraco              = "KHR_draco_mesh_compression"
	extMeshopt            = "EXT_meshopt_compression"
	extMeshoptKHR         = "KHR_meshopt_compression"
	extTextureTransform   = "KHR_texture_transform"
	extTextureBasisU      = "KHR_texture_basisu"
	extTextureWebP        = "EXT_texture_webp"
	extAnimationPointer   = "KHR_animation_pointer"
	extNodeVisibility     = "KHR_node_visibility"
	extMaterialsVariants  = "KHR_materials_variants"
	extSpecularGlossiness = "KHR_materials_pbrSpecularGlossiness"
)

// isRead reports whether an extension is understood as far as depth needs it.
func isRead(name string) bool {
	switch name {
	case extMeshQuantization, extGPUInstancing, extDraco, extMeshopt, extMeshoptKHR,
		extTextureTransform, extTextureBasisU, extTextureWebP,
		extAnimationPointer, extNodeVisibility, extMaterialsVariants, extSpecularGlossiness:
		return true
	}
	return false
}

// isHarmless reports whether an extension says nothing about where surfaces
// are: light, colour, sound, behaviour on selection and data about data. Image
// formats matter where a material has alpha, see imageOf.
func isHarmless(name string) bool {
	for _, prefix := range []string{
		"KHR_materials_", "EXT_materials_", "ADOBE_materials_", "KHR_lights_", "EXT_lights_", "KHR_techni", "KHR_texture_",
		"EXT_texture_", "MSFT_texture_", "MSFT_packing_", "KHR_xmp", "KHR_audio", "KHR_node_selectability", "KHR_node_hoverability",
		"EXT_mesh_features", "EXT_instance_features", "EXT_structural_metadata", "EXT_property", "EXT_feature_metadata",
		"MSFT_lod", "CESIUM_primitive_outline", "AGI_", "FB_geometry_metadata", "GODOT_single_root", "KHR_physics", "MSFT_physics",
		"KHR_implicit_shapes", "OMI_", "VRM", "NV_",
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func (l *loader) requires(name string) bool {
	return slices.Contains(l.doc.ExtensionsRequired, name)
}

// checkExtensions refuses a file that requires what is not understood, and
// warns about what it could do without. An extension that is listed but that no
// object of the file carries changes nothing.
func (l *loader) checkExtensions() error {
	told := map[string]bool{}
	for _, name := range l.doc.ExtensionsRequired {
		if isRead(name) || isHarmless(name) {
			continue
		}
		if l.carried[name] {
			return fmt.Errorf("the file requires the extension %s, which zscope does not know: without it depth would be wrong", name)
		}
		told[name] = true
		l.warn("the file requires the extension %s, which zscope does not know; nothing in the file uses it, so it is ignored", name)
	}
	for _, name := range l.doc.ExtensionsUsed {
		if !isRead(name) && !isHarmless(name) && !told[name] && l.carried[name] {
			l.warn("the extension %s is not known; if it adds, moves or removes surfaces, depth does not show that", name)
		}
	}
	return nil
}

// findCarried notes which of the extensions that the document lists are
// members of an object of its JSON.
func (l *loader) findCarried(doc *document, data []byte) {
	l.carried = map[string]bool{}
	for _, list := range [][]string{doc.ExtensionsUsed, doc.ExtensionsRequired} {
		for _, name := range list {
			if !isRead(name) && !isHarmless(name) && len(l.carried) < maxWarnings {
				l.carried[name] = hasMember(data, name)
			}
		}
	}
}

func hasMember(data []byte, name string) bool {
	quoted := []byte(`"` + name + `"`)
	for {
		i := bytes.Index(data, quoted)
		if i < 0 {
			return false
		}
		data = data[i+len(quoted):]
		if rest := bytes.TrimLeft(data[:min(len(data), 64)], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
			return true
		}
	}
}
