//go:build linux && cgo

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The files of app/cluster, each with a small sequence of the demo scene.
const clusterFolder = "../cluster"

var clusterFlags = []string{"--fps", "48", "--frames", "1-240", "--size", "160x90"}

// TestSlurm has a Slurm of one node run the array script: one of its tasks is
// killed and requeued, and the merged files are those of a single run.
func TestSlurm(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Slurm runs on Linux")
	}
	cmd := exec.Command("sh", append([]string{filepath.Join(clusterFolder, "slurm-test.sh"), headlessProgram(t), demoScene(t)}, clusterFlags...)...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 77 {
		t.Skipf("Slurm cannot be started here: %s", out)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, want := range []string{"requeued shard 3", "240 frames", "byte for byte the single run's"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the script did not say %q: %s", want, out)
		}
	}
	t.Logf("%s", out)
}

// TestParallel has GNU parallel export shards and merge them.
func TestParallel(t *testing.T) {
	if _, err := exec.LookPath("parallel"); err != nil {
		t.Skip("GNU parallel is not installed")
	}
	one, many := exportOnce(t), filepath.Join(t.TempDir(), "many")
	cmd := exec.Command("sh", append([]string{filepath.Join(clusterFolder, "parallel.sh"), "5", demoScene(t), many}, clusterFlags...)...)
	cmd.Env = append(os.Environ(), "ZSCOPE="+headlessProgram(t))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sameSequence(t, one, many)
}

// TestKubernetes runs what the Job's pods run, with the variable that
// Kubernetes sets in each.
func TestKubernetes(t *testing.T) {
	job, err := os.ReadFile(filepath.Join(clusterFolder, "kubernetes.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(job), `args: ["--shard", "auto/8", "--resume", "--progress", "json"]`) {
		t.Fatalf("the Job's pods run something else now: %s", job)
	}
	one, many := exportOnce(t), filepath.Join(t.TempDir(), "many")
	for index := range 8 {
		args := append([]string{"export", demoScene(t), "--out", many, "--shard", "auto/8", "--resume", "--progress", "json"}, clusterFlags...)
		cmd := exec.Command(headlessProgram(t), args...)
		cmd.Env = append(os.Environ(), fmt.Sprintf("JOB_COMPLETION_INDEX=%d", index))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("pod %d: %v: %s", index, err, out)
		}
	}
	if out, err := exec.Command(headlessProgram(t), "merge", many).CombinedOutput(); err != nil {
		t.Fatalf("merge: %v: %s", err, out)
	}
	sameSequence(t, one, many)
}

func demoScene(t *testing.T) string {
	t.Helper()
	scene, err := filepath.Abs("../../assets/demo.glb")
	if err != nil {
		t.Fatal(err)
	}
	return scene
}

// exportOnce exports the sequence in one run.
func exportOnce(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "one")
	args := append([]string{"export", demoScene(t), "--out", dir, "--progress", "none"}, clusterFlags...)
	if out, err := exec.Command(headlessProgram(t), args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// sameSequence compares two folders byte for byte.
func sameSequence(t *testing.T, a, b string) {
	t.Helper()
	read := func(dir string) map[string]string {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for _, e := range entries {
			data, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			all[e.Name()] = string(data)
		}
		return all
	}
	one, other := read(a), read(b)
	if len(one) < 240 {
		t.Fatalf("only %d files", len(one))
	}
	for name := range one {
		if one[name] != other[name] {
			t.Errorf("%s differs", name)
		}
	}
	for name := range other {
		if _, ok := one[name]; !ok {
			t.Errorf("%s is there only with shards", name)
		}
	}
}
