#!/bin/bash
# Does a long export take more memory than a short one? Compares the peak of
# 2,000 frames along the demo scene's camera path with that of their first 100,
# which see a twentieth of it, and fails where it is more than a tenth above.
#
# usage: memory.sh ZSCOPE     (SIZE=1920x1080)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
peak() { # FRAMES
	/usr/bin/time -f %M -o "$work/time" "$1" export "$here/../../assets/demo.glb" --fps 400 --frames "$2" \
		--size "${SIZE:-1920x1080}" --out "$work/out" --overwrite --progress none
	rm -rf "$work/out"
	cat "$work/time"
}
few=$(peak "$1" 1-100) many=$(peak "$1" 1-2000)
echo "peak of 100 frames $few kB, of 2,000 frames $many kB: $((100 * many / few)) %"
[ $((10 * many)) -le $((11 * few)) ]
