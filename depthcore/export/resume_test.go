package export

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain is also the program that TestKill starts and kills, and the one that
// TestFaults has run out of memory: at a frame, or by the size of the pictures.
func TestMain(m *testing.M) {
	if dir := os.Getenv("ZSCOPE_TEST_EXPORT_TO"); dir != "" {
		j := killJob(dir)
		if size, _ := strconv.Atoi(os.Getenv("ZSCOPE_TEST_SIZE")); size > 0 {
			j.Track = testTrack(size, size, 1, 6)
		}
		hungry, _ := strconv.Atoi(os.Getenv("ZSCOPE_TEST_HUNGRY_AT"))
		if hungry > 0 {
			j = baseJob(dir)
		}
		var eaten [][]byte
		done := make(chan int, 100)
		if _, err := runFake(context.Background(), j, func(frame int) error {
			for frame == hungry && <-done < hungry-1 {
			}
			for frame == hungry {
				eaten = append(eaten, make([]byte, 1<<28))
			}
			return nil
		}, func(p Progress) { done <- p.Done }); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// killJob is the job that TestKill kills: sixty frames, resumed where
// there are some.
func killJob(dir string) Job {
	j := baseJob(dir)
	j.Track = testTrack(64, 48, 1, 60)
	j.Resume = true
	return j
}

// redone says which frames were made again, and why the first was.
func redone(sum Summary) string {
	var frames []int
	for _, r := range sum.Redone {
		frames = append(frames, r.Frame)
	}
	if len(frames) == 0 {
		return ""
	}
	return FormatFrames(frames) + ": " + sum.Redone[0].Why
}

func TestResume(t *testing.T) {
	whole := testJob(t)
	if _, err := runFake(t.Context(), whole, nil, nil); err != nil {
		t.Fatal(err)
	}
	want := files(t, whole.Dir)
	for _, c := range []struct {
		name   string
		damage func(dir string, j *Job) error
		why    string
		kept   int
	}{
		{"nothing", func(dir string, j *Job) error { return nil }, "", 6},
		{"a missing file", func(dir string, j *Job) error { return os.Remove(filepath.Join(dir, "hall_z_0002.pfm")) }, "2: hall_z_0002.pfm is missing", 5},
		{"a shorter file", func(dir string, j *Job) error { return os.Truncate(filepath.Join(dir, "hall_z_0003.exr"), 100) }, "3: hall_z_0003.exr is damaged: it has 100 bytes instead of", 5},
		{"a changed file", func(dir string, j *Job) error {
			data := []byte(want["hall_z_0004.pfm"])
			data[500] ^= 1
			return os.WriteFile(filepath.Join(dir, "hall_z_0004.pfm"), data, 0o666)
		}, "4: hall_z_0004.pfm is damaged: its SHA-256", 5},
		{"a record that is cut short", func(dir string, j *Job) error {
			m := want[ManifestFile]
			return os.WriteFile(filepath.Join(dir, ManifestFile), []byte(m[:len(m)-30]), 0o666)
		}, "6: not written yet", 5},
		{"an empty manifest", func(dir string, j *Job) error {
			return os.WriteFile(filepath.Join(dir, ManifestFile), nil, 0o666)
		}, "1-6: read ", 0},
		{"no cameras.json", func(dir string, j *Job) error { return os.Remove(filepath.Join(dir, CamerasFile)) }, "", 6},
		{"a stale part", func(dir string, j *Job) error {
			return os.WriteFile(filepath.Join(dir, "hall_z_0001.exr"+partSuffix), []byte("x"), 0o666)
		}, "", 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := testJob(t)
			if _, err := runFake(t.Context(), j, nil, nil); err != nil {
				t.Fatal(err)
			}
			if err := c.damage(j.Dir, &j); err != nil {
				t.Fatal(err)
			}
			j.Resume = true
			sum, err := runFake(t.Context(), j, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := redone(sum); !strings.HasPrefix(got, c.why) || c.why == "" && got != "" || sum.Kept != c.kept || sum.Frames != 6-c.kept {
				t.Errorf("redone %q, kept %d, made %d; want %q, %d", got, sum.Kept, sum.Frames, c.why, c.kept)
			}
			got := files(t, j.Dir)
			for name := range want {
				if got[name] != want[name] {
					t.Errorf("%s is not what one run makes", name)
				}
			}
			if len(got) != len(want) {
				t.Errorf("files %v", names(t, j.Dir))
			}
		})
	}
}

// TestResumeSettings changes one thing after the other: all frames or those
// that are concerned are made again.
func TestResumeSettings(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(j *Job)
		why    string
	}{
		{"size", func(j *Job) { j.Width, j.Height = 66, 42 }, `1-6: made with other settings: size "33x21" instead of size "66x42"`},
		{"background", func(j *Job) { j.Background = 0 }, "1-6: made with other settings: background"},
		{"culling", func(j *Job) { j.Raycast.CullBackFaces = true }, "1-6: made with other settings: cull false instead of cull true"},
		{"scene", func(j *Job) { j.Scene.Source.SHA256 = "beef" }, "1-6: made with other settings: scene"},
		{"a file beside the scene's", func(j *Job) { j.Scene.Source.Parts = "beef" }, "1-6: made with other settings: scene"},
		{"level", func(j *Job) { j.Level = 1 }, "1-6: made with other settings: level 0 instead of level 1"},
		{"fps", func(j *Job) { j.FPS = 50 }, "1-6: made with other settings: fps 25 instead of fps 50"},
		{"lens", func(j *Job) { j.Lens.Cy = &j.FPS }, "1-6: made with other settings: lens"},
		{"time of one frame", func(j *Job) { j.Track.Frames[3].Time = 9 }, "4: made at another time"},
		{"camera of one frame", func(j *Job) { j.Track.Frames[2].View.Fx++ }, "3: made with another camera"},
		{"more frames", func(j *Job) { j.Track = testTrack(33, 21, -2, 8) }, "-2-0,7-8: not written yet"},
		{"fewer frames", func(j *Job) { j.Frames = []int{2, 3} }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := testJob(t)
			if _, err := runFake(t.Context(), j, nil, nil); err != nil {
				t.Fatal(err)
			}
			c.change(&j)
			j.Resume = true
			sum, err := runFake(t.Context(), j, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := redone(sum); !strings.HasPrefix(got, c.why) || c.why == "" && got != "" {
				t.Errorf("redone %q, want %q", got, c.why)
			}
			if n := len(readTrack(t, j.Dir).Frames); n < 6 {
				t.Errorf("cameras.json has only %d frames", n)
			}
		})
	}
}

// TestResumeWithout resumes where there is nothing, or something else.
func TestResumeWithout(t *testing.T) {
	j := testJob(t)
	j.Resume = true
	if _, err := runFake(t.Context(), j, nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(j.Dir, ManifestFile)); err != nil {
		t.Fatal(err)
	}
	if err := j.Check(); err == nil || !strings.Contains(err.Error(), "hall_z_0001.exr exists already (and 12 more), but there is no manifest.jsonl to resume from") {
		t.Errorf("got error %v", err)
	}
}

// TestKill kills an export at random moments and resumes it until it is done:
// the files are those of one run. ZSCOPE_KILLS asks for more kills, as "make
// kills" does.
func TestKill(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs kill -9")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	once := filepath.Join(t.TempDir(), "once")
	start := time.Now()
	if _, err := runFake(t.Context(), killJob(once), nil, nil); err != nil {
		t.Fatal(err)
	}
	span := time.Since(start)
	want := files(t, once)
	rng := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	wanted, kills := 20, 0
	if v := os.Getenv("ZSCOPE_KILLS"); v != "" {
		if wanted, err = strconv.Atoi(v); err != nil {
			t.Fatal(err)
		}
	}
	for kills < wanted {
		dir := filepath.Join(t.TempDir(), "out")
		for attempt := 0; ; attempt++ {
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), "ZSCOPE_TEST_EXPORT_TO="+dir)
			var said strings.Builder
			cmd.Stderr = &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if attempt < 6 {
				time.AfterFunc(time.Duration(rng.Int64N(int64(span))), func() { cmd.Process.Kill() })
			}
			err := cmd.Wait()
			if err == nil {
				break
			}
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != -1 {
				t.Fatalf("%v: %s", err, said.String())
			}
			kills++
			// What has its final name is complete at any moment.
			for name, data := range files(t, dir) {
				if !strings.HasSuffix(name, partSuffix) && name != ManifestFile && data != want[name] {
					t.Fatalf("%s is not whole", name)
				}
			}
		}
		got := files(t, dir)
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%s is not what one run makes", name)
			}
		}
		for name := range got {
			if _, ok := want[name]; !ok {
				t.Errorf("%s was left", name)
			}
		}
	}
	t.Logf("%d kills, %d files each time as one run makes them", kills, len(want))
}

