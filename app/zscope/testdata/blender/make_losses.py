"""Make a .blend with one of each thing that a GLB loses: make_losses.py -- OUT_DIR"""
import os
import sys

import bpy

out_dir = sys.argv[sys.argv.index('--') + 1]
bpy.ops.wm.read_factory_settings(use_empty=True)
scene = bpy.context.scene


def grid(name):
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=4, y_subdivisions=4)
    bpy.context.object.name = name
    return bpy.context.object


grid('Unseen').visible_camera = False
grid('Away').hide_render = True
smooth = grid('Smooth').modifiers.new('Subdivision', 'SUBSURF')
smooth.levels, smooth.render_levels = 1, 3
waves = grid('Waves').modifiers.new('Wave', 'WAVE')
waves.height = 0.4
only = grid('Only').modifiers.new('Bevel', 'BEVEL')
only.show_viewport = False

rough = bpy.data.materials.new('Rough')
rough.use_nodes, rough.cycles.displacement_method = True, 'DISPLACEMENT'
nodes = rough.node_tree.nodes
bump = nodes.new('ShaderNodeDisplacement')
output = [n for n in nodes if n.type == 'OUTPUT_MATERIAL'][0]
rough.node_tree.links.new(bump.outputs[0], output.inputs['Displacement'])
grid('Bark').data.materials.append(rough)

blink = grid('Blink')
for frame, hidden in (1, False), (5, True):
    blink.hide_render = hidden
    blink.keyframe_insert('hide_render', frame=frame)
scene.frame_set(1)

# Instances of geometry nodes.
tree = bpy.data.node_groups.new('Scatter', 'GeometryNodeTree')
if hasattr(tree, 'interface'):
    tree.interface.new_socket('Geometry', in_out='OUTPUT', socket_type='NodeSocketGeometry')
else:
    tree.outputs.new('NodeSocketGeometry', 'Geometry')
points, cube, on = tree.nodes.new('GeometryNodeMeshLine'), tree.nodes.new('GeometryNodeMeshCube'), tree.nodes.new('GeometryNodeInstanceOnPoints')
end = tree.nodes.new('NodeGroupOutput')
tree.links.new(points.outputs[0], on.inputs['Points'])
tree.links.new(cube.outputs[0], on.inputs['Instance'])
tree.links.new(on.outputs[0], end.inputs[0])
grid('Scattered').modifiers.new('Nodes', 'NODES').node_group = tree

camera = bpy.data.objects.new('Camera', bpy.data.cameras.new('Camera'))
scene.collection.objects.link(camera)
scene.camera, scene.frame_start, scene.frame_end = camera, 1, 9
bpy.ops.wm.save_as_mainfile(filepath=os.path.join(out_dir, 'losses.blend'))
