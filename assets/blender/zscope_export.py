"""Write what zscope needs from a .blend: SCENE.glb and SCENE.cameras.json.

    blender -b shot.blend --python zscope_export.py -- OUT_DIR [--frames 1-250] [--camera NAME]

The GLB holds geometry and animation. The camera track beside it holds, for every frame, what a GLB cannot: lens shift,
animated focal length, sensor fit, pixel aspect, cameras switched by timeline markers, cameras moved by constraints and
drivers, and the picture's size. Then:

    zscope export OUT_DIR/shot.glb --cameras OUT_DIR/shot.cameras.json --out depth

Lines that begin with "zscope: warning" name what the GLB loses of what Blender renders. Works with Blender 3.4 and 4.x.
"""
import json
import os
import sys

import bpy
from mathutils import Matrix

# glTF's world is y-up: (x, y, z) of Blender is (x, z, -y).
GLTF_FROM_BLENDER = Matrix(((1, 0, 0, 0), (0, 0, 1, 0), (0, -1, 0, 0), (0, 0, 0, 1)))
# OpenCV's camera looks along +z with y down, Blender's along -z with y up.
OPENCV_FROM_BLENDER_CAMERA = Matrix.Diagonal((1, -1, -1, 1))


def main():
    out_dir, first, last, camera_name = arguments()
    scene = bpy.context.scene
    name = os.path.splitext(os.path.basename(bpy.data.filepath))[0] or 'scene'
    os.makedirs(out_dir, exist_ok=True)
    warn_of_losses(scene, first, last)

    current = scene.frame_current
    frames = [camera_at(scene, n, camera_name) for n in range(first, last + 1)]
    width, height = picture_size(scene)
    track = {
        'zscope_cameras': 1, 'width': width, 'height': height, 'fps': float(scene.render.fps),
        'axes': 'opencv', 'pixel_origin': 'corner', 'world': 'gltf', 'source': 'Blender ' + bpy.app.version_string,
        'frames': frames,
    }
    write_atomically(os.path.join(out_dir, name + '.cameras.json'), json.dumps(track, indent=1))
    export_glb(os.path.join(out_dir, name + '.glb'))
    warn_of_unseen(os.path.join(out_dir, name + '.glb'))
    scene.frame_set(current)
    print('zscope: wrote %s.glb and %s.cameras.json to %s: frames %d to %d at %dx%d' % (name, name, out_dir, first, last, width, height))


def arguments():
    words = sys.argv[sys.argv.index('--') + 1:] if '--' in sys.argv else []
    scene = bpy.context.scene
    out_dir, first, last, camera = None, scene.frame_start, scene.frame_end, None
    while words:
        word = words.pop(0)
        if word == '--frames' and words:
            a, _, b = words.pop(0).partition('-')
            first, last = int(a), int(b or a)
        elif word == '--camera' and words:
            camera = words.pop(0)
            if camera not in bpy.data.objects or bpy.data.objects[camera].type != 'CAMERA':
                stop('there is no camera object named %r' % camera)
        elif out_dir is None and not word.startswith('--'):
            out_dir = word
        else:
            stop('unknown word %r; usage: blender -b FILE.blend --python zscope_export.py -- OUT_DIR [--frames A-B] [--camera NAME]' % word)
    if out_dir is None:
        stop('name the output folder: blender -b FILE.blend --python zscope_export.py -- OUT_DIR')
    if last < first:
        stop('the frames %d-%d end before they start' % (first, last))
    return out_dir, first, last, camera


def stop(sentence):
    print('zscope: ' + sentence, file=sys.stderr)
    sys.stderr.flush()
    os._exit(2)  # Blender's own exit status would be 0


def warn(sentence):
    print('zscope: warning: ' + sentence)


def write_atomically(path, text):
    with open(path + '.part', 'w') as f:
        f.write(text)
        f.flush()
        os.fsync(f.fileno())
    os.replace(path + '.part', path)


# Cameras

def picture_size(scene):
    r = scene.render
    return int(r.resolution_x * r.resolution_percentage / 100), int(r.resolution_y * r.resolution_percentage / 100)


def active_camera(scene, frame):
    """The camera that renders a frame: a timeline marker's, else the scene's."""
    bound = sorted((m for m in scene.timeline_markers if m.camera), key=lambda m: m.frame)
    if not bound:
        return scene.camera
    before = [m for m in bound if m.frame <= frame]
    return (before[-1] if before else bound[0]).camera


