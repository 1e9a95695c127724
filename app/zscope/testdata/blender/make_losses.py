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


def speak(o):
    """A shape key that moves."""
    o.shape_key_add(name='Basis')
    key = o.shape_key_add(name='Up')
    for i, v in enumerate(key.data):
        v.co.z += 0.5 * (i % 3)
    for frame in 1, 9:
        key.value = frame / 9
        key.keyframe_insert('value', frame=frame)


def bones(o):
    bpy.ops.object.armature_add()
    o.modifiers.new('Armature', 'ARMATURE').object = bpy.context.object
    o.vertex_groups.new(name='Bone').add(range(len(o.data.vertices)), 1, 'ADD')


speak(grid('Plain'))
face = grid('Face')
speak(face)
bones(face)
flag = grid('Flag')
bones(flag)
flag.modifiers.new('Wave', 'WAVE').height = 0.4
bpy.ops.curve.primitive_bezier_circle_add()
tube = bpy.context.object
tube.name = 'Tube'
for frame in 1, 9:
    tube.data.bevel_depth = frame / 20
    tube.data.keyframe_insert('bevel_depth', frame=frame)
bpy.ops.object.text_add()
bpy.context.object.name = 'Words'
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
