package fidelity

import (
	"testing"
	"time"
)

func seen(events ...Event) Observation { return Observation{Events: events} }

func TestSentences(t *testing.T) {
	for want, all := range map[string][]Observation{
		"200 hello; FIN after 2.1\u00a0s":            {seen(Event{"", "200 hello", 0.1}, Event{"", fin, 2.1})},
		"FIN after 1.4–2.0\u00a0s":                   {seen(Event{"", fin, 2}), seen(Event{"", fin, 1.4})},
		"FIN":                                        {seen(Event{"", fin, 0}), seen(Event{"", fin, 0.3})},
		"kept; another client: refused":              {seen(Event{"", kept, 0}, Event{"another client", refused, 0})},
		"not observed: no request in flight for 10s": {{Failed: "no request in flight for 10s"}},
	} {
		if got := sentence(all...); got != want {
			t.Errorf("%+v: %q, want %q", all, got, want)
		}
	}
}

func TestEventsAreToldInTenths(t *testing.T) {
	for after, want := range map[time.Duration]float64{0: 0, 49 * time.Millisecond: 0, 50 * time.Millisecond: 0.1, 2049 * time.Millisecond: 2} {
		if got := newEvent("", fin, after).After; got != want {
			t.Errorf("%v: %v, want %v", after, got, want)
		}
	}
}

func TestSameness(t *testing.T) {
	at := func(after float64) Observation { return seen(Event{"", "200 hello", 0}, Event{"", fin, after}) }
	for _, c := range []struct {
		name  string
		a, b  Observation
		slack time.Duration
		want  bool
	}{
		{"equal", at(2), at(2), 0, true},
		{"within the slack", at(2), at(3), secondLoop, true},
		{"at its end", at(2), at(2.7), busyHost, true},
		{"beyond it", at(2), at(2.8), busyHost, false},
		{"another end", at(2), seen(Event{"", "200 hello", 0}, Event{"", reset, 2}), secondLoop, false},
		{"another client", seen(Event{"", fin, 0}), seen(Event{"another client", fin, 0}), secondLoop, false},
		{"one event more", at(2), seen(Event{"", "200 hello", 0}), secondLoop, false},
		{"one not observed", at(2), Observation{Failed: "gone"}, secondLoop, false},
		{"neither observed", Observation{Failed: "gone"}, Observation{Failed: "gone"}, secondLoop, false},
	} {
		if got := same(c.a, c.b, c.slack); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
