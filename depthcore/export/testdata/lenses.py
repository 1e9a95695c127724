"""Project the points that zscope's rays hit by OpenCV's own lenses.

    lenses.py POINTS CAMERAS

POINTS has rows of float64: u v of a pixel's centre from the image's corner, and the world point that its ray hits, x y z.
CAMERAS is the cameras.json of an export with one frame. Prints how many points there are, how many pixels the farthest is
off, and how far apart they would lie without the lens.
"""
import json
import sys

try:
    import cv2
    import numpy as np
except ImportError as e:
    print(e)
    sys.exit(77)

rows = np.fromfile(sys.argv[1], '<f8').reshape(-1, 5)
frame = json.load(open(sys.argv[2]))['frames'][0]
k = np.array([[frame['fx'], 0, frame['cx'] - 0.5], [0, frame['fy'], frame['cy'] - 0.5], [0, 0, 1]])
m = np.array(frame['world_to_camera'])
rotation, _ = cv2.Rodrigues(m[:3, :3])
points, coefficients = rows[:, 2:].reshape(-1, 1, 3).copy(), np.array(frame['lens_coefficients'])
if frame['lens'] == 'fisheye':
    seen, _ = cv2.fisheye.projectPoints(points, rotation, m[:3, 3], k, coefficients)
else:
    seen, _ = cv2.projectPoints(points, rotation, m[:3, 3], k, coefficients)
pinhole, _ = cv2.projectPoints(points, rotation, m[:3, 3], k, None)
off = seen.reshape(-1, 2) + 0.5 - rows[:, :2]
print(len(rows), np.abs(off).max(), np.abs(pinhole - seen).max())
