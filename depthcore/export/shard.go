package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Shard is one part of a job that several machines or processes share: part K
// of N, counted from 1. The zero value is the whole job.
//
// Shards may write to one folder at the same time. Each leaves a manifest of
// its own; Merge joins them.
type Shard struct{ K, N int }

// maxShards bounds N.
const maxShards = 1_000_000

func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.K, s.N) }

func (s Shard) check() error {
	if s == (Shard{}) {
		return nil
	}
	if s.N < 1 || s.N > maxShards || s.K < 1 || s.K > s.N {
		return fmt.Errorf("shard %v: it must be K/N with K from 1 to N", s)
	}
	return nil
}

// Of returns the shard's frames: a run of the job's, all shards' of the same
// length to within one.
func (s Shard) Of(frames []int) []int {
	if s == (Shard{}) {
		return frames
	}
	return frames[s.first(len(frames)) : s.K*len(frames)/s.N]
}

// first returns the place of the shard's first frame among n.
func (s Shard) first(n int) int {
	if s == (Shard{}) {
		return 0
	}
	return (s.K - 1) * n / s.N
}

// ParseShard reads K/N, or auto: then the variables of an array job say which
// part this is. Those of Slurm hold both numbers; a Kubernetes indexed Job only
// says which, so that it takes auto/N. getenv is os.Getenv.
func ParseShard(s string, getenv func(string) string) (Shard, error) {
	which, count, both := strings.Cut(strings.TrimSpace(s), "/")
	var shard Shard
	var err error
	switch {
	case which == "auto":
		shard, err = arrayShard(getenv)
		if err != nil {
			return Shard{}, err
		}
		if both {
			if shard.N, err = strconv.Atoi(count); err != nil {
				return Shard{}, fmt.Errorf("shard %q is none of K/N, auto and auto/N", s)
			}
		}
		if shard.N == 0 {
			return Shard{}, errors.New("shard auto: the job's variables do not say how many parts there are; give auto/N")
		}
	case both:
		k, errK := strconv.Atoi(which)
		n, errN := strconv.Atoi(count)
		if errK != nil || errN != nil {
			return Shard{}, fmt.Errorf("shard %q is none of K/N, auto and auto/N", s)
		}
		shard = Shard{k, n}
	}
	if shard == (Shard{}) {
		return Shard{}, fmt.Errorf("shard %q is none of K/N, auto and auto/N", s)
	}
	return shard, shard.check()
}

// arrayShard reads the variables of Slurm's and Kubernetes' array jobs. N is 0
// where they do not say.
func arrayShard(getenv func(string) string) (Shard, error) {
	number := func(name string, fallback int) (int, error) {
		s := getenv(name)
		if s == "" {
			return fallback, nil
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			return 0, fmt.Errorf("shard auto: %s is %q, which is no number", name, s)
		}
		return n, nil
	}
	if getenv("SLURM_ARRAY_TASK_ID") != "" {
		id, err := number("SLURM_ARRAY_TASK_ID", 0)
		if err != nil {
			return Shard{}, err
		}
		first, err := number("SLURM_ARRAY_TASK_MIN", 0)
		if err != nil {
			return Shard{}, err
		}
		count, err := number("SLURM_ARRAY_TASK_COUNT", 0)
		if err != nil {
			return Shard{}, err
		}
		step, err := number("SLURM_ARRAY_TASK_STEP", 1)
		if err != nil || step < 1 || (id-first)%step != 0 {
			return Shard{}, errors.New("shard auto: the variables of Slurm's array do not fit each other")
		}
		return Shard{(id-first)/step + 1, count}, nil
	}
	if getenv("JOB_COMPLETION_INDEX") != "" {
		index, err := number("JOB_COMPLETION_INDEX", 0)
		return Shard{K: index + 1}, err
	}
	return Shard{}, errors.New("shard auto: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set")
}

// manifestName returns the name of the job's manifest: a shard has its own.
func (j Job) manifestName() string {
	if j.Shard == (Shard{}) {
		return ManifestFile
	}
	return fmt.Sprintf("manifest.%d-of-%d.jsonl", j.Shard.K, j.Shard.N)
}

// lockName returns the name of the file that a shard holds while it runs.
func (s Shard) lockName() string { return fmt.Sprintf(".shard.%d-of-%d.lock", s.K, s.N) }

var shardManifest = regexp.MustCompile(`^manifest\.(\d+)-of-(\d+)\.jsonl$`)

// Merged says what Merge found.
type Merged struct {
	Shards, Frames, Files int
	Bytes                 int64
}

