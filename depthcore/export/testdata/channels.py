"""Read an export with all channels as other programs do, and compare their bits with the NPY files.

    channels.py BASE

BASE is a frame's path without extension; BASE.exr, BASE.npz and the NPY files of each channel are there. Prints a line a finding.
"""
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

base = sys.argv[1]


def bits(a):
    return np.ascontiguousarray(a).view(np.uint32)


def array(channel):
    return np.load(base + ('.npy' if channel == 'z' else '.%s.npy' % channel))


npz = np.load(base + '.npz')
names = sorted(npz.files)
print(len(names), all(np.array_equal(bits(npz[c]), bits(array(c))) and npz[c].dtype == array(c).dtype for c in names))

# OpenCV reads Z, by the name Y, whatever else is there.
z = cv2.imread(base + '.exr', cv2.IMREAD_UNCHANGED)
z = z if z.ndim == 2 else z[:, :, 0]
print('OpenCV', z.dtype, np.array_equal(bits(z), bits(array('z'))))

file = oiio.ImageInput.open(base + '.exr')
spec = file.spec()
wrong, seen = [], 0
for i, name in enumerate(spec.channelnames):
    whole = spec.channelformat(i) == oiio.TypeDesc(oiio.UINT32) if spec.channelformats else False
    got = np.asarray(file.read_image(0, 0, i, i + 1, oiio.UINT32 if whole else oiio.FLOAT))[:, :, 0]
    if name in ('Y', 'Z'):
        want = array('z')
    else:
        channel = name if name in names else name.rsplit('.', 1)[0]
        want = array(channel)
        if name not in names:
            letter = name.rsplit('.', 1)[1]
            want = want[:, :, {'X': 0, 'Y': 1, 'Z': 2, 'U': 0, 'V': 1, 'A': 0, 'B': 1, 'C': 2}[letter]]
    seen += 1
    if got.dtype != want.dtype or not np.array_equal(bits(got), bits(want)):
        wrong.append(name)
print('OpenImageIO', seen, wrong)
about = json.loads(spec.getattribute('channel.flow.forward'))
print(about['kind'], '|', about['unit'], '|', about['axes'], '|', about['invalid'])
