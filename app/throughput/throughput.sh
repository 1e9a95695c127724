#!/bin/bash
# How fast is a whole export? zscope's, frame by frame to EXR (ZIP), against
# casting alone, against OpenEXR's C++ writer given the same frames, and against
# Blender's Z pass where Blender is installed. Each is run ROUNDS times, in turn;
# the medians count.
#
# usage: throughput.sh ZSCOPE [SCENE]     (ROUNDS=3 FRAMES=1-120 SIZE=1920x1080)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
zscope=$(realpath "$1") scene=$(realpath "${2:-$here/../../assets/demo.glb}")
rounds=${ROUNDS:-3} frames=${FRAMES:-1-120} size=${SIZE:-1920x1080} threads=$(nproc)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT

g++ -O2 -std=c++17 -o "$work/write" "$here/write.cpp" $(pkg-config --cflags --libs OpenEXR)
for round in $(seq "$rounds"); do
	rm -rf "$work/z" "$work/c"; mkdir "$work/c"
	/usr/bin/time -f "%e %U %S" -o "$work/time" "$zscope" export "$scene" --size "$size" --frames "$frames" --out "$work/z" --progress none
	echo "$(find "$work/z" -name '*.exr' | wc -l) $(cat "$work/time")" >>"$work/zscope"
	"$work/write" "$work/z" "$work/c" "$threads" >>"$work/cpp"
	"$zscope" bench "$scene" --size "$size" --json >>"$work/bench"
done
if command -v blender >/dev/null; then
	blender -b -P "$here/zpass.py" -- "$scene" 4 "$work" 2>/dev/null | grep ^zpass >"$work/blender" || true
fi

python3 - "$work" "$threads" <<'P'
import json, os, statistics, sys
work, threads = sys.argv[1], int(sys.argv[2])
rows = lambda name: [[float(x) for x in l.split()] for l in open(f'{work}/{name}')]
median = statistics.median
whole = [(n / e, (u + s) / e / threads, (u + s) / n) for n, e, u, s in rows('zscope')]
cpp = [(n / e, c / e / threads, c / n) for n, e, c in rows('cpp')]
cast = median(json.loads(l)['cast_ms'] for l in open(f'{work}/bench'))
print(f'{"":28}frames/s   busy   CPU s a frame')
for name, r in ('zscope, the whole export', whole), ("OpenEXR's C++ writer alone", cpp):
    print(f'{name:28}{median(x[0] for x in r):8.2f}  {100 * median(x[1] for x in r):4.0f} %   {median(x[2] for x in r):.3f}')
print('zscope, each run:', ', '.join(f'{x[0]:.2f} frames/s, {100 * x[1]:.0f} % busy' for x in whole))
print(f'{"zscope, casting alone":28}{1000 / cast:8.2f}')
if os.path.exists(f'{work}/blender') and os.path.getsize(f'{work}/blender'):
    frame = median(float(l.split()[1]) for l in list(open(f'{work}/blender'))[1:])  # the first builds its scene
    print(f'{"Blender, Z pass":28}{1 / frame:8.2f}   zscope is {median(x[0] for x in whole) * frame:.0f} times as fast, writing included')
print(f'whole export against the C++ writer: {median(x[0] for x in whole) / median(x[0] for x in cpp):.2f} times its frames a second')
P
