package lab

import (
	"net/url"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/models/spec"
)

// A list is refused as a whole, with what would help, where this server cannot do all of it.
func TestWhatIsNotPossible(t *testing.T) {
	for _, c := range []struct {
		demand spec.Demand
		server Options
		hint   string // "": it is possible
	}{
		{spec.Demand{Kind: spec.Touch, Share: 1}, Options{}, "--app-memory"},
		{spec.Demand{Kind: spec.Touch, Share: 1}, Options{Memory: make([]byte, 1)}, ""},
		{spec.Demand{Kind: spec.Leak, Bytes: 1}, Options{}, "--faults"},
		{spec.Demand{Kind: spec.Leak, Bytes: 1}, Options{Faults: true}, ""},
		{spec.Demand{Kind: spec.CPU, For: 1}, Options{}, ""},
		{spec.Demand{Kind: spec.CPU, For: 1, Law: spec.Exponential}, Options{}, "fixed one"},
	} {
		a := &app{Options: c.server, memory: memory{pages: c.server.Memory}}
		err := a.possible(c.demand)
		if (err == nil) != (c.hint == "") || err != nil && !strings.Contains(err.Error(), c.hint) {
			t.Errorf("%v on %+v: %v; want a hint at %q", c.demand, c.server, err, c.hint)
		}
	}
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
