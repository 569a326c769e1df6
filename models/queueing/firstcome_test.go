package queueing

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/workerlab/workerlab/internal/soak"
)

// waits are those of jobs at a queue of its own.
func waits(t *testing.T, servers int, jobs []job) []time.Duration {
	t.Helper()
	q, err := NewFirstCome(servers)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]time.Duration, len(jobs))
	for i, j := range jobs {
		if all[i], err = q.Wait(j.at, j.service); err != nil {
			t.Fatalf("job %d: %v", i, err)
		}
	}
	return all
}

type job struct{ at, service time.Duration }

// Lindley's own case by hand: one server, gaps and services in turn.
func TestFirstComeByHand(t *testing.T) {
	jobs := []job{{0, 5 * ms}, {2 * ms, 4 * ms}, {3 * ms, 0}, {20 * ms, ms}, {20 * ms, ms}}
	if got, want := waits(t, 1, jobs), []time.Duration{0, 3 * ms, 6 * ms, 0, ms}; !slices.Equal(got, want) {
		t.Errorf("one server: %v, want %v", got, want)
	}
	// Two servers: the third job goes to the second, which is free at 6 ms, a millisecond later than the first.
	if got, want := waits(t, 2, jobs), []time.Duration{0, 0, 2 * ms, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("two servers: %v, want %v", got, want)
	}
}

// D/D/c: job n finds its server, the one of job n−c, ⌊n/c⌋·(S − cA) behind; it waits no time if S ≤ cA.
func TestFirstComeOfEvenJobs(t *testing.T) {
	const n = 1000
	for _, servers := range []int{1, 2, 4, 7} {
		for _, gap := range []time.Duration{3 * ms, 5 * ms} {
			const service = 15 * ms
			jobs := make([]job, n)
			for i := range jobs {
				jobs[i] = job{time.Duration(i) * gap, service}
			}
			behind := max(0, service-time.Duration(servers)*gap)
			for i, wait := range waits(t, servers, jobs) {
				if want := time.Duration(i/servers) * behind; wait != want {
					t.Fatalf("c = %d, A = %v: job %d waits %v, want %v", servers, gap, i, wait, want)
				}
			}
		}
	}
}

// In the long run the recursion meets the closed forms: Erlang C for exponential services, Pollaczek and
// Khinchin's for even ones.
func TestFirstComeInTheLongRun(t *testing.T) {
	const mean = 10 * ms
	for _, c := range []struct {
		servers   int
		load      float64
		law       func(*rand.Rand) float64
		want      func(rate float64) float64 // mean wait, seconds
		tolerance float64
	}{
		{1, 0.7, (*rand.Rand).ExpFloat64, func(rate float64) float64 { return General{Rate: rate, Service: mean, CV: 1, Servers: 1}.Wait() }, 0.02},
		{1, 0.7, func(*rand.Rand) float64 { return 1 }, func(rate float64) float64 { return General{Rate: rate, Service: mean, Servers: 1}.Wait() }, 0.02},
		{4, 0.7, (*rand.Rand).ExpFloat64, func(rate float64) float64 { return Open{rate, mean, 4}.Response() - mean.Seconds() }, 0.02},
		{4, 0.7, func(*rand.Rand) float64 { return 1 }, func(rate float64) float64 { return General{Rate: rate, Service: mean, Servers: 4}.Wait() }, 0.02},
		{4, 0.85, (*rand.Rand).ExpFloat64, func(rate float64) float64 { return Open{rate, mean, 4}.Response() - mean.Seconds() }, 0.04},
	} {
		t.Run(fmt.Sprintf("%d servers at %g", c.servers, c.load), func(t *testing.T) {
			const n = 1_000_000
			random := rand.New(rand.NewPCG(5, 7))
			rate := c.load * float64(c.servers) / mean.Seconds()
			q, err := NewFirstCome(c.servers)
			if err != nil {
				t.Fatal(err)
			}
			var at time.Duration
			sum := 0.0
			for range n {
				at += seconds(random.ExpFloat64() / rate)
				wait, err := q.Wait(at, time.Duration(c.law(random)*float64(mean)))
				if err != nil {
					t.Fatal(err)
				}
				sum += wait.Seconds()
			}
			near(t, "mean wait", sum/n, c.want(rate), c.tolerance)
		})
	}
}

