# Renders the Z pass of a scene in Blender, to compare with:
#   blender -b -P zpass.py -- SCENE FRAMES OUT
# Cycles with one sample, no light bounces and no colour to speak of. Prints
# the seconds that each frame took.
import bpy, numpy, sys, time
numpy.bool = bool  # what Debian's importer of glTF still calls it
scene_file, frames, out = sys.argv[sys.argv.index('--') + 1:]
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=scene_file)
s = bpy.context.scene
s.camera = next(o for o in s.objects if o.type == 'CAMERA')
s.render.engine = 'CYCLES'
s.cycles.samples, s.cycles.max_bounces, s.cycles.use_denoising = 1, 0, False
s.render.use_persistent_data = True
s.render.resolution_x, s.render.resolution_y, s.render.resolution_percentage = 1920, 1080, 100
s.view_layers[0].use_pass_z = True
s.render.image_settings.file_format = 'OPEN_EXR_MULTILAYER'
for f in range(1, int(frames) + 1):
    start = time.time()
    s.frame_set(f)
    s.render.filepath = f'{out}/{f:04d}.exr'
    bpy.ops.render.render(write_still=True)
    print(f'zpass {time.time() - start:.3f}', flush=True)