func TestShards(t *testing.T) {
	whole := testJob(t)
	if _, err := runFake(t.Context(), whole, nil, nil); err != nil {
		t.Fatal(err)
	}
	want := files(t, whole.Dir)
	for _, n := range []int{1, 2, 4, 9} {
		j := testJob(t)
		for k := n; k >= 1; k-- {
			if k < n || n == 1 {
				if _, err := Merge(t.Context(), j.Dir); n > 1 && (err == nil || !strings.Contains(err.Error(), fmt.Sprintf("of %d shards these have not been run: 1", n))) {
					t.Errorf("%d shards, before %d: got error %v", n, k, err)
				}
			}
			j.Shard = Shard{k, n}
			sum, err := runFake(t.Context(), j, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if sum.Frames < 6/n || sum.Frames > (6+n-1)/n {
				t.Errorf("shard %v made %d frames", j.Shard, sum.Frames)
			}
		}
		merged, err := Merge(t.Context(), j.Dir)
		if err != nil {
			t.Fatal(err)
		}
		if merged.Shards != n || merged.Frames != 6 || merged.Files != 12 {
			t.Errorf("merged %+v", merged)
		}
		got := files(t, j.Dir)
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%d shards: %s is not what one run makes", n, name)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d shards left %v", n, names(t, j.Dir))
		}
	}
}

