package export

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tool says where a program of another project is. In CI it must be there.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

func runTool(t *testing.T, name string, args ...string) string {
	t.Helper()
	command := exec.Command(tool(t, name), args...)
	command.Env = append(os.Environ(), "QT_QPA_PLATFORM=offscreen")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// TestConsumers has the programs that people use read one scene's exports:
// OpenCV, OpenImageIO, numpy, netpbm, COLMAP's own text reader, and readers of
// TUM, BOP and nerfstudio that follow their documentation. The points that they
// put into the world coincide.
func TestConsumers(t *testing.T) {
	s, _ := loadScene(t, "c_room")
	dir := t.TempDir()
	export := func(name string, change func(j *Job)) Job {
		j := NewJob(s, filepath.Join(dir, name))
		j.Frames, j.Width, j.Height = []int{1, 7}, 160, 90
		change(&j)
		if _, err := Run(t.Context(), j, nil); err != nil {
			t.Fatal(err)
		}
		return j
	}
	plain := export("plain", func(j *Job) { j.Formats = Formats() })
	for _, p := range []Profile{TUM, BOP, Nerfstudio, COLMAP} {
		export(string(p), func(j *Job) { j.Use(p) })
	}

	model, again := filepath.Join(dir, "colmap/sparse/0"), filepath.Join(dir, "colmap/again")
	if said := runTool(t, "colmap", "model_analyzer", "--path", model); !strings.Contains(said, "Cameras: 1") || !strings.Contains(said, "Images: 2") {
		t.Errorf("COLMAP says of its model: %s", said)
	}
	if err := os.Mkdir(again, 0o777); err != nil {
		t.Fatal(err)
	}
	runTool(t, "colmap", "model_converter", "--input_path", model, "--output_path", again, "--output_type", "TXT")

	base := filepath.Join(plain.Dir, FileName(plain.Pattern(), 7, ""))
	base = strings.TrimSuffix(base, ".")
	for program, file := range map[string]string{"pfmtopam": base + ".pfm", "pngtopam": base + ".png"} {
		pam := runTool(t, program, file)
		want := map[string]string{"pfmtopam": "WIDTH 160\nHEIGHT 90", "pngtopam": "P5\n160 90\n65535\n"}[program]
		if !strings.Contains(pam[:min(len(pam), 200)], want) {
			t.Errorf("%s makes of it %q", program, pam[:min(len(pam), 200)])
		}
	}

	const roomSize = 8 // metres, about
	out, err := exec.Command("/usr/bin/python3", "testdata/consumers.py", dir, fmt.Sprint(roomSize)).CombinedOutput()
	var exit *exec.ExitError
	if (errors.As(err, &exit) && exit.ExitCode() == 77 || errors.Is(err, os.ErrNotExist)) && os.Getenv("CI") == "" {
		t.Skipf("%s", out)
	}
	want := strings.Repeat("plain float32 True True True True True True uint16\n", 2)
	for _, name := range []string{"tum", "bop", "nerfstudio", "colmap again"} {
		want += strings.Repeat(name+" True True True True\n", 2)
	}
	if err != nil || string(out) != want {
		t.Errorf("%v: got\n%swant\n%s", err, out, want)
	}
}
