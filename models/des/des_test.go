package des

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestEventsTakePlaceInOrder(t *testing.T) {
	var s Sim
	random := rand.New(rand.NewPCG(1, 2))
	type seen struct {
		at  time.Duration
		arg int32
	}
	var got, want []seen
	note := s.Register(func(arg int32) { got = append(got, seen{s.Now(), arg}) })
	for i := range int32(2000) {
		at := time.Duration(random.IntN(50)) // many at the same instant
		want = append(want, seen{at, i})
		s.At(at, note, i)
	}
	slices.SortStableFunc(want, func(a, b seen) int { return int(a.at - b.at) })
	if n := s.Run(time.Hour); n != 2000 || !slices.Equal(got, want) {
		t.Errorf("%d events, in order: %v", n, slices.Equal(got, want))
	}
}

// A timer runs out when it was last set for, among the events of that instant as one that was scheduled then.
func TestTimers(t *testing.T) {
	var s Sim
	var got []string
	note := s.Register(func(int32) { got = append(got, "event") })
	a := s.NewTimer(func() { got = append(got, "a") })
	b := s.NewTimer(func() { got = append(got, "b") })
	s.Set(a, 3)
	s.Set(b, 2)
	s.Set(a, 1)
	if n := s.Run(1); n != 1 || s.Now() != 1 { // b is left
		t.Errorf("%d events until %v", n, s.Now())
	}
	s.After(4, note, 0)
	s.Set(b, 4)
	s.After(4, note, 0)
	s.Set(a, 4)
	s.Clear(a)
	if n := s.Run(time.Hour); n != 3 || s.Now() != 5 || !slices.Equal(got, []string{"a", "event", "b", "event"}) {
		t.Errorf("%d events until %v: %q", n, s.Now(), got)
	}
	again := s.NewTimer(func() { s.Set(b, 1) })
	s.Set(again, 1)
	if n := s.Run(time.Hour); n != 2 || s.Now() != 7 || s.Run(time.Hour) != 0 {
		t.Errorf("%d events until %v", n, s.Now())
	}
}

func TestRunEnds(t *testing.T) {
	var s Sim
	count := 0
	var tick Action
	tick = s.Register(func(int32) {
		count++
		s.After(time.Second, tick, 0)
		if count == 7 {
			s.Stop()
		}
	})
	s.After(time.Second, tick, 0)
	if n := s.Run(4500 * time.Millisecond); n != 4 || s.Now() != 4500*time.Millisecond {
		t.Errorf("%d events until %v", n, s.Now())
	}
	if n := s.Run(time.Hour); n != 3 || s.Now() != 7*time.Second {
		t.Errorf("then %d until %v, which Stop ended", n, s.Now())
	}
	defer func() {
		if recover() == nil {
			t.Error("the past was changed")
		}
	}()
	s.At(time.Second, tick, 0)
}

func TestStreamsAreApartAndRepeat(t *testing.T) {
	seen := make(map[uint64]string)
	for replication := range uint64(3) {
		for _, purpose := range []string{"arrivals", "demands"} {
			s := Streams{7, replication}
			first := s.For(purpose).Uint64()
			if again := s.For(purpose).Uint64(); again != first {
				t.Error("the same stream differs")
			}
			if other, twice := seen[first]; twice {
				t.Errorf("%s of %d is %s", purpose, replication, other)
			}
			seen[first] = purpose
		}
	}
}

// Two cores: a job of 3 s alone for 1 s, then two more of 1 s and 2 s come.
func TestCoresAreShared(t *testing.T) {
	var s Sim
	ended := make(map[int32]time.Duration)
	c := NewCores(&s, 2, func(job int32) { ended[job] = s.Now() })
	bring := s.Register(func(job int32) { c.Add(job, time.Duration(job)*time.Second) })
	s.At(0, bring, 3)
	s.At(time.Second, bring, 1)
	s.At(time.Second, bring, 2)
	s.Run(time.Hour)
	// From 1 s on each has 2/3: the short one ends after 1.5 s; then two have a core each, with 1 s left.
	for job, want := range map[int32]float64{1: 2.5, 2: 3.5, 3: 3.5} {
		if got := ended[job].Seconds(); math.Abs(got-want) > 1e-6 {
			t.Errorf("job %d ended at %.7f s, want %g", job, got, want)
		}
	}
	if busy := c.Busy().Seconds(); math.Abs(busy-6) > 1e-6 {
		t.Errorf("work done %g s, want 6", busy)
	}
}