// Against a simulation that knows nothing of the recursion: it steps through every instant.
func TestFirstComeAgainstSteps(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range soak.Times(t, 300) {
		servers := 1 + random.IntN(6)
		jobs := make([]job, random.IntN(40))
		at := time.Duration(0)
		for i := range jobs {
			at += time.Duration(random.IntN(5))
			jobs[i] = job{at, time.Duration(random.IntN(5 * servers))}
		}
		if got, want := waits(t, servers, jobs), stepped(servers, jobs); !slices.Equal(got, want) {
			t.Fatalf("%d servers, %v:\n%v, stepped %v", servers, jobs, got, want)
		}
	}
}

// stepped serves the jobs nanosecond by nanosecond.
func stepped(servers int, jobs []job) []time.Duration {
	waits := make([]time.Duration, len(jobs))
	idle := servers
	ends := make(map[time.Duration]int) // how many servers become idle when
	var queue []int
	next, served := 0, 0
	for now := time.Duration(0); served < len(jobs); now++ {
		idle += ends[now]
		for ; next < len(jobs) && jobs[next].at == now; next++ {
			queue = append(queue, next)
		}
		for idle > 0 && len(queue) > 0 {
			i := queue[0]
			queue = queue[1:]
			waits[i] = now - jobs[i].at
			served++
			if jobs[i].service > 0 { // else the server is idle again at once
				idle--
				ends[now+jobs[i].service]++
			}
		}
	}
	return waits
}

func TestFirstComeRefuses(t *testing.T) {
	for _, servers := range []int{0, -1} {
		if _, err := NewFirstCome(servers); err == nil {
			t.Errorf("%d servers are taken", servers)
		}
	}
	q, err := NewFirstCome(1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.Wait(ms, 2*ms); err != nil {
		t.Fatal(err)
	}
	for what, j := range map[string]job{
		"a job before the last":       {0, ms},
		"a service of less than none": {ms, -1},
		"more than a Duration holds":  {2 * ms, math.MaxInt64},
	} {
		if wait, err := q.Wait(j.at, j.service); err == nil {
			t.Errorf("%s waits %v", what, wait)
		}
	}
	if wait, err := q.Wait(2*ms, 0); err != nil || wait != ms {
		t.Errorf("after what was refused a job waits %v, %v; want 1ms as if nothing had been", wait, err)
	}
	early, err := NewFirstCome(1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := early.Wait(math.MinInt64, 0); err != nil {
		t.Errorf("the first job may come at any time: %v", err)
	}
	if _, err := early.Wait(math.MaxInt64, 0); err == nil {
		t.Error("a gap that no Duration holds is taken")
	}
}

// Whatever comes: no wait below zero, jobs begin in order of arrival, none waits while a server is idle, and
// none of them serves two at once.
func FuzzFirstCome(f *testing.F) {
	f.Add(uint8(1), []byte{0, 5, 2, 4, 1, 0, 17, 1, 0, 1})
	f.Add(uint8(4), []byte{0, 200, 0, 200, 0, 200, 0, 200, 0, 200, 1, 1})
	f.Add(uint8(3), []byte{255, 255, 255, 0, 0, 255})
	f.Fuzz(func(t *testing.T, servers uint8, data []byte) {
		q, err := NewFirstCome(int(servers))
		if err != nil {
			if servers > 0 {
				t.Fatal(err)
			}
			return
		}
		var began, ended []time.Duration
		at := time.Duration(0)
		for ; len(data) >= 2; data = data[2:] {
			at += time.Duration(data[0])
			service := time.Duration(data[1])
			wait, err := q.Wait(at, service)
			if err != nil || wait < 0 {
				t.Fatalf("a wait of %v, %v", wait, err)
			}
			start := at + wait
			if len(began) > 0 && start < began[len(began)-1] {
				t.Fatalf("begins at %v, before the one that came before", start)
			}
			if busy := busyAt(start, began, ended); busy >= int(servers) {
				t.Fatalf("begins at %v, when all %d servers are busy", start, servers)
			}
			if busy := busyAt(start-1, began, ended); wait > 0 && busy < int(servers) {
				t.Fatalf("waits until %v, and at the last instant only %d of %d servers are busy", start, busy, servers)
			}
			began, ended = append(began, start), append(ended, start+service)
		}
	})
}

// busyAt counts the jobs under way at an instant.
func busyAt(at time.Duration, began, ended []time.Duration) (n int) {
	for i := range began {
		if began[i] <= at && at < ended[i] {
			n++
		}
	}
	return n
}