func TestMergeErrors(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(j *Job, k int) error
		want  string
	}{
		"settings": {func(j *Job, k int) error { j.Background = float32(k); return nil }, `shard 2 was made with other settings than shard 1: background "2" instead of background "1"`},
		"frames": {func(j *Job, k int) error {
			j.Frames = []int{1, 2, 3, 4, 5, 6}[:3+k]
			return nil
		}, "frames 1-5 instead of 1-4"},
		"missing file": {func(j *Job, k int) error {
			if k == 3 {
				return os.Remove(filepath.Join(j.Dir, "hall_z_0001.exr"))
			}
			return nil
		}, "frames with missing or damaged files: 1 (hall_z_0001.exr is missing)"},
		"missing frame": {func(j *Job, k int) error {
			if k == 3 {
				path := filepath.Join(j.Dir, "manifest.1-of-3.jsonl")
				data, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				return os.WriteFile(path, data[:len(data)-10], 0o666)
			}
			return nil
		}, "frames that no shard has written: 2"},
		"another job": {func(j *Job, k int) error {
			return os.WriteFile(filepath.Join(filepath.Dir(j.Dir), "out", "manifest.1-of-4.jsonl"), nil, 0o666)
		}, "which are not of one job"},
	} {
		t.Run(name, func(t *testing.T) {
			first := testJob(t)
			for k := 1; k <= 3; k++ {
				j := first
				j.Shard = Shard{k, 3}
				if err := os.MkdirAll(j.Dir, 0o777); err != nil {
					t.Fatal(err)
				}
				if err := c.spoil(&j, k); err != nil {
					t.Fatal(err)
				}
				j.Overwrite = true
				if _, err := runFake(t.Context(), j, nil, nil); err != nil {
					t.Fatal(err)
				}
			}
			before := names(t, first.Dir)
			if _, err := Merge(t.Context(), first.Dir); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want %q", err, c.want)
			}
			if after := names(t, first.Dir); !slices.Equal(before, after) {
				t.Errorf("files %v became %v", before, after)
			}
		})
	}
	if _, err := Merge(t.Context(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "there are no manifests of shards") {
		t.Errorf("got error %v", err)
	}
}

// Files that another export has written are no reason of their own.
func TestLockBeforeFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no locks")
	}
	j := testJob(t)
	if err := os.MkdirAll(j.Dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(j.Dir, j.files()[0]), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, resume := range []bool{false, true} {
		j.Resume = resume
		unlock, err := lockFolder(j.Dir, Shard{})
		if err != nil {
			t.Fatal(err)
		}
		want := "another export is writing to " + j.Dir
		if err := j.Check(); err == nil || err.Error() != want {
			t.Errorf("locked, resume %v: got error %v, want %s", resume, err, want)
		}
		unlock()
		if err := j.Check(); err == nil || !strings.Contains(err.Error(), "exists already") {
			t.Errorf("unlocked, resume %v: got error %v", resume, err)
		}
	}
}

func TestLock(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no locks")
	}
	j := testJob(t)
	j.Resume = true
	run := func(s Shard) error {
		other := j
		other.Shard = s
		_, err := runFake(t.Context(), other, nil, nil)
		return err
	}
	var whole, shard, same error
	if _, err := runFake(t.Context(), j, func(frame int) error {
		if frame == 2 {
			whole, shard = run(Shard{}), run(Shard{1, 2})
		}
		return nil
	}, nil); err != nil {
		t.Fatal(err)
	}
	if want := "another export is writing to " + j.Dir; whole == nil || whole.Error() != want {
		t.Errorf("got error %v, want %s", whole, want)
	}
	if want := "an export that is no shard is writing to " + j.Dir; shard == nil || shard.Error() != want {
		t.Errorf("got error %v, want %s", shard, want)
	}
	var other error
	first := testJob(t)
	first.Shard, first.Resume = Shard{1, 2}, true
	j = first
	if _, err := runFake(t.Context(), first, func(frame int) error {
		if frame == 2 {
			same, other, whole = run(Shard{1, 2}), run(Shard{2, 2}), run(Shard{})
		}
		return nil
	}, nil); err != nil {
		t.Fatal(err)
	}
	if want := "shard 1/2 in " + j.Dir + ": it is running already"; same == nil || same.Error() != want {
		t.Errorf("got error %v, want %s", same, want)
	}
	if other != nil {
		t.Errorf("two shards at a time: %v", other)
	}
	if whole == nil {
		t.Error("a whole export beside a shard is no error")
	}
	if _, err := Merge(t.Context(), j.Dir); err != nil {
		t.Error(err)
	}
}

