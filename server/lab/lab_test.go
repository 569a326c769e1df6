package lab

import (
	"net/url"
	"slices"
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
	got, err := parse("cpu:2ms,wait:20ms,block:1s,touch:0.5,leak:64KiB,touch:0,leak:0")
	want := []Demand{
		{Kind: CPU, For: 2 * time.Millisecond},
		{Kind: Wait, For: 20 * time.Millisecond},
		{Kind: Block, For: time.Second},
		{Kind: Touch, Share: 0.5},
		{Kind: Leak, Bytes: 64 << 10},
		{Kind: Touch},
		{Kind: Leak},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{
		"", "cpu", "cpu:", "cpu:2", "cpu:-1ms", "sleep:1ms", "cpu:1ms,", "wait:2h", "cpu:1ms wait:1ms",
		"touch", "touch:1.01", "touch:-0.1", "touch:50%", "touch:NaN", "leak:", "leak:2GiB", "leak:64kb", "CPU:1ms",
	} {
		if got, err := parse(bad); err == nil {
			t.Errorf("%q was taken for %v", bad, got)
		} else if bad != "" && !strings.Contains(err.Error(), strings.TrimPrefix(bad, "cpu:1ms,")) {
			t.Errorf("%q: the error does not name it: %v", bad, err)
		}
	}
}

func TestSizes(t *testing.T) {
	for s, want := range map[string]int64{
		"0": 0, "4096": 4096, "1e6": 1e6, "12MB": 12e6, "64KiB": 64 << 10, "1.5kB": 1500, "2.01kB": 2010, "1GiB": Largest, "8B": 8,
	} {
		if got, err := parseSize(s); got != want || err != nil {
			t.Errorf("%s: got %d, %v; want %d", s, got, err, want)
		}
	}
	for _, bad := range []string{"", "B", "MB", "-1", "NaN", "Inf", "1e10", "1.1GiB", "1Mb", "1 MB", "5k", "1BB"} {
		if got, err := parseSize(bad); err == nil {
			t.Errorf("%q was taken for %d", bad, got)
		}
	}
}

// A list is refused as a whole, with what would help, where this server cannot do all of it.
func TestWhatIsNotPossible(t *testing.T) {
	for _, c := range []struct {
		demand Demand
		server Options
		hint   string // "": it is possible
	}{
		{Demand{Kind: Touch, Share: 1}, Options{}, "--app-memory"},
		{Demand{Kind: Touch, Share: 1}, Options{Memory: make([]byte, 1)}, ""},
		{Demand{Kind: Leak, Bytes: 1}, Options{}, "--faults"},
		{Demand{Kind: Leak, Bytes: 1}, Options{Faults: true}, ""},
		{Demand{Kind: CPU, For: 1}, Options{}, ""},
	} {
		a := &app{Options: c.server, memory: memory{pages: c.server.Memory}}
		err := a.possible(c.demand)
		if (err == nil) != (c.hint == "") || err != nil && !strings.Contains(err.Error(), c.hint) {
			t.Errorf("%v on %+v: %v; want a hint at %q", c.demand, c.server, err, c.hint)
		}
	}
}

// What is accepted is within bounds, whatever it was read from.
func FuzzDemands(f *testing.F) {
	for _, s := range []string{
		"cpu:2ms,wait:20ms", "block:1h", "cpu:", ",", "cpu:1e9h", "wait:0", "touch:0.5", "touch:1e-300", "leak:64KiB", "leak:0x1p30",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		demands, err := parse(s)
		if err == nil && len(demands) == 0 {
			t.Errorf("%q gave neither demands nor an error", s)
		}
		for _, d := range demands {
			if d.For < 0 || d.For > Longest || !(0 <= d.Share && d.Share <= 1) || d.Bytes < 0 || d.Bytes > Largest {
				t.Errorf("%q gave %+v", s, d)
			}
		}
	})
}

// A parameter is found whatever stands around it, and means what its writer escaped.
func FuzzParameter(f *testing.F) {
	f.Add("a=1&", "cpu:1ms,wait:2ms", "&b")
	f.Add("x&=&", "", "")
	f.Add("", "%&=+ ", "&n=2")
	f.Fuzz(func(t *testing.T, before, value, after string) {
		if _, err := parameter(before, "n"); err != nil {
			return // a broken one comes first
		}
		before = strings.ReplaceAll(before, "n", "m")
		query := before + "&n=" + url.QueryEscape(value) + "&" + after
		if got, err := parameter(query, "n"); got != value || err != nil {
			t.Errorf("%q: got %q, %v; want %q", query, got, err, value)
		}
	})
}

func TestParameterOfAQuery(t *testing.T) {
	for query, want := range map[string]string{
		"": "", "x=1": "", "do=cpu:1ms": "cpu:1ms", "a=1&do=cpu%3A1ms%2Cwait%3A2ms&b": "cpu:1ms,wait:2ms", "do=": "", "do": "",
	} {
		if got, err := parameter(query, "do"); got != want || err != nil {
			t.Errorf("%q: got %q, %v; want %q", query, got, err, want)
		}
	}
	if _, err := parameter("do=%zz", "do"); err == nil {
		t.Error("a broken escape was taken")
	}
}
