package main

import (
	"testing"
	"time"
)

func TestSeconds(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"30": 30 * time.Second, "0": 0, "1.5": 1500 * time.Millisecond, "250ms": 250 * time.Millisecond,
		"2m": 2 * time.Minute, "1e-3": time.Millisecond, "2.01": 2010 * time.Millisecond,
	} {
		var s seconds
		if err := s.Set(text); err != nil || time.Duration(s) != want {
			t.Errorf("%q: %v, %v, want %v", text, time.Duration(s), err, want)
		}
		var again seconds
		if err := again.Set(s.String()); err != nil || again != s {
			t.Errorf("%q is shown as %q, which reads as %v, %v", text, s.String(), time.Duration(again), err)
		}
	}
	for _, text := range []string{"", "-1", "-1s", "NaN", "Inf", "1e300", "soon", "5 s"} {
		if err := new(seconds).Set(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "4096": 4096, "1B": 1, "32MB": 32_000_000, "32MiB": 32 << 20, "1.5kB": 1500, "2.01kB": 2010, "2GiB": 2 << 30,
		"2gib": 2 << 30, "3 MB": 3_000_000,
	} {
		var s size
		if err := s.Set(text); err != nil || int64(s) != want {
			t.Errorf("%q: %d, %v, want %d", text, int64(s), err, want)
		}
	}
	for _, text := range []string{"", "MB", "-1", "1M", "1TB", "NaN", "1e30", "x"} {
		if err := new(size).Set(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

// A time that is accepted is none in the past, and is shown as it is to be written.
func FuzzSeconds(f *testing.F) {
	for _, s := range []string{"30", "0.57", "250ms", "1e-9", "9223372036.854775", "-0", "0x1p3", "1h2m"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, again seconds
		if s.Set(text) != nil {
			return
		}
		if err := again.Set(s.String()); s < 0 || err != nil || again-s > s/1e15 || s-again > s/1e15 {
			t.Errorf("%q is %d ns, shown as %s, which is %d ns (%v)", text, s, s.String(), again, err)
		}
	})
}

// Likewise for sizes.
func FuzzSize(f *testing.F) {
	for _, s := range []string{"32MB", "1.5 kib", "4611686018427387903", "-0", "1e18B", "KiB"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, again size
		if s.Set(text) != nil {
			return
		}
		if err := again.Set(s.String()); s < 0 || err != nil || float64(again) != float64(s) {
			t.Errorf("%q is %d, shown as %s, which is %d (%v)", text, s, s.String(), again, err)
		}
	})
}
