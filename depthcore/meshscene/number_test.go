package meshscene

import (
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"testing"
)

// decimal is what Number reads besides nan and inf.
var decimal = regexp.MustCompile(`^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?`)

// checkNumber compares Number with the standard library.
func checkNumber(t *testing.T, text string) {
	t.Helper()
	got, n := number([]byte(text))
	token := decimal.FindString(text)
	if token == "" {
		if n != 0 && !math.IsNaN(got) && !math.IsInf(got, 0) {
			t.Fatalf("%q: read %v of %d bytes", text, got, n)
		}
		return
	}
	if n == 0 && len(text) > len(token) && text[len(token)]|0x20 == 'e' {
		return // an exponent without digits
	}
	want, _ := strconv.ParseFloat(token, 64)
	if n != len(token) || math.Float64bits(got) != math.Float64bits(want) {
		t.Fatalf("%q: got %v of %d bytes, want %v of %d", text, got, n, want, len(token))
	}
}

func TestNumber(t *testing.T) {
	for _, text := range []string{"0", "-0", "+1.5", "1.", ".5", "-.5e-3 7", "1e22", "1e23", "9007199254740993", "9007199254740992e22",
		"123456789012345678901234567890", "0.00000000000000000000012345", "1e400", "-1e400", "1e-400", "5e-324", "1e99999999999999999999",
		"", "-", ".", "e5", "1e", "1e+", "--1", "0x10", "1_0", "1.2.3"} {
		checkNumber(t, text)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50000 {
		x := math.Float64frombits(rng.Uint64())
		checkNumber(t, strconv.FormatFloat(x, 'g', -1, 64))
		checkNumber(t, strconv.FormatFloat(rng.NormFloat64()*100, 'f', rng.IntN(20), 64))
		checkNumber(t, strconv.FormatFloat(rng.NormFloat64(), 'e', rng.IntN(20), 32))
	}
	for text, want := range map[string]float64{"nan": math.NaN(), "-NaN": math.NaN(), "-nan(ind)": math.NaN(), "inf": math.Inf(1), "-INF": math.Inf(-1), "+infinity": math.Inf(1)} {
		if got, n := number([]byte(text + " 1")); n != len(text) || !(got == want || math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%q: got %v of %d bytes", text, got, n)
		}
	}
}

func FuzzNumber(f *testing.F) {
	f.Add("-12.5e+3 ")
	f.Add("179769313486231580793e289")
	f.Add("infinite")
	f.Fuzz(func(t *testing.T, text string) { checkNumber(t, text) })
}

func BenchmarkNumber(b *testing.B) {
	text := []byte("-12.345678 ")
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		number(text)
	}
}