// Merge joins the manifests of all shards in a folder to one, after comparing
// each file with its SHA-256, writes cameras.json and removes the shards'
// manifests: then the folder is as if one export had made it. Where a shard, a
// frame or a file is missing or damaged, or shards have other settings, it
// changes nothing and says which.
func Merge(ctx context.Context, dir string) (Merged, error) {
	unlock, err := lockFolder(dir, Shard{})
	if err != nil {
		return Merged{}, err
	}
	defer unlock()
	shards, err := readShards(dir)
	if err != nil {
		return Merged{}, fmt.Errorf("merge %s: %w", dir, err)
	}
	whole := &manifest{settings: shards[0].settings, records: map[int]*record{}}
	for k, m := range shards {
		if d := whole.settings.difference(m.settings); d != "" || m.settings.Frames != whole.settings.Frames {
			if d == "" {
				d = fmt.Sprintf("frames %s instead of %s", m.settings.Frames, whole.settings.Frames)
			}
			return Merged{}, fmt.Errorf("merge %s: shard %d was made with other settings than shard 1: %s", dir, k+1, d)
		}
		for n, r := range m.records {
			whole.records[n] = r
		}
	}
	sum := Merged{Shards: len(shards)}
	if err := whole.checkFiles(ctx, dir, &sum); err != nil {
		return Merged{}, fmt.Errorf("merge %s: %w", dir, err)
	}
	if err := whole.writeCameras(dir); err != nil {
		return Merged{}, fmt.Errorf("merge: %w", err)
	}
	if err := whole.writeBeside(dir); err != nil {
		return Merged{}, fmt.Errorf("merge: %w", err)
	}
	if err := whole.write(filepath.Join(dir, ManifestFile)); err != nil {
		return Merged{}, fmt.Errorf("merge: %w", err)
	}
	for k := range shards {
		s := Shard{k + 1, len(shards)}
		os.Remove(filepath.Join(dir, s.lockName())) // of a shard that was killed
		name := filepath.Join(dir, Job{Shard: s}.manifestName())
		if err := os.Remove(name); err != nil {
			return sum, fmt.Errorf("merge: remove %s: %w", name, reason(err))
		}
	}
	return sum, nil
}

// readShards reads the manifests of a folder's shards, in their order.
func readShards(dir string) ([]*manifest, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, reason(err)
	}
	var list []Shard
	for _, e := range entries {
		if m := shardManifest.FindStringSubmatch(e.Name()); m != nil {
			k, errK := strconv.Atoi(m[1])
			n, errN := strconv.Atoi(m[2])
			if s := (Shard{k, n}); errK == nil && errN == nil && s.check() == nil {
				list = append(list, s)
			}
		}
	}
	if len(list) == 0 {
		return nil, errors.New("there are no manifests of shards")
	}
	n := list[0].N
	shards := make([]*manifest, n)
	for _, s := range list {
		if s.N != n {
			return nil, fmt.Errorf("there are manifests of shards %v and %v, which are not of one job", list[0], s)
		}
		if shards[s.K-1], err = readManifest(filepath.Join(dir, Job{Shard: s}.manifestName())); err != nil {
			return nil, err
		}
	}
	var missing []int
	for k, m := range shards {
		if m == nil {
			missing = append(missing, k+1)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("of %d shards these have not been run: %s", n, FormatFrames(missing))
	}
	return shards, nil
}

// checkFiles compares all files of the manifest's job with their stamps, and
// counts them.
func (m *manifest) checkFiles(ctx context.Context, dir string, sum *Merged) error {
	frames, err := ParseFrames(m.settings.Frames)
	if err != nil {
		return err
	}
	missing := []int{}
	damaged, why := []int{}, ""
	for _, n := range frames {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r := m.records[n]
		if r == nil {
			missing = append(missing, n)
			continue
		}
		for _, f := range r.Files {
			if !fs.ValidPath(f.Name) {
				return fmt.Errorf("frame %d: %q is no path in the folder", n, f.Name)
			}
			if w := f.check(dir); w != "" {
				if why == "" {
					why = w
				}
				damaged = append(damaged, n)
				break
			}
			sum.Files++
			sum.Bytes += f.Bytes
		}
		sum.Frames++
	}
	switch {
	case len(missing) > 0:
		return fmt.Errorf("frames that no shard has written: %s", FormatFrames(missing))
	case len(damaged) > 0:
		return fmt.Errorf("frames with missing or damaged files: %s (%s)", FormatFrames(damaged), why)
	}
	return nil
}

// FormatFrames writes a list of frames in the fewest ranges of ParseFrames'
// notation: what reads 1, 2, 3, 10, 15, 20 is "1-3,10-20x5". The list may be in
// any order.
func FormatFrames(frames []int) string {
	list := slices.Clone(frames)
	slices.Sort(list)
	list = slices.Compact(list)
	var words []string
	for len(list) > 0 {
		n := 1 // of the frames that the next range takes
		step := 0
		if len(list) > 1 {
			step = list[1] - list[0]
			for n < len(list) && list[n]-list[n-1] == step {
				n++
			}
		}
		switch {
		case n < 3 && step != 1:
			n = 1
			words = append(words, strconv.Itoa(list[0]))
		case step == 1:
			words = append(words, fmt.Sprintf("%d-%d", list[0], list[n-1]))
		default:
			words = append(words, fmt.Sprintf("%d-%dx%d", list[0], list[n-1], step))
		}
		list = list[n:]
	}
	return strings.Join(words, ",")
}

// unionFrames joins two lists of frames.
func unionFrames(a, b string) string {
	x, errA := ParseFrames(a)
	y, errB := ParseFrames(b)
	if errA != nil || errB != nil {
		return a
	}
	return FormatFrames(append(x, y...))
}
