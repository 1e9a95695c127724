#!/bin/sh
# Exports a sequence with GNU parallel: N shards, on this machine or, with
# parallel's own options in PARALLEL (such as --sshloginfile), on several.
#
#   app/cluster/parallel.sh 8 hall.glb /shared/out --size 3840x2160
set -e
n=$1 scene=$2 out=$3
shift 3
zscope=${ZSCOPE:-zscope}
seq "$n" | parallel --halt soon,fail=1 "$zscope" export "$scene" --out "$out" --shard "{}/$n" --resume --progress none "$@"
"$zscope" merge "$out"