def camera_at(scene, frame, name):
    scene.frame_set(frame)
    obj = bpy.data.objects[name] if name else active_camera(scene, frame)
    if obj is None:
        stop('the scene has no camera at frame %d' % frame)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    evaluated = obj.evaluated_get(depsgraph)
    cam = evaluated.data
    if cam.type == 'PANO':
        stop('camera %r is panoramic, which has no pinhole intrinsics' % obj.name)
    fx, fy, cx, cy = intrinsics(scene, cam)
    return {
        'frame': frame, 'time': frame / scene.render.fps, 'camera': obj.name,
        'model': 'orthographic' if cam.type == 'ORTHO' else 'perspective',
        'fx': fx, 'fy': fy, 'cx': cx, 'cy': cy, 'near': cam.clip_start, 'far': cam.clip_end,
        'world_to_camera': [list(row) for row in world_to_camera(evaluated.matrix_world)],
    }


def world_to_camera(matrix_world):
    """OpenCV axes, glTF's world; the camera object's scale is taken out."""
    pose = GLTF_FROM_BLENDER @ matrix_world
    for c in range(3):
        column = pose.col[c].to_3d().normalized()
        for r in range(3):
            pose[r][c] = column[r]
    return OPENCV_FROM_BLENDER_CAMERA @ pose.inverted()


def intrinsics(scene, cam):
    """fx, fy, cx, cy in pixels from the top left corner; pixels per unit for an orthographic camera."""
    w, h = picture_size(scene)
    r = scene.render
    ratio = r.pixel_aspect_y / r.pixel_aspect_x  # a pixel's height by its width
    fit = cam.sensor_fit
    if fit == 'AUTO':
        fit = 'HORIZONTAL' if r.pixel_aspect_x * w >= r.pixel_aspect_y * h else 'VERTICAL'
    across = w if fit == 'HORIZONTAL' else ratio * h  # what the sensor's size or the ortho scale spans
    sensor = cam.sensor_height if cam.sensor_fit == 'VERTICAL' else cam.sensor_width
    fx = across / cam.ortho_scale if cam.type == 'ORTHO' else cam.lens / sensor * across
    return fx, fx / ratio, w / 2 - cam.shift_x * across, h / 2 + cam.shift_y * across / ratio


# Geometry

def applies_modifiers(scene):
    """Whether the exporter must apply modifiers: doing so, it drops the shape keys of all meshes that have any modifier,
    be it the armature's alone."""
    return any(m.type != 'ARMATURE' and m.show_viewport for o in scene.objects if o.type == 'MESH' and not o.hide_render for m in o.modifiers)


def export_glb(path):
    """Export with those of the wanted options that this version of the exporter has."""
    wanted = dict(
        filepath=path, export_format='GLB', export_yup=True, export_apply=applies_modifiers(bpy.context.scene), export_cameras=True, use_renderable=True,
        export_animations=True, export_frame_range=False, export_force_sampling=True, export_skins=True, export_morph=True,
        export_animation_mode='ACTIONS', export_optimize_animation_size=False, export_gn_mesh=True, export_draco_mesh_compression_enable=False,
    )
    known = bpy.ops.export_scene.gltf.get_rna_type().properties.keys()
    bpy.ops.export_scene.gltf(**{k: v for k, v in wanted.items() if k in known})


# Losses

def warn_of_unseen(path):
    """What the renderer does not show, but the GLB has all the same."""
    with open(path, 'rb') as f:
        f.seek(12)
        size = int.from_bytes(f.read(4), 'little')
        f.seek(20)
        nodes = json.loads(f.read(size)).get('nodes', [])
    for name in sorted({n.get('name') for n in nodes if 'mesh' in n} & set(bpy.data.objects.keys())):
        o = bpy.data.objects[name]
        if o.hide_render:
            warn('%r is hidden in renders, but the GLB has it: it will be in the depth' % name)
        elif not getattr(o, 'visible_camera', True):
            warn('%r is hidden from the camera (Ray Visibility), but the GLB has it: it will be in the depth' % name)


def warn_of_losses(scene, first, last):
    for o in scene.objects:
        if o.hide_render or not o.visible_get() and o.type != 'MESH':
            continue
        warn_of_object(o)
    warn_of_instances(scene)
    warn_of_materials(scene)
    warn_of_changing_meshes(scene, first, last)
    r = scene.render
    if r.use_border:
        warn('the render border is ignored: depth is written for the whole picture')
    if r.fps_base != 1:
        warn('%d fps with a base of %g: the GLB counts time at %d frames a second, and so does the camera track' % (r.fps, r.fps_base, r.fps))
    if scene.render.use_motion_blur:
        warn('motion blur is on: the RGB frames are blurred, depth is of the instant')


