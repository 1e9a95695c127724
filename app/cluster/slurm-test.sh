#!/bin/sh
# Starts a Slurm of one node in a folder of its own, exports a scene in 8
# shards with app/cluster/slurm.sbatch, kills one task and has it requeued, merges, and
# compares every file with a single run's. Needs root and Debian's slurm-wlm and
# munge; says so and exits with 77 where Slurm cannot be started.
#
#   app/cluster/slurm-test.sh PROGRAM SCENE [FLAGS OF zscope export]
set -e
program=$(realpath "$1") scene=$(realpath "$2")
shift 2
here=$(dirname "$(realpath "$0")")
dir=$(mktemp -d)
cannot() { echo "slurm-test: $*"; exit 77; }
for tool in munged slurmctld slurmd sbatch squeue scontrol; do
	command -v $tool >/dev/null || PATH=$PATH:/usr/sbin command -v $tool >/dev/null || cannot "$tool is not installed"
done
PATH=$PATH:/usr/sbin
[ "$(id -u)" = 0 ] || cannot "needs root"

# munge signs Slurm's messages; its folder must not be writable for others.
chmod 755 "$dir"
mkdir -p "$dir/munge" "$dir/state" "$dir/spool" "$dir/log" /run/munge
chown munge: "$dir/munge" /run/munge
if ! munge -n >/dev/null 2>&1; then
	[ -f /etc/munge/munge.key ] || cannot "munge has no key"
	setpriv --reuid=munge --regid=munge --clear-groups munged --pid-file="$dir/munge/pid" \
		--log-file="$dir/munge/log" --seed-file="$dir/munge/seed" || cannot "munged does not start"
fi

name=$(hostname -s)
export SLURM_CONF="$dir/slurm.conf"
cat >"$SLURM_CONF" <<CONF
ClusterName=zscope
SlurmctldHost=$name
SlurmUser=root
AuthType=auth/munge
AuthInfo=cred_expire=5
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobRequeue=1
ReturnToService=2
MpiDefault=none
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldLogFile=$dir/log/slurmctld
SlurmdLogFile=$dir/log/slurmd
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldPort=16817
SlurmdPort=16818
NodeName=$name CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$name Default=YES MaxTime=INFINITE State=UP
CONF
stop() {
	for pid in "$dir"/slurmd.pid "$dir"/slurmctld.pid "$dir"/munge/pid; do
		[ -f "$pid" ] && kill "$(cat "$pid")" 2>/dev/null || true
	done
}
trap stop EXIT
slurmctld -c || cannot "slurmctld does not start"
slurmd || cannot "slurmd does not start: $(tail -1 "$dir/log/slurmd")"
for i in $(seq 60); do
	sinfo -h -o %T 2>/dev/null | grep -q idle && break
	[ "$i" = 60 ] && cannot "the node does not become idle: $(sinfo 2>&1)"
	sleep 1
done

echo "slurm-test: one run"
"$program" export "$scene" --out "$dir/one" --progress none "$@"

echo "slurm-test: 8 shards"
job=$(ZSCOPE=$program sbatch --parsable --array=1-8 --output="$dir/log/task-%a" "$here/slurm.sbatch" "$scene" "$dir/out" "$@")
# Kill the task of shard 3 once it has written a frame, and have it run again.
for i in $(seq 600); do
	[ -f "$dir/out/manifest.3-of-8.jsonl" ] && [ "$(wc -l <"$dir/out/manifest.3-of-8.jsonl")" -gt 1 ] && break
	sleep 0.05
done
scontrol requeue "${job}_3" && echo "slurm-test: requeued shard 3 after $(($(wc -l <"$dir/out/manifest.3-of-8.jsonl") - 1)) frames"
while [ -n "$(squeue -h -j "$job" 2>/dev/null)" ]; do
	sleep 1
done
grep -h . "$dir"/log/task-* || true

"$program" merge "$dir/out"
diff -r "$dir/one" "$dir/out" && echo "slurm-test: byte for byte the single run's"
rm -rf "$dir/one" "$dir/out"
