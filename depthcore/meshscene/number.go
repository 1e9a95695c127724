package meshscene

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// number reads the decimal number that text starts with, to the nearest
// float64, and returns how many bytes it has; 0 where there is none. "nan" and
// "inf" are numbers too, in any case and with a sign.
func number(text []byte) (value float64, length int) {
	// The common case: up to 19 digits, and a power of ten that float64 holds.
	i, negative := 0, false
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		negative = text[i] == '-'
		i++
	}
	var mantissa uint64
	first := i
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		mantissa = mantissa*10 + uint64(text[i]-'0')
	}
	digits, exponent := i-first, 0
	if i < len(text) && text[i] == '.' {
		i++
		point := i
		for ; i < len(text) && text[i]-'0' <= 9; i++ {
			mantissa = mantissa*10 + uint64(text[i]-'0')
		}
		exponent = point - i
		digits += i - point
	}
	if digits == 0 {
		return word(text)
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		e, n := scale(text[i+1:])
		if n == 0 {
			return 0, 0
		}
		i += 1 + n
		exponent += e
	}
	// W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990:
	// both operands are exact, so the one operation rounds correctly.
	if digits <= 19 && mantissa <= 1<<53 && exponent >= -22 && exponent <= 22 {
		value = float64(mantissa)
		if exponent < 0 {
			value /= powers[-exponent]
		} else {
			value *= powers[exponent]
		}
		if negative {
			value = -value
		}
		return value, i
	}
	value, err := strconv.ParseFloat(string(text[:i]), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) { // out of range is infinite
		return 0, 0
	}
	return value, i
}

var powers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// scale reads the exponent after an e.
func scale(text []byte) (e, length int) {
	i, sign := 0, 1
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		if text[i] == '-' {
			sign = -1
		}
		i++
	}
	first := i
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		if e < 1e6 { // the rest decides nothing: it is 0 or infinite
			e = e*10 + int(text[i]-'0')
		}
	}
	if i == first {
		return 0, 0
	}
	return sign * e, i
}

// word reads a number that is not written in digits.
func word(text []byte) (float64, int) {
	n := 0
	for n < len(text) && n < 16 && !isSpace(text[n]) {
		n++
	}
	name, sign := strings.ToLower(string(text[:n])), 1
	if name != "" && (name[0] == '-' || name[0] == '+') {
		sign = int(',') - int(name[0])
		name = name[1:]
	}
	switch name {
	case "nan", "nan(ind)", "nan(snan)":
		return math.NaN(), n
	case "inf", "infinity":
		return math.Inf(sign), n
	}
	return 0, 0
}

// isSpace tells whether c separates words.
func isSpace(c byte) bool { return c == ' ' || c-'\t' <= '\r'-'\t' }
