package lab

import (
	"strings"
	"testing"
	"time"
)

func TestParseDemands(t *testing.T) {
	got, err := ParseDemands("cpu:2ms,wait:20ms,block:1s")
	want := []Demand{{"cpu", 2 * time.Millisecond}, {"wait", 20 * time.Millisecond}, {"block", time.Second}}
	if err != nil || len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "cpu", "cpu:", "cpu:2", "cpu:-1ms", "sleep:1ms", "cpu:1ms,", "wait:2h", "cpu:1ms wait:1ms"} {
		if got, err := ParseDemands(bad); err == nil {
			t.Errorf("%q was taken for %v", bad, got)
		} else if bad != "" && !strings.Contains(err.Error(), strings.TrimPrefix(bad, "cpu:1ms,")) {
			t.Errorf("%q: the error does not name it: %v", bad, err)
		}
	}
}

// What is accepted is within bounds, whatever it was read from.
func FuzzParseDemands(f *testing.F) {
	for _, s := range []string{"cpu:2ms,wait:20ms", "block:1h", "cpu:", ",", "cpu:1e9h", "wait:0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		demands, err := ParseDemands(s)
		if err == nil && len(demands) == 0 {
			t.Errorf("%q gave neither demands nor an error", s)
		}
		for _, d := range demands {
			if d.For < 0 || d.For > Longest {
				t.Errorf("%q gave %v", s, d)
			}
		}
	})
}

func TestLeakKeepsWhatItTook(t *testing.T) {
	var l leak
	l.grow(10_000)
	if total := l.grow(5_000); total != 15_000 || len(l.kept) != 2 {
		t.Errorf("total %d in %d pieces", total, len(l.kept))
	}
}