func TestParseShard(t *testing.T) {
	slurm := map[string]string{"SLURM_ARRAY_TASK_ID": "5", "SLURM_ARRAY_TASK_MIN": "1", "SLURM_ARRAY_TASK_COUNT": "8"}
	steps := map[string]string{"SLURM_ARRAY_TASK_ID": "20", "SLURM_ARRAY_TASK_MIN": "0", "SLURM_ARRAY_TASK_STEP": "10", "SLURM_ARRAY_TASK_COUNT": "3"}
	kubernetes := map[string]string{"JOB_COMPLETION_INDEX": "0"}
	for _, c := range []struct {
		in   string
		env  map[string]string
		want Shard
	}{
		{"3/8", nil, Shard{3, 8}}, {"1/1", nil, Shard{1, 1}}, {"auto", slurm, Shard{5, 8}}, {"auto", steps, Shard{3, 3}}, {"auto/16", slurm, Shard{5, 16}}, {"auto/4", kubernetes, Shard{1, 4}},
	} {
		if got, err := ParseShard(c.in, func(k string) string { return c.env[k] }); err != nil || got != c.want {
			t.Errorf("%s, %v: got %v, %v", c.in, c.env, got, err)
		}
	}
	for _, c := range []struct {
		in   string
		env  map[string]string
		want string
	}{
		{"", nil, "none of K/N"}, {"3", nil, "none of K/N"}, {"a/b", nil, "none of K/N"}, {"0/0", nil, "none of K/N"}, {"0/3", nil, "K from 1 to N"}, {"4/3", nil, "K from 1 to N"}, {"1/9999999", nil, "K from 1 to N"},
		{"auto", nil, "neither SLURM_ARRAY_TASK_ID nor"}, {"auto", kubernetes, "give auto/N"}, {"auto/x", kubernetes, "none of K/N"},
		{"auto", map[string]string{"SLURM_ARRAY_TASK_ID": "x"}, "SLURM_ARRAY_TASK_ID is \"x\""},
	} {
		if got, err := ParseShard(c.in, func(k string) string { return c.env[k] }); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %v: got %v, error %v, want %q", c.in, c.env, got, err, c.want)
		}
	}
}

func TestFormatFrames(t *testing.T) {
	for _, c := range []struct {
		in   []int
		want string
	}{
		{nil, ""}, {[]int{7}, "7"}, {[]int{3, 1, 2}, "1-3"}, {[]int{1, 2}, "1-2"}, {[]int{1, 3}, "1,3"}, {[]int{1, 3, 5}, "1-5x2"},
		{[]int{1, 2, 3, 10, 15, 20}, "1-3,10-20x5"}, {[]int{-3, -2, -1, 0, 4}, "-3-0,4"}, {[]int{5, 5}, "5"},
	} {
		got := FormatFrames(c.in)
		if got != c.want {
			t.Errorf("%v: got %s, want %s", c.in, got, c.want)
		}
		if len(c.in) == 0 {
			continue
		}
		back, err := ParseFrames(got)
		want := slices.Clone(c.in)
		slices.Sort(want)
		if err != nil || !slices.Equal(back, slices.Compact(want)) {
			t.Errorf("%s reads as %v, %v", got, back, err)
		}
	}
}

func FuzzReadManifest(f *testing.F) {
	f.Add([]byte(`{"zscope_manifest":1,"size":"3x2","formats":["exr"],"fps":24}` + "\n" +
		`{"frame":1,"time":0.5,"camera":{"k":[1,1,0,0],"camera_from_world":[1,0,0,0,0,1,0,0,0,0,1,0]},"files":[{"name":"a.exr","bytes":1,"sha256":"00"}]}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parseManifest(strings.NewReader(string(data)))
		if err != nil {
			return
		}
		if track, err := m.track(); err == nil && len(track.Frames) != len(m.records) {
			t.Fatal("the track has other frames")
		}
	})
}
