package capacity

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workerlab/workerlab/loadgen"
)

func newQueue() *queue {
	return &queue{servers: 2, service: 2 * time.Millisecond, random: rand.New(rand.NewPCG(1, 1))}
}

// search runs in virtual time.
func search(t *testing.T, s Search, slo string) (r *Result) {
	t.Helper()
	var err error
	if s.SLO, err = ParseSLO(slo); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		if r, err = s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	return r
}

func TestGeneratorIsTheLimit(t *testing.T) {
	q := newQueue()
	q.ceiling = 600
	r := search(t, Search{Prober: q}, "p99=100ms")
	if r.Limit != LimitGenerator || r.High != 0 || r.Capacity > 600 || r.Capacity < 600/1.04 {
		t.Errorf("limit %s, %g in [%g, %g]", r.Limit, r.Capacity, r.Low, r.High)
	}
}

func TestNeverMet(t *testing.T) {
	r := search(t, Search{Prober: newQueue()}, "p99=1ms") // 2 ms of service alone
	if r.Limit != LimitNone || r.Capacity != 0 || r.Low != 0 || r.High != 0 || r.Confirmed || len(r.Probes) > 14 {
		t.Errorf("limit %s, %g in [%g, %g] after %d probes", r.Limit, r.Capacity, r.Low, r.High, len(r.Probes))
	}
	for _, p := range r.Probes {
		if p.Outcome != Missed || len(p.Reasons) == 0 {
			t.Errorf("probe %+v", p)
		}
	}
}

// A step is a server that answers at once up to a rate and not at all beyond: no line can be fitted.
type step struct {
	*queue
	at float64
}

func (s step) Open(ctx context.Context, rate float64, window time.Duration, _ uint64) (*loadgen.Report, error) {
	slow := uint64(0)
	if rate > s.at {
		slow = 1000
	}
	return report(slow, 0, 0), pass(ctx, window)
}

func TestStep(t *testing.T) {
	r := search(t, Search{Prober: step{newQueue(), 700}}, "p99=100ms")
	if r.Method != ByAgreement || r.Limit != LimitServer || !r.Confirmed {
		t.Errorf("method %s, limit %s, confirmed %v, notes %q", r.Method, r.Limit, r.Confirmed, r.Notes)
	}
	if r.Low > 700 || r.High <= 700 || r.High/r.Low > resolution || r.Capacity != r.Low {
		t.Errorf("%g in [%g, %g], want 700 held to 3 %%", r.Capacity, r.Low, r.High)
	}
	if unlimited := search(t, Search{Prober: step{newQueue(), 1e9}, Budget: time.Hour}, "p99=100ms"); unlimited.Limit != LimitRate || unlimited.High != 0 {
		t.Errorf("without a limit: %s, %g", unlimited.Limit, unlimited.Capacity)
	}
}

// One hiccup of the host at a low rate is outvoted.
func TestHiccup(t *testing.T) {
	q := newQueue()
	q.stalls = 1
	truth := q.capacity(Latency{0.99, 100 * time.Millisecond})
	r := search(t, Search{Prober: q}, "p99=100ms")
	if r.Limit != LimitServer || r.Capacity < 0.9*truth || r.Capacity > 1.1*truth {
		t.Errorf("limit %s, %g, want about %g", r.Limit, r.Capacity, truth)
	}
	if r.Probes[0].Outcome != Missed {
		t.Error("the stall was not noticed: the test shows nothing")
	}
	if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.HasPrefix(n, "unsteady: ") }) {
		t.Errorf("nothing is said of the hiccup: %q", r.Notes)
	}
}

