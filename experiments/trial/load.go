package trial

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
)

// Check reports what keeps the trial from being carried out as it stands.
func (t Trial) Check() error {
	var faults []error
	for _, rule := range []struct {
		broken bool
		why    string
	}{
		{t.Window <= 0, "no window"},
		{t.Load.Arrivals() == "none", "no load"},
		{last(t.Load) >= t.Window || last(t.Hog) >= t.Window, "a burst outlasts the window"},
		{!arrives(t.Load) || !arrives(t.Hog), "only requests of an open loop with a rate arrive several at once"},
		{t.Load.RTT < 0 || t.Hog.RTT < 0, "a round trip that takes less than no time"},
		{t.Slow.Clients > 0 && t.Slow.Over <= 0, "slow clients that take no time"},
		{t.Slow.Read > 0 && t.Slow.Post > 0, "slow clients that both read and post"},
		{len(t.Load.Mix)+len(t.Hog.Mix) > 0, "several kinds of request: they are for scenarios"},
		{t.At < 0 || t.At >= t.Window, "the event is not within the window"},
		{t.Memory == WhileHeld && t.Event > Watched, "nothing befalls a server whose memory is read while it holds the load"},
		{t.Pods > 1 && t.Traced, "requests are traced on one server only"},
		{t.Pods > 1 && !t.splits(), "only open loads are split among pods, with nothing beside them and no event but Watched"},
	} {
		if rule.broken {
			faults = append(faults, errors.New(rule.why))
		}
	}
	for _, l := range []spec.Load{t.Load, t.Hog} {
		if l.Do == "" && l.Arrivals() == "none" {
			continue
		}
		if _, _, err := asked(l.Do); err != nil {
			faults = append(faults, fmt.Errorf("demands %q: %w", l.Do, err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("trial %s: %w", t, err)
	}
	return nil
}

// splits reports whether the trial means the same on several servers as on one.
func (t Trial) splits() bool {
	return t.Load.Clients == 0 && t.Hog.Do == "" && t.Slow.Clients == 0 && t.Event <= Watched && t.Memory != WhileHeld
}

// arrives reports whether what the load says of arrivals means something.
func arrives(l spec.Load) bool { return l.Abreast == 0 || l.Rate > 0 && l.Clients == 0 && l.Burst == 0 }

// last is the latest that a burst's last request may be sent, from the window's start.
func last(l spec.Load) time.Duration {
	if l.Clients > 0 || l.Burst == 0 {
		return 0
	}
	return l.Phase + l.Over - l.Over/time.Duration(l.Burst)
}

// Requests are what one server is sent of a load.
type Requests struct {
	At []time.Duration // open loop: when, from the window's start; a closed loop has none
	Do []string        // the demands, taken in turn; the warm-up's come first …
	// … or the paths, drawn by their weights.
	Paths []Path
}

// asked is what a load's requests ask for: demands, or paths of an application that knows none.
func asked(do string) (spec.Demands, []Path, error) {
	if paths, err := Asked(do); err != nil || len(paths) > 0 {
		return nil, paths, err
	}
	demands, err := spec.ParseDemands(do)
	return demands, nil, err
}

// enough requests of a closed loop are drawn for a window of seconds to see hardly any twice.
const enough = 2048

// Deal is what each of n servers is sent of a load: each request of an open loop goes to one of them,
// drawn at random, as a balancer deals that knows nothing of the servers. The load as a whole does not
// depend on n. purpose tells the loads of a trial apart.
func (t Trial) Deal(l spec.Load, n int, d Draws, purpose string) ([]Requests, error) {
	demands, paths, err := asked(l.Do)
	if err != nil {
		return nil, err
	}
	if len(paths) > 0 {
		return t.dealPaths(l, n, d, purpose, paths)
	}
	random := d.random(purpose + "demands")
	if l.Clients > 0 {
		return []Requests{{Do: demands.Lists(enough, random)}}, nil
	}
	at := t.arrivals(l, d, purpose)
	warm, _ := slices.BinarySearch(at, t.WarmUpOf(l)) // the warm-up plays the window's first requests
	do := demands.Lists(warm+len(at), random)
	parts := make([]Requests, n)
	to := make([]int, len(at))
	routing := d.random(purpose + "routing")
	for k := range at {
		to[k] = routing.IntN(n)
		parts[to[k]].At = append(parts[to[k]].At, at[k])
	}
	if demands.Fixed() {
		for i := range parts {
			parts[i].Do = do
		}
		return parts, nil
	}
	for k, list := range do {
		if k >= warm {
			k -= warm
		}
		parts[to[k]].Do = append(parts[to[k]].Do, list)
	}
	return parts, nil
}

// dealPaths is Deal for paths: which request asks for which is drawn by the generator.
func (t Trial) dealPaths(l spec.Load, n int, d Draws, purpose string, paths []Path) ([]Requests, error) {
	if n > 1 {
		return nil, errors.New("requests for paths are not split among pods")
	}
	r := Requests{Paths: paths}
	if l.Clients == 0 {
		r.At = t.arrivals(l, d, purpose)
	}
	return []Requests{r}, nil
}

// arrivals are the offsets of an open loop's requests from the start of its window.
func (t Trial) arrivals(l spec.Load, d Draws, purpose string) []time.Duration {
	switch {
	case l.Burst > 0:
		late := t.WarmUp() - t.WarmUpOf(l) + d.within(l.Phase, purpose+"phase")
		at := make([]time.Duration, l.Burst)
		for i := range at {
			at[i] = late + l.Over*time.Duration(i)/time.Duration(l.Burst)
		}
		return at
	}
	var at []time.Duration
	for together := range arrival.Until(schedule(l, d, purpose+arriving), t.Window) {
		at = append(at, slices.Repeat([]time.Duration{together}, max(1, l.Abreast))...)
	}
	return at
}

// schedule is that of an open loop with a rate, of which each stands for as many as arrive at once.
func schedule(l spec.Load, d Draws, purpose string) arrival.Schedule {
	rate := l.Rate / float64(max(1, l.Abreast))
	switch l.Arriving {
	case spec.Even, spec.Lognormal:
	case spec.Exponential:
		return arrival.Poisson(rate, d.SeedFor(purpose))
	case spec.Jittered:
		gap := l.Arriving.Times(time.Duration(float64(time.Second)/rate), d.random(purpose))
		return func(yield func(time.Duration) bool) {
			for at := time.Duration(0); yield(at); at += gap() {
			}
		}
	}
	return arrival.Constant(rate)
}

// WarmUpOf is the load's own: none of a burst, which in a trial that has one begins with the window.
func (t Trial) WarmUpOf(l spec.Load) time.Duration {
	if l.Burst > 0 {
		return 0
	}
	return t.WarmUp()
}

// Connections are as many as are needed: the clients of an open load are strangers to each other. Of a
// burst that is one each; else no more requests are under way than arrive within the time a client
// waits, give or take a quarter. Only those who come together again and again, and keep their connections,
// are the same ones each time.
func Connections(l spec.Load) int {
	switch {
	case l.Burst > 0:
		return l.Burst
	case l.KeepAlive && l.Abreast > 0:
		return l.Abreast
	}
	return max(64, min(1000, int(1.25*l.Rate*l.Patience().Seconds())))
}

// drain is about how long the load's last requests take beyond the window.
func (t Trial) drain(l spec.Load) time.Duration {
	demands, _, err := asked(l.Do)
	if err != nil || l.Arrivals() == "none" {
		return 0
	}
	work, wait := demands.Moments()
	computing, waiting := work.Duration(), wait.Duration()
	held := max(1, l.Held())
	cores := t.Place.Cores(0)
	served := max(1, t.holds(held))
	waves := time.Duration((held + served - 1) / served)
	takes := max(waves*(waiting+computing), time.Duration(held)*computing/time.Duration(cores))
	if room := t.Server.Backlog + served + 1; t.Server.Backlog > 0 && held > room {
		takes = max(takes, time.Duration(held/room)*time.Second) // the kernel repeats a SYN after a second
	}
	takes += 2 * l.RTT // where each opens a connection
	sent := t.Window
	if l.Burst > 0 {
		sent = last(l)
	}
	return max(0, sent+min(takes, l.Patience())-t.Window)
}

// Capacity is how many of the load's requests the server can hold at once.
func (t Trial) Capacity() int { return t.holds(t.Load.Held()) }

func (t Trial) holds(requests int) int {
	m, known := catalog.Named(t.Server.Class)
	if !known {
		return requests
	}
	slots := m.Discipline(t.Server.Filled()).Slots
	if slots == 0 {
		return requests
	}
	return min(requests, slots*t.Server.Workers*max(1, t.Pods))
}
