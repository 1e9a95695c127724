"""Make a scene that exercises what glTF cannot carry of a camera, and render its depth by Cycles.

    blender -b --factory-startup --python make_blend.py -- OUT_DIR FRAME...

OUT_DIR gets shot.blend, and cycles_z_NNNN.exr for each frame: Cycles' own Z pass, one sample in each pixel's centre.
"""
import math
import os
import sys

import bpy

out_dir, *frames = sys.argv[sys.argv.index('--') + 1:]
scene = bpy.context.scene
for o in list(bpy.data.objects):
    bpy.data.objects.remove(o)


def move(o, frame, **values):
    for name, value in values.items():
        setattr(o, name, value)
        o.keyframe_insert(name, frame=frame)


# Surfaces: a ground, a wall askew, round things, one that moves.
bpy.ops.mesh.primitive_plane_add(size=14)
bpy.ops.mesh.primitive_plane_add(size=12, location=(1, 5, 2), rotation=(math.radians(80), 0, 0.3))
bpy.ops.mesh.primitive_uv_sphere_add(segments=24, ring_count=12, radius=0.8, location=(-1.2, 0.5, 1))
bpy.ops.mesh.primitive_monkey_add(size=1.6, location=(1.0, 0, 1.2), rotation=(0.2, 0.1, 0.5))
bpy.ops.mesh.primitive_torus_add(major_radius=0.7, minor_radius=0.25, location=(0, 2, 0.6), rotation=(0.7, 0.2, 0))
torus = bpy.context.object
move(torus, 1, location=(0, 2, 0.6), rotation_euler=(0.7, 0.2, 0))
move(torus, 12, location=(-1, 2.5, 1.4), rotation_euler=(0.2, 1.2, 0.5))

# A camera with a shifted lens that zooms, kept on the monkey by a constraint while it moves.
lens = bpy.data.cameras.new('Zoom')
lens.shift_x, lens.shift_y, lens.sensor_fit = 0.13, -0.21, 'HORIZONTAL'
for frame, value in (1, 28), (12, 65):
    lens.lens = value
    lens.keyframe_insert('lens', frame=frame)
zoom = bpy.data.objects.new('Zoom', lens)
scene.collection.objects.link(zoom)
move(zoom, 1, location=(-3, -5, 2.2))
move(zoom, 12, location=(2, -6, 3.4))
track = zoom.constraints.new('TRACK_TO')
track.target, track.track_axis, track.up_axis = bpy.data.objects['Suzanne'], 'TRACK_NEGATIVE_Z', 'UP_Y'

# A second camera takes over by a marker.
other = bpy.data.objects.new('Upright', bpy.data.cameras.new('Upright'))
other.data.sensor_fit, other.data.sensor_height, other.data.lens = 'VERTICAL', 20, 22
other.location, other.rotation_euler = (4, -4, 3), (math.radians(68), 0.05, math.radians(42))
scene.collection.objects.link(other)
for camera, frame in (zoom, 1), (other, 8):
    scene.timeline_markers.new(camera.name, frame=frame).camera = camera
scene.camera = zoom

r = scene.render
scene.frame_start, scene.frame_end, r.fps = 1, 12, 24
r.resolution_x, r.resolution_y, r.resolution_percentage, r.pixel_aspect_x, r.pixel_aspect_y = 480, 320, 50, 1, 1.2
r.engine, r.film_transparent, r.use_motion_blur, r.use_persistent_data = 'CYCLES', True, False, False
scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.max_bounces, scene.cycles.use_adaptive_sampling = 1, False, 0, False
# The property's own limit is 0.01 pixels; as an ID property it takes less.
scene.cycles['filter_width'] = 1e-6
scene.cycles.pixel_filter_type = 'BLACKMAN_HARRIS'
scene.view_layers[0].use_pass_z = True
r.image_settings.file_format, r.image_settings.color_depth, r.image_settings.exr_codec = 'OPEN_EXR_MULTILAYER', '32', 'ZIP'
bpy.ops.wm.save_as_mainfile(filepath=os.path.join(out_dir, 'shot.blend'))
for frame in map(int, frames):
    scene.frame_set(frame)
    r.filepath = os.path.join(out_dir, 'cycles_z_%04d.exr' % frame)
    bpy.ops.render.render(write_still=True)