// Probes that contradict each other make the interval wide, not the one that suits.
func TestBound(t *testing.T) {
	probes := func(rate float64, outcomes ...Outcome) (all []Probe) {
		for _, o := range outcomes {
			all = append(all, Probe{Rate: rate, Outcome: o, Planned: 1000, Slow: []uint64{uint64(o) * 500}})
		}
		return all
	}
	for name, c := range map[string]struct {
		probes    [][]Probe
		low, high float64
		limit     Limit
	}{
		"agreed":        {[][]Probe{probes(100, Met, Met), probes(110, Missed, Missed)}, 100, 110, LimitServer},
		"mixed":         {[][]Probe{probes(90, Met, Met), probes(100, Met, Missed, Met), probes(105, Missed, Met, Missed), probes(110, Missed, Missed)}, 90, 110, LimitServer},
		"met above":     {[][]Probe{probes(100, Met, Met), probes(103, Missed, Missed), probes(110, Met, Met, Missed), probes(150, Missed, Missed)}, 100, 150, LimitServer},
		"met at last":   {[][]Probe{probes(100, Met, Met), probes(103, Missed, Missed), probes(110, Met, Met)}, 100, 0, LimitServer},
		"generator":     {[][]Probe{probes(100, Met, Met), probes(150, GeneratorBound, GeneratorBound)}, 100, 0, LimitGenerator},
		"never missed":  {[][]Probe{probes(100, Met, Met)}, 100, 0, LimitTime},
		"never met":     {[][]Probe{probes(100, Missed, Missed)}, 0, 0, LimitNone},
		"no probe":      {nil, 0, 0, LimitNone},
		"only hiccups":  {[][]Probe{probes(100, Met, Missed, Met), probes(110, Missed, Missed)}, 0, 110, LimitServer},
		"mostly server": {[][]Probe{probes(100, Met, Met), probes(150, GeneratorBound, Missed, Missed)}, 100, 150, LimitServer},
	} {
		h := Search{SLO: SLO{Latencies: []Latency{{0.99, time.Second}}}}.begin()
		for _, p := range c.probes {
			h.result.Probes = append(h.result.Probes, p...)
		}
		h.conclude()
		if r := h.result; r.Low != c.low || r.High != c.high || r.Limit != c.limit {
			t.Errorf("%s: %s, [%g, %g], want %s, [%g, %g]", name, r.Limit, r.Low, r.High, c.limit, c.low, c.high)
		}
	}
}

// The budget is kept: what is known by then is told, and that it is not all.
func TestBudget(t *testing.T) {
	for _, budget := range []time.Duration{2 * time.Second, 20 * time.Second, 50 * time.Second, 90 * time.Second} {
		q := newQueue()
		s := Search{Prober: q, Budget: budget}
		var err error
		if s.SLO, err = ParseSLO("p99=100ms"); err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			r, err := s.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > budget+2*time.Second {
				t.Errorf("budget %v: took %v", budget, took)
			}
			if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "budget") || strings.Contains(n, "time was short") }) {
				t.Errorf("budget %v: notes %q", budget, r.Notes)
			}
			if len(r.Probes) > 0 && r.Limit == LimitServer && r.High == 0 {
				t.Errorf("budget %v: %+v", budget, r)
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	s := Search{Prober: newQueue(), SLO: SLO{Latencies: []Latency{{0.99, 100 * time.Millisecond}}}}
	for _, after := range []time.Duration{0, 10 * time.Second, 60 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			r, err := s.Run(ctx)
			if !errors.Is(err, context.DeadlineExceeded) || r == nil {
				t.Fatalf("after %v: %v, %v", after, r, err)
			}
			if runs := len(r.Levels) + len(r.Probes); (runs == 0) != (after == 0) {
				t.Errorf("after %v: %d runs are told", after, runs)
			}
			if after == time.Minute && r.Capacity == 0 {
				t.Errorf("after a minute nothing is known of the capacity: %+v", r)
			}
		})
	}
}

// The same seed asks the same, in the same order; another asks in another.
func TestSeed(t *testing.T) {
	order := func(seed uint64) (clients []int, seeds []uint64) {
		r := search(t, Search{Prober: step{newQueue(), 700}, Seed: seed}, "p99=100ms")
		for _, l := range r.Levels {
			clients = append(clients, l.Clients)
		}
		for _, p := range r.Probes {
			seeds = append(seeds, p.Seed)
		}
		return clients, seeds
	}
	clients, seeds := order(1)
	again, seedsAgain := order(1)
	other, _ := order(2)
	if !slices.Equal(clients, again) || !slices.Equal(seeds, seedsAgain) {
		t.Error("the same seed gave another search")
	}
	if slices.Equal(clients, other) {
		t.Error("another seed gave the same order")
	}
	slices.Sort(seeds)
	if len(slices.Compact(seeds)) != len(seedsAgain) {
		t.Error("probes share their arrivals")
	}
}

