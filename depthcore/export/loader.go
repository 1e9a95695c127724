package export

import (
	"strings"

	"zscope/depthcore/camera"
)

// loaderFile is Python that reads the depth beside it. Each profile has one.
const loaderFile = "load_depth.py"

// loader fills in what a snippet leaves open: SCALE and INVALID are Python
// numbers.
func (s settings) loader(snippet string) string {
	invalid := s.Background
	switch invalid {
	case "inf", "-inf", "nan":
		invalid = `float("` + invalid + `")`
	}
	return strings.NewReplacer("SCALE", camera.Numbers(s.Scale), "INVALID", invalid).Replace(snippet)
}

const loadPNG = `# Reads depth: planar Z in the scene's unit, NaN where there is none.
import sys
import cv2
import numpy as np

def load_depth(path):
    counts = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    return np.where(counts > 0, counts / SCALE, np.nan)

if __name__ == "__main__":
    print(np.nanmin(load_depth(sys.argv[1])), np.nanmax(load_depth(sys.argv[1])))
`

const loadColmap = `# Reads depth: planar Z in the scene's unit, NaN where there is none.
import sys
import numpy as np

def load_depth(path):
    data = open(path, "rb").read()
    width, height, channels, pixels = data.split(b"&", 3)
    z = np.frombuffer(pixels, "<f4").reshape(int(height), int(width))
    return np.where(z > 0, z, np.nan)

if __name__ == "__main__":
    print(np.nanmin(load_depth(sys.argv[1])), np.nanmax(load_depth(sys.argv[1])))
`

const loadPlain = `# Reads depth (EXR, PFM, NPY, NPZ, PNG): planar Z in the scene's unit, NaN where there is none.
import os, sys
os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"  # before cv2 is imported
import cv2
import numpy as np

def load_depth(path):
    z = np.load(path) if path[-4:] in (".npy", ".npz") else cv2.imread(path, cv2.IMREAD_UNCHANGED)
    z = z["z"] if path.endswith(".npz") else z
    if z.dtype == np.uint16:
        return np.where(z > 0, z / SCALE, np.nan)
    z = z if z.ndim == 2 else z[:, :, 0]
    return np.where(np.isfinite(z) & (z != INVALID), z, np.nan)

if __name__ == "__main__":
    print(np.nanmin(load_depth(sys.argv[1])), np.nanmax(load_depth(sys.argv[1])))
`

const loadMiddlebury = `# Reads depth: planar Z in the scene's unit from disparities in pixels, NaN where there is none.
import os, sys
import cv2
import numpy as np

def load_depth(path):
    lines = open(os.path.join(os.path.dirname(path), "calib.txt")).read().split("\n")
    calib = dict(line.split("=") for line in lines if line)
    f = float(calib["cam0"].strip("[").split()[0])
    disparity = cv2.imread(path, cv2.IMREAD_UNCHANGED).astype(np.float64)
    z = float(calib["baseline"]) / 1000 * f / (disparity + float(calib["doffs"]))
    return np.where(np.isfinite(disparity), z, np.nan)

if __name__ == "__main__":
    print(np.nanmin(load_depth(sys.argv[1])), np.nanmax(load_depth(sys.argv[1])))
`

const loadKubric = `# Reads depth: planar Z in the scene's unit from distances along the rays, NaN where there is none.
import json, os, sys
import cv2
import numpy as np

def load_depth(path):
    distance = cv2.imread(path, cv2.IMREAD_UNCHANGED).astype(np.float64)
    k = np.array(json.load(open(os.path.join(os.path.dirname(path), "metadata.json")))["camera"]["K"])
    h, w = distance.shape
    x = ((np.arange(w) + 0.5) / w + k[0, 2]) / k[0, 0]
    y = ((np.arange(h) + 0.5) / h + k[1, 2]) / k[1, 1]
    ray = np.sqrt(1 + x[None, :] ** 2 + y[:, None] ** 2)
    return np.where(distance < 1e10, distance / ray, np.nan)

if __name__ == "__main__":
    print(np.nanmin(load_depth(sys.argv[1])), np.nanmax(load_depth(sys.argv[1])))
`
