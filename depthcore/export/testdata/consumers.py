"""Read zscope's exports of one scene as other programs do, and compare what they put into the world.

    consumers.py DIR SIZE

DIR has the folders plain, tum, bop, nerfstudio and colmap, and colmap/again as COLMAP wrote it; SIZE is the scene's size.
Each reader follows its format's own documentation. Prints one line a finding.
"""
import glob
import json
import os
import sys

os.environ['OPENCV_IO_ENABLE_OPENEXR'] = '1'
try:
    import cv2
    import numpy as np
    import OpenImageIO as oiio
except ImportError as e:
    print(e)
    sys.exit(77)

root, size = sys.argv[1], float(sys.argv[2])


def path(*names):
    return os.path.join(root, *names)


def rotation(w, x, y, z):
    return np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                     [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                     [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]])


def pixels(shape, corner):
    """u, v of the pixel centres, where (0, 0) is the image's corner or the first pixel's centre."""
    h, w = shape
    return np.meshgrid(np.arange(w) + (0.5 if corner else 0), np.arange(h) + (0.5 if corner else 0))


def rays(shape, fx, fy, cx, cy, corner):
    """Rays of unit Z in camera space with x right, y down, z forward."""
    u, v = pixels(shape, corner)
    return np.stack([(u - cx) / fx, (v - cy) / fy, np.ones(shape)], axis=-1)


def tum(frame):
    fx, fy, cx, cy = np.loadtxt(path('tum/calibration.txt'))
    pose = np.loadtxt(path('tum/groundtruth.txt'))[frame]
    stamp, name = [line.split() for line in open(path('tum/depth.txt')) if line[0] != '#'][frame]
    assert abs(float(stamp) - pose[0]) < 1e-9
    z = cv2.imread(path('tum', name), cv2.IMREAD_ANYDEPTH) / 5000
    x, y, s, w = pose[4:]
    return z, rays(z.shape, fx, fy, cx, cy, False), rotation(w, x, y, s), pose[1:4], 1 / 5000


def bop(frame):
    scene = json.load(open(path('bop/000000/scene_camera.json')))
    key = sorted(scene, key=int)[frame]
    c = scene[key]
    z = cv2.imread(path('bop/000000/depth/%06d.png' % int(key)), cv2.IMREAD_ANYDEPTH) * c['depth_scale'] / 1000
    k, r, t = np.reshape(c['cam_K'], (3, 3)), np.reshape(c['cam_R_w2c'], (3, 3)), np.array(c['cam_t_w2c']) / 1000
    return z, rays(z.shape, k[0, 0], k[1, 1], k[0, 2], k[1, 2], False), r.T, -r.T @ t, c['depth_scale'] / 1000


def nerfstudio(frame):
    file = json.load(open(path('nerfstudio/transforms.json')))
    f = file['frames'][frame]
    unit = file['depth_unit_scale_factor']
    z = cv2.imread(path('nerfstudio', f['depth_file_path']), cv2.IMREAD_ANYDEPTH) * unit
    assert z.shape == (f['h'], f['w'])
    m = np.array(f['transform_matrix'])
    world = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]])  # z up to y up
    # x right, y up, z backward
    return z, rays(z.shape, f['fl_x'], f['fl_y'], f['cx'], f['cy'], True), world @ m[:3, :3] @ np.diag([1, -1, -1]), world @ m[:3, 3], unit


def colmap(model):
    def read(frame):
        cameras = {}
        for line in open(path('colmap', model, 'cameras.txt')):
            if line[0] != '#':
                words = line.split()
                assert words[1] == 'PINHOLE'
                cameras[words[0]] = [float(w) for w in words[4:]]
        lines = [line.split() for line in open(path('colmap', model, 'images.txt')) if line[0] != '#'][::2]
        words = sorted(lines, key=lambda l: l[9])[frame]
        data = open(path('colmap/stereo/depth_maps', words[9] + '.geometric.bin'), 'rb').read()
        w, h, channels, values = data.split(b'&', 3)
        assert channels == b'1'
        z = np.frombuffer(values, '<f4').reshape(int(h), int(w)).astype(float)
        r, t = rotation(*map(float, words[1:5])), np.array([float(x) for x in words[5:8]])
        return z, rays(z.shape, *cameras[words[8]], True), r.T, -r.T @ t, 0
    return read


def plain():
    for exr in sorted(glob.glob(path('plain/*.exr'))):
        base = exr[:-4]
        z = np.load(base + '.npy')
        a, b = cv2.imread(exr, cv2.IMREAD_UNCHANGED), cv2.imread(base + '.pfm', cv2.IMREAD_UNCHANGED)
        a = a if a.ndim == 2 else a[:, :, 0]
        image = oiio.ImageBuf(exr)
        c = np.asarray(image.get_pixels(oiio.FLOAT))[:, :, image.spec().channelnames.index('Z')]
        d = np.asarray(oiio.ImageBuf(base + '.pfm').get_pixels(oiio.FLOAT))[:, :, 0]
        counts = cv2.imread(base + '.png', cv2.IMREAD_UNCHANGED)
        e = np.asarray(oiio.ImageBuf(base + '.png').get_pixels(oiio.UINT16))[:, :, 0]
        # The PNG's own filtering and bit depth are netpbm's to judge as well; see the test.
        hit = np.isfinite(z)
        want = np.where(hit, np.rint(np.where(hit, z, 0).astype(float) * 1000), 0)
        print('plain', z.dtype, *(np.array_equal(z, x) for x in (a, b, c, d)), np.array_equal(counts, want), np.array_equal(e, want), counts.dtype)


plain()
truth = colmap('sparse/0')
for name, reader in ('tum', tum), ('bop', bop), ('nerfstudio', nerfstudio), ('colmap again', colmap('again')):
    for frame in range(2):
        z0, ray0, r0, c0, _ = truth(frame)
        z, ray, r, c, count = reader(frame)
        hit = z0 > 0
        want = (ray0 * z0[..., None]) @ r0.T + c0
        # The cameras alone: the true depth goes to the same place.
        cameras = np.linalg.norm((ray * z0[..., None]) @ r.T + c - want, axis=-1)[hit].max()
        # All of the file: within a count along the ray.
        far = np.linalg.norm((ray * z[..., None]) @ r.T + c - want, axis=-1)[hit] / np.linalg.norm(ray, axis=-1)[hit]
        print(name, np.array_equal(hit, z > 0), cameras <= 1e-6 * size, far.max() <= count + 1e-6 * size, hit.sum() > 10000)
