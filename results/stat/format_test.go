package stat

import (
	"math"
	"testing"
)

func TestFormat(t *testing.T) {
	for _, test := range []struct {
		value float64
		unit  string
		want  string
	}{
		{0, "", "0"},
		{0, "bytes", "0 bytes"},
		{0, "seconds", "0 s"},
		{0, "share", "0 %"},
		{6.9712, "×", "6.97 ×"},
		{97.5, "requests/s", "97.5 requests/s"},
		{12345.6, "requests/s", "12346 requests/s"},
		{14_100, "bytes", "13.8 KiB"},
		{5.8 * (1 << 20), "bytes/worker", "5.80 MiB/worker"},
		{17, "bytes", "17.0 bytes"},
		{0.0123, "seconds", "12.3 ms"},
		{250e-6, "seconds", "250 µs"},
		{2.5, "seconds", "2.50 s"},
		{0.18, "share", "18.0 %"},
		{-0.02, "seconds", "-20.0 ms"},
		{9.996, "", "10.0"},
		{99.96, "", "100"},
		{1e12, "", "1e+12"},
		{0.0001234, "", "0.000123"},
		{math.Inf(1), "x", "+Inf x"},
	} {
		if got := Format(test.value, test.unit); got != test.want {
			t.Errorf("%g %s: %q, want %q", test.value, test.unit, got, test.want)
		}
	}
}

func TestFormatInterval(t *testing.T) {
	inf := math.Inf(1)
	for _, test := range []struct {
		i    Interval
		unit string
		want string
	}{
		{iv(14_100, 900, 2_000_000), "bytes", "13.8 KiB (0.879–1953)"}, // one unit for all three
		{iv(2, 1, inf), "", "2.00 (≥ 1.00)"},
		{iv(2, -inf, 3), "", "2.00 (≤ 3.00)"},
		{iv(2, -inf, inf), "", "2.00"},
		{iv(0, 0, 0.003), "share", "0 % (0–0.3)"},
		{Interval{Estimate: 2}, "", "2.00"},
		{iv(math.NaN(), 0, 1), "share", "?"},
	} {
		if got := FormatInterval(test.i, test.unit); got != test.want {
			t.Errorf("%+v: %q, want %q", test.i, got, test.want)
		}
	}
}
