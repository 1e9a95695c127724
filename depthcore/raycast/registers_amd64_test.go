package raycast

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The kernels for AVX2 leave alone what only AVX-512 has: registers 16 to 31
// and masks, which the assembler would encode without a word.
func TestAVX2Registers(t *testing.T) {
	text, err := os.ReadFile("kernels_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	wider := regexp.MustCompile(`\b(Z[0-9]+|[XY](1[6-9]|2[0-9]|3[01])|K[0-7])\b`)
	kernel, seen := "", 0
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "TEXT") {
			kernel = line
			if strings.Contains(kernel, "AVX2") {
				seen++
			}
		}
		if code, _, _ := strings.Cut(line, "//"); strings.Contains(kernel, "AVX2") && wider.MatchString(code) {
			t.Errorf("line %d of an AVX2 kernel: %s", i+1, line)
		}
	}
	if seen < 5 {
		t.Errorf("%d kernels for AVX2", seen)
	}
}