func TestCoresGiveBackWhatIsLeft(t *testing.T) {
	var s Sim
	var ended []int32
	c := NewCores(&s, 1, func(job int32) { ended = append(ended, job) })
	var left time.Duration
	remove := s.Register(func(job int32) {
		left = c.Remove(job)
		c.Add(job, left)
	})
	c.Add(0, 2*time.Second)
	c.Add(1, 2*time.Second)
	s.After(time.Second, remove, 0)
	s.Run(time.Hour)
	if want := 1500 * time.Millisecond; left != want || len(ended) != 2 || c.Has(0) || c.Jobs() != 0 {
		t.Errorf("left %v, want %v; ended %v", left, want, ended)
	}
	if now := s.Now().Seconds(); math.Abs(now-4) > 1e-6 {
		t.Errorf("all was done at %g s, want 4", now)
	}
}

// However jobs come, go and are taken away, the heap of ends keeps its order and its index.
func TestCoresKeepTheirIndex(t *testing.T) {
	var s Sim
	here := make(map[int32]bool)
	c := NewCores(&s, 3, leaving(t, here))
	comeAndGo(t, &s, c, here, 1000, func(step int) {
		for i, f := range c.jobs {
			if c.at[f.job] != int32(i) || i > 0 && f.at < c.jobs[(i-1)/2].at {
				t.Fatalf("step %d: the heap is out of order at %d", step, i)
			}
		}
	})
	if len(here) != 0 || c.Jobs() != 0 {
		t.Errorf("%d jobs never ended", len(here))
	}
}

// leaving is told of jobs that end, each of which must be here.
func leaving(t *testing.T, here map[int32]bool) func(job int32) {
	return func(job int32) {
		if !here[job] {
			t.Fatalf("job %d ended and was not here", job)
		}
		delete(here, job)
	}
}

// comeAndGo brings jobs at random, each with less than so many nanoseconds of work, and takes some away. After each
// step look is called. It returns the work that was asked for and not taken back.
func comeAndGo(t *testing.T, s *Sim, c interface {
	Add(job int32, work time.Duration)
	Remove(job int32) time.Duration
}, here map[int32]bool, most int, look func(step int),
) (asked time.Duration) {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	var step Action
	steps := 0
	step = s.Register(func(int32) {
		job := random.Int32N(64)
		switch {
		case !here[job]:
			here[job] = true
			work := time.Duration(random.IntN(most))
			asked += work
			c.Add(job, work)
		case random.IntN(3) == 0:
			asked -= c.Remove(job)
			delete(here, job)
		}
		look(steps)
		if steps++; steps < 5000 {
			s.After(time.Duration(random.IntN(40)), step, 0)
		}
	})
	s.After(0, step, 0)
	s.Run(time.Hour)
	return asked
}

func TestMSER5CutsTheWarmUp(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	var run []float64
	for i := range 2000 {
		x := 10 + random.NormFloat64()
		if i < 300 {
			x -= 10 * float64(300-i) / 300 // it begins at 0
		}
		run = append(run, x)
	}
	cut, ok := MSER5(run)
	if !ok || cut < 200 || cut > 400 {
		t.Errorf("cut %d, %v; want about 300", cut, ok)
	}
	if cut, ok := MSER5(run[:19]); ok || cut != 0 {
		t.Errorf("of 19 observations %d, %v", cut, ok)
	}
	if _, ok := MSER5(run[:310]); ok {
		t.Error("a run that is all warm-up passes")
	}
}