// Progress never goes back, and the time left never exceeds the budget.
func TestProgress(t *testing.T) {
	runs := -1
	var phases []Phase
	s := Search{Prober: newQueue(), Observe: func(p Progress) {
		if p.Runs < runs || p.Left < 0 || p.Left > 3*time.Minute {
			t.Errorf("%+v after %d runs", p, runs)
		}
		runs = p.Runs
		if p.Phase != "" && !slices.Contains(phases, p.Phase) {
			phases = append(phases, p.Phase)
		}
	}}
	r := search(t, s, "p99=100ms")
	if runs != len(r.Levels)+len(r.Probes) || !slices.Equal(phases, []Phase{Sweep, Hunt, Confirm}) {
		t.Errorf("%d runs told of %d, phases %v", runs, len(r.Levels)+len(r.Probes), phases)
	}
}

// At low rates windows grow, so that one slow request is not the whole share.
func TestWindow(t *testing.T) {
	s, err := ParseSLO("p99=100ms")
	if err != nil {
		t.Fatal(err)
	}
	h := Search{SLO: s}.begin()
	for rate, want := range map[float64]time.Duration{1: 9 * time.Second, 60: 5 * time.Second, 1000: 3 * time.Second} {
		if got := h.window(rate); got.Round(time.Millisecond) != want {
			t.Errorf("%g/s: %v, want %v", rate, got, want)
		}
	}
}

// What the search had seen at a rate does not confirm it: only the probes made for that do.
func TestConfirmedByConfirmingProbesOnly(t *testing.T) {
	confirming := func(below, at, above [probes]Outcome) (all []Probe) {
		for i, outcomes := range [][probes]Outcome{below, at, above} {
			for _, o := range outcomes {
				all = append(all, Probe{Phase: Confirm, Rate: around[i] * 100, Outcome: o, Planned: 1000, Slow: []uint64{uint64(o) * 500}})
			}
		}
		return all
	}
	met, missed := [probes]Outcome{Met, Met, Met}, [probes]Outcome{Missed, Missed, Missed}
	for name, c := range map[string]struct {
		at, above [probes]Outcome
		want      bool
		note      string
	}{
		"clear":                 {met, missed, true, ""},
		"by a majority":         {[probes]Outcome{Met, Missed, Met}, [probes]Outcome{Missed, Met, Missed}, true, ""},
		"only in the search":    {[probes]Outcome{Missed, Met, Missed}, missed, false, "not confirmed: the search had passed"},
		"generator above":       {met, [probes]Outcome{GeneratorBound, GeneratorBound, GeneratorBound}, false, "not confirmed: at 110/s"},
		"generator in part":     {met, [probes]Outcome{GeneratorBound, Missed, Met}, false, "not confirmed: at 110/s"},
		"met above, not missed": {met, met, false, "not confirmed: repeated probes at 110/s"},
	} {
		h := Search{SLO: SLO{Latencies: []Latency{{0.99, time.Second}}}}.begin()
		h.low, h.high, h.confirming = 100, 103, len(around)*probes
		for range majority { // the search, lucky
			h.result.Probes = append(h.result.Probes, Probe{Phase: Hunt, Rate: 100, Planned: 1000, Slow: []uint64{0}})
		}
		h.result.Probes = append(h.result.Probes, confirming(met, c.at, c.above)...)
		h.conclude()
		noted := slices.ContainsFunc(h.result.Notes, func(n string) bool { return strings.HasPrefix(n, "not confirmed") })
		right := c.note == "" || slices.ContainsFunc(h.result.Notes, func(n string) bool { return strings.HasPrefix(n, c.note) })
		if h.result.Confirmed != c.want || noted != (c.note != "") || !right {
			t.Errorf("%s: confirmed %v, notes %q", name, h.result.Confirmed, h.result.Notes)
		}
	}
}

// Probes that the generator spoiled say nothing of the server: the line is the same without them.
func TestFitLeavesOutWhatTheGeneratorSpoiled(t *testing.T) {
	h := Search{SLO: SLO{Latencies: []Latency{{0.99, time.Second}}}}.begin()
	h.result.Found = 100
	for i, slow := range []uint64{2, 4, 6, 9, 14, 20, 30, 45} {
		h.result.Probes = append(h.result.Probes, Probe{Rate: 90 + 3*float64(i), Planned: 1000, Slow: []uint64{slow}})
	}
	want, ok := h.crossing()
	if !ok {
		t.Fatal("no line through probes that have one")
	}
	for range 3 {
		h.result.Probes = append(h.result.Probes, Probe{Rate: 93, Outcome: GeneratorBound, Planned: 1000, Slow: []uint64{900}})
	}
	if got, ok := h.crossing(); !ok || got != want {
		t.Errorf("%+v, %v; want %+v", got, ok, want)
	}
}