def warn_of_object(o):
    if o.type in {'VOLUME', 'POINTCLOUD', 'GPENCIL', 'CURVES', 'META'}:
        warn('%s %r has no triangles in the GLB and will not be in the depth' % (o.type.lower(), o.name))
    if o.animation_data and any(c.data_path == 'hide_render' for c in action_curves(o.animation_data.action)):
        warn('%r is shown and hidden over time, which the GLB does not carry: it is always there' % o.name)
    for m in o.modifiers:
        if m.type in {'SUBSURF', 'MULTIRES'} and m.show_render and m.levels != m.render_levels:
            warn('%r is subdivided %d times when rendered but %d times in the viewport, which is what the GLB gets' % (o.name, m.render_levels, m.levels))
        if m.show_render != m.show_viewport:
            warn('modifier %r of %r is %s when rendered, but not in the GLB' % (m.name, o.name, 'on' if m.show_render else 'off'))
        if m.type == 'PARTICLE_SYSTEM' and m.particle_system.settings.type == 'HAIR':
            warn('the hair of %r is not in the GLB' % o.name)


def action_curves(action):
    """F-curves of an action, also of a layered one."""
    if action is None:
        return []
    if getattr(action, 'fcurves', None) is not None:
        return list(action.fcurves)
    return [c for layer in action.layers for strip in layer.strips for bag in strip.channelbags for c in bag.fcurves]


def warn_of_instances(scene):
    lost = {}
    for i in bpy.context.evaluated_depsgraph_get().object_instances:
        if not i.is_instance or not i.parent or i.parent.type == 'EMPTY' and i.parent.instance_type == 'COLLECTION':
            continue
        # The surface of a curve or a text is an instance, too.
        if i.parent.type not in {'CURVE', 'SURFACE', 'FONT'} or any(m.type == 'NODES' for m in i.parent.modifiers):
            lost[i.parent.name] = lost.get(i.parent.name, 0) + 1
    for name, n in sorted(lost.items()):
        warn('%r makes %d instances (geometry nodes, particles or instancing on vertices or faces); check that they are in the GLB, '
             'or make them real before exporting (Object > Apply > Make Instances Real)' % (name, n))


def warn_of_materials(scene):
    used = {s.material for o in scene.objects if not o.hide_render for s in o.material_slots if s.material}
    for m in sorted(used, key=lambda m: m.name):
        if not m.use_nodes or m.node_tree is None:
            continue
        displaced = any(n.type == 'OUTPUT_MATERIAL' and n.inputs['Displacement'].is_linked for n in m.node_tree.nodes)
        method = getattr(m, 'displacement_method', None) or getattr(getattr(m, 'cycles', None), 'displacement_method', 'BUMP')
        if displaced and method != 'BUMP':
            warn('material %r displaces its surface when rendered; the GLB has the surface without displacement' % m.name)


def warn_of_changing_meshes(scene, first, last):
    """Surfaces that deform by something that the GLB does not get stand still in it: it gets bones, and the shape keys of
    meshes to which no modifier is applied."""
    applied = applies_modifiers(scene)
    objects = [o for o in scene.objects if not o.hide_render and
               (o.type in {'CURVE', 'SURFACE', 'FONT'} or o.type == 'MESH' and applied and len(o.modifiers) > 0)]
    if not objects or first == last:
        return
    bones = [m for o in objects for m in o.modifiers if m.type == 'ARMATURE' and m.show_viewport]
    for m in bones:
        m.show_viewport = False
    seen = {}
    for n in sorted({first + (last - first) * i // 11 for i in range(12)}):
        scene.frame_set(n)
        depsgraph = bpy.context.evaluated_depsgraph_get()
        for o in list(objects):
            shape = shape_of(o.evaluated_get(depsgraph))
            if seen.setdefault(o.name, shape) != shape:
                objects.remove(o)
                if o.type != 'MESH':
                    warn('the shape of %s %r changes over time; the GLB holds one shape only' % (o.type.lower(), o.name))
                else:
                    keys = ' and shape keys' if o.data.shape_keys else ''
                    warn('the mesh of %r changes over time by its modifiers%s; the GLB holds one shape only' % (o.name, keys))
    for m in bones:
        m.show_viewport = True


def shape_of(evaluated):
    """How many vertices an evaluated object has, and where some of them are."""
    mesh = evaluated.to_mesh()
    if mesh is None:
        return None
    count = len(mesh.vertices)
    shape = (count, tuple(tuple(mesh.vertices[i].co) for i in range(0, count, max(1, count // 1000))))
    evaluated.to_mesh_clear()
    return shape


main()
