package lab

import (
	"strings"
	"testing"
	"time"
)

// parse collects the demands up to the first error.
func parse(list string) (all []Demand, err error) {
	for d, err := range Demands(list) {
		if err != nil {
			return all, err
		}
		all = append(all, d)
	}
	return all, nil
}

func TestDemands(t *testing.T) {
	got, err := parse("cpu:2ms,wait:20ms,block:1s")
	want := []Demand{{"cpu", 2 * time.Millisecond}, {"wait", 20 * time.Millisecond}, {"block", time.Second}}
	if err != nil || len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "cpu", "cpu:", "cpu:2", "cpu:-1ms", "sleep:1ms", "cpu:1ms,", "wait:2h", "cpu:1ms wait:1ms"} {
		if got, err := parse(bad); err == nil {
			t.Errorf("%q was taken for %v", bad, got)
		} else if bad != "" && !strings.Contains(err.Error(), strings.TrimPrefix(bad, "cpu:1ms,")) {
			t.Errorf("%q: the error does not name it: %v", bad, err)
		}
	}
}

// What is accepted is within bounds, whatever it was read from.
func FuzzDemands(f *testing.F) {
	for _, s := range []string{"cpu:2ms,wait:20ms", "block:1h", "cpu:", ",", "cpu:1e9h", "wait:0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		demands, err := parse(s)
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

func TestListOfAQuery(t *testing.T) {
	for query, want := range map[string]string{
		"": "", "x=1": "", "do=cpu:1ms": "cpu:1ms", "a=1&do=cpu%3A1ms%2Cwait%3A2ms&b": "cpu:1ms,wait:2ms", "do=": "",
	} {
		if got, err := listOf(query); got != want || err != nil {
			t.Errorf("%q: got %q, %v; want %q", query, got, err, want)
		}
	}
	if _, err := listOf("do=%zz"); err == nil {
		t.Error("a broken escape was taken")
	}
}