func TestReplicationsStopWhenTheyKnow(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	noisy := func(spread float64) func(uint64) ([]float64, error) {
		return func(uint64) ([]float64, error) { return []float64{100 + spread*random.NormFloat64(), 1}, nil }
	}
	goals := []Goal{{0.95, 0.02, 10, 200}, {0.95, 0.05, 10, 200}}
	for _, c := range []struct {
		spread      float64
		least, most int
	}{{0.1, 10, 10}, {6, 11, 120}, {60, 200, 200}} {
		got, err := Replications(goals, noisy(c.spread))
		if err != nil || got[0].Basis.Values < c.least || got[0].Basis.Values > c.most || got[1].Half() != 0 || !got[0].Holds(100) && c.spread < 60 {
			t.Errorf("spread %g: %+v, %v; want %d to %d replications", c.spread, got, err, c.least, c.most)
		}
	}
	broken := errors.New("broken")
	if _, err := Replications(goals, func(uint64) ([]float64, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// Of 4 cores with queues of their own, 3 get a job each that others wake, because a second idle core is always found.
// A fourth job may have to share, until a core that is idle takes it over; but not one that an interrupt wakes.
func TestScheduledCores(t *testing.T) {
	const work = 10 * time.Millisecond
	ends := func(seed uint64, jobs int32, balance time.Duration, add func(*Scheduled, int32, time.Duration)) (last time.Duration) {
		var s Sim
		scheduler := Scheduler{Slice: time.Millisecond, Balance: balance}
		c := NewScheduled(&s, 4, scheduler, rand.New(rand.NewPCG(seed, 8)), func(int32) { last = s.Now() })
		for job := range jobs {
			add(c, job, work)
		}
		s.Run(time.Hour)
		if busy := c.Busy(); busy != time.Duration(jobs)*work {
			t.Errorf("%v done of %d jobs of %v", busy, jobs, work)
		}
		return last
	}
	shared := 0
	for seed := range uint64(100) {
		if last := ends(seed, 3, time.Hour, (*Scheduled).AddWoken); last != work {
			t.Fatalf("on a core each the jobs took %v, want %v", last, work)
		}
		if last := ends(seed, 4, time.Hour, (*Scheduled).Add); last != work {
			t.Fatalf("woken by interrupts the jobs took %v, want %v", last, work)
		}
		if ends(seed, 4, time.Hour, (*Scheduled).AddWoken) > work {
			shared++
		}
		if last := ends(seed, 4, time.Millisecond, (*Scheduled).AddWoken); last > work+2*time.Millisecond {
			t.Fatalf("balanced every millisecond the jobs took %v, want %v and a little", last, work)
		}
	}
	if shared < 60 || shared > 90 {
		t.Errorf("the fourth job had to share in %d of 100, want three of four", shared)
	}
}

// Two jobs of 3 ms on one core, in slices of 1 ms, the second half a slice after the first; and a short one that
// comes at 2.2 ms, when both have a place before it.
func TestSlices(t *testing.T) {
	var s Sim
	ended := make(map[int32]time.Duration)
	c := NewScheduled(&s, 1, Scheduler{Slice: time.Millisecond}, rand.New(rand.NewPCG(1, 2)), func(job int32) { ended[job] = s.Now() })
	const us = time.Microsecond
	bring := s.Register(func(job int32) { c.Add(job, []time.Duration{3000 * us, 3000 * us, 100 * us}[job]) })
	s.At(0, bring, 0)
	s.At(500*us, bring, 1)
	s.At(2200*us, bring, 2)
	s.Run(time.Hour)
	// 0 to 1 the first, to 2 the second, to 3 the first, to 4 the second, 0.1 the short one, 1 each.
	for job, want := range []time.Duration{5100 * us, 6100 * us, 4100 * us} {
		if got := ended[int32(job)]; got != want {
			t.Errorf("job %d ended at %v, want %v", job, got, want)
		}
	}
}

// A job that goes on where another went keeps the core and what was left of the slice.
func TestContinuedJobsKeepTheirCore(t *testing.T) {
	var s Sim
	var order []int32
	var c *Scheduled
	rounds := 0
	c = NewScheduled(&s, 1, Scheduler{Slice: time.Millisecond}, rand.New(rand.NewPCG(1, 2)), func(job int32) {
		order = append(order, job)
		if rounds++; job == 0 && rounds < 6 {
			c.Continue(0, 400*time.Microsecond)
		}
	})
	c.Add(0, 400*time.Microsecond)
	c.Add(1, time.Millisecond)
	s.Run(time.Hour)
	if want := []int32{0, 0, 1, 0, 0, 0}; !slices.Equal(order, want) {
		t.Errorf("ended in the order %v, want %v", order, want)
	}
	if now := s.Now(); now != 3*time.Millisecond {
		t.Errorf("all was done at %v, want 3 ms", now)
	}
}

// However jobs come, go and are taken away, each is where it is thought to be, and no work is lost.
func TestScheduledJobsAreKept(t *testing.T) {
	var s Sim
	here := make(map[int32]bool)
	c := NewScheduled(&s, 3, Scheduler{Slice: 20, Balance: 100}, rand.New(rand.NewPCG(5, 6)), leaving(t, here))
	asked := comeAndGo(t, &s, c, here, 100, func(step int) {
		for on := range c.queues {
			for _, r := range c.queues[on].jobs {
				if c.in[r.job] != int32(on) || !here[r.job] {
					t.Fatalf("step %d: job %d is not where it is thought to be", step, r.job)
				}
			}
		}
	})
	if len(here) != 0 || c.Busy() != asked {
		t.Errorf("%d jobs never ended; %v done, %v asked for", len(here), c.Busy(), asked)
	}
}
