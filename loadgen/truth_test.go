package loadgen

import (
	"context"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
)

// The tests here compare what the generator reports with what a server, in this very process, has
// written down of the same requests, each recognised by its path. A machine that is busy with something
// else makes both longer. What the generator says must be true then too, unless it says itself that it
// is not to be believed; never may it be less than the truth.

// A diary is what a server writes down: when it answered which path.
type diary struct {
	mu       sync.Mutex
	answered map[string]time.Time
}

func (d *diary) answer(c net.Conn, r *http.Request) bool {
	d.mu.Lock()
	d.answered[r.URL.Path] = time.Now()
	d.mu.Unlock()
	return say(c, hello)
}

// numbered are n targets that differ by their paths: without weights they are taken in turn, once each.
func numbered(url string, n int) []Target {
	targets := make([]Target, n)
	for i := range targets {
		targets[i].URL = url + strconv.Itoa(i)
	}
	return targets
}

// A told request is one as the generator reports it and as the server's diary has it.
type told struct {
	Sample
	truth time.Duration // from the intended send to the server's answer
}

// An account is what the generator says of one attack.
type account struct {
	*Report
	samples []Sample
	err     error
}

// observed attacks. It fails no test, so it may be called from any goroutine.
func observed(a Attack) (all account) {
	a.Observe = func(s Sample) { all.samples = append(all.samples, s) }
	all.Report, all.err = a.Run(context.Background())
	return all
}

// compare finds the window's requests in the server's diary, and fails the test where it was not attacked
// as planned or a request took less than the truth.
func (d *diary) compare(t *testing.T, all account) []told {
	t.Helper()
	if all.err != nil {
		t.Fatal(all.err)
	}
	balance(t, all.Report)
	var window []told
	for _, s := range all.samples {
		at, ok := d.answered["/"+strconv.Itoa(s.Target)]
		if !ok || s.Failure != "" {
			t.Fatalf("request %d: %q, answered %v", s.Target, s.Failure, at)
		}
		if s.Intended >= 0 {
			window = append(window, told{s, at.Sub(all.Start) - s.Intended})
		}
	}
	if uint64(len(window)) != all.Completed || all.Completed != all.Planned {
		t.Fatalf("%d requests observed, %d completed, %d planned", len(window), all.Completed, all.Planned)
	}
	for _, w := range window {
		if w.Response() < w.truth {
			t.Errorf("request %d: %v, but the server answered only after %v", w.Target, w.Response(), w.truth)
		}
	}
	return window
}

// A server that stands still for a tenth of the time, as one that collects garbage or fails over does.
// Who arrives w into a stall of length s waits s − w, so 1 % of all wait for longer than 0.9 s.
func TestTailOfAServerThatStalls(t *testing.T) {
	t.Parallel()
	const (
		rate   = 400.0
		period = 5 * time.Second
		stall  = period / 10
		begin  = time.Second // of the stall, in the window
	)
	stalled := make(chan struct{}) // closed when it is over
	book := &diary{answered: map[string]time.Time{}}
	first, last := int(rate*begin.Seconds()), int(rate*(begin+stall).Seconds())
	s := serveEach(t, func(c net.Conn, r *http.Request, _ int) bool {
		n, err := strconv.Atoi(r.URL.Path[1:])
		switch {
		case err != nil:
			t.Error(err)
		case n == first: // it is due when the stall begins, and is its clock
			await(context.Background(), time.Now().Add(stall))
			close(stalled)
		case n > first && n < last:
			<-stalled
		}
		return book.answer(c, r)
	})
	all := observed(Attack{
		Targets: numbered(s.url, int(rate*period.Seconds())), Schedule: arrival.Constant(rate), Duration: period,
		KeepAlive: true, Connections: 256,
	})

	truth := newHistogram()
	for _, w := range book.compare(t, all) {
		record(truth, w.truth)
	}
	got, want := quantile(all.Response, 0.99), quantile(truth, 0.99)
	t.Logf("p99 %v, by the server's diary %v, by the schedule alone %v", got, want, stall*9/10)
	if math.Abs(float64(got-want)) > 0.05*float64(want) && len(all.Invalid) == 0 {
		t.Errorf("p99 %v, the server's diary says %v", got, want)
	}
	if got < stall*9/10*95/100 {
		t.Errorf("p99 %v, by the schedule alone it is at least %v", got, stall*9/10)
	}
}

// A queue is a single server of constant service: first come, first served. Each request is answered at
// an instant computed from those of all before it, so that a late wake-up adds to one answer only.
type queue struct {
	diary
	service time.Duration

	mu     sync.Mutex
	free   time.Time // when all that have arrived will have been served
	visits []visit   // in the order of arrival
}

type visit struct {
	path         string
	arrived, due time.Time
}

func (q *queue) answer(c net.Conn, r *http.Request, _ int) bool {
	q.mu.Lock()
	now := time.Now()
	if q.free.Before(now) {
		q.free = now
	}
	q.free = q.free.Add(q.service)
	v := visit{r.URL.Path, now, q.free}
	q.visits = append(q.visits, v)
	q.mu.Unlock()
	await(context.Background(), v.due)
	return q.diary.answer(c, r)
}

// late is by how much each answer came later than it was due.
func (q *queue) late(requests []told) []time.Duration {
	due := map[string]time.Time{}
	for _, v := range q.visits {
		due[v.path] = v.due
	}
	late := make([]time.Duration, len(requests))
	for i, w := range requests {
		path := "/" + strconv.Itoa(w.Target)
		late[i] = q.answered[path].Sub(due[path])
	}
	return late
}

// lindley is the recursion of a single server's waiting times: W' = max(0, W + service − gap) (Lindley,
// The Theory of Queues with a Single Server, 1952).
func lindley(arrivals []time.Duration, service time.Duration) []time.Duration {
	waits := make([]time.Duration, len(arrivals))
	for i := 1; i < len(arrivals); i++ {
		waits[i] = max(0, waits[i-1]+service-(arrivals[i]-arrivals[i-1]))
	}
	return waits
}

// pollaczekKhinchine is the mean wait of an M/D/1 queue: ρ·S / 2(1−ρ).
func pollaczekKhinchine(rate float64, service time.Duration) time.Duration {
	load := rate * service.Seconds()
	return time.Duration(load * float64(service) / (2 * (1 - load)))
}

// student99 is the 0.995 quantile of Student's t with 7 degrees of freedom: a 99 % interval of 8 means.
const student99 = 3.499

// interval is the mean of 8 independent figures, and half the width of its 99 % interval.
func interval(figures [8]float64) (mean, half float64) {
	for _, f := range figures {
		mean += f / 8
	}
	var squares float64
	for _, f := range figures {
		squares += (f - mean) * (f - mean)
	}
	return mean, student99 * math.Sqrt(squares/7/8)
}

// The schedule and the recursion alone, without a server: 8 × 20 000 arrivals wait as the formula says.
func TestPoissonArrivalsWaitAsTheoryKnows(t *testing.T) {
	t.Parallel()
	const rate, service, length = 60.0, 10 * time.Millisecond, 20_000 * time.Second / 60
	var means [8]float64
	for seed := range means {
		due := slices.Collect(arrival.Until(arrival.Poisson(rate, uint64(seed)), length))
		means[seed] = average(lindley(due, service))
	}
	mean, half := interval(means)
	theory := float64(pollaczekKhinchine(rate, service)) // 7.5 ms
	if math.Abs(mean-theory) > half || half > theory/20 {
		t.Errorf("mean wait %.3g ± %.2g ms, the formula says %.3g", mean/1e6, half/1e6, theory/1e6)
	}
}

func average(waits []time.Duration) (ns float64) {
	for _, w := range waits {
		ns += float64(w) / float64(len(waits))
	}
	return ns
}

// M/D/1 on real sockets. The queue is known twice: by the recursion, exactly for the arrivals there were,
// and by the formula, for all there might have been.
func TestWaitOfAKnownQueue(t *testing.T) {
	t.Parallel()
	const (
		rate    = 60.0
		service = 10 * time.Millisecond
		window  = 5 * time.Second
		warmup  = time.Second
	)
	var (
		queues   [8]queue
		accounts [8]account
		runs     sync.WaitGroup // all at once
	)
	for seed := range queues {
		q := &queues[seed]
		*q = queue{diary: diary{answered: map[string]time.Time{}}, service: service}
		s := serveEach(t, q.answer)
		runs.Go(func() {
			accounts[seed] = observed(Attack{
				Targets:  numbered(s.url, int(2*rate*(window+warmup).Seconds())), // twice the mean: none is taken twice
				Schedule: arrival.Poisson(rate, uint64(seed)), Warmup: warmup, Duration: window, KeepAlive: true,
			})
		})
	}
	runs.Wait()

	var waits [8]float64 // measured, ns
	for seed := range queues {
		waits[seed] = queues[seed].check(t, accounts[seed])
	}
	mean, half := interval(waits)
	theory := float64(pollaczekKhinchine(rate, service))
	t.Logf("mean wait %.3g ± %.2g ms, the formula says %.3g", mean/1e6, half/1e6, theory/1e6)
	// On a machine that is busy elsewhere what was sent is no Poisson stream, and the generator has to know.
	condemned := func(a account) bool { return len(a.Invalid) > 0 }
	if math.Abs(mean-theory) > half && !slices.ContainsFunc(accounts[:], condemned) {
		t.Errorf("mean wait %.3g ± %.2g ms, the formula says %.3g, and no run is called invalid", mean/1e6, half/1e6, theory/1e6)
	}
}

// check compares one run with its queue's diary, and returns the mean wait that was measured, in ns.
func (q *queue) check(t *testing.T, all account) (wait float64) {
	t.Helper()
	q.follows(t)
	requests := q.compare(t, all)
	truths := make([]time.Duration, len(requests))
	for i, w := range requests {
		truths[i] = w.truth
	}
	got, truth, late := all.Response.Mean()*1e3, average(truths), average(q.late(requests))
	t.Logf("%d requests, mean response %.4g ms, by the diary %.4g, answers late by %.2g, sends by %v",
		len(requests), got/1e6, truth/1e6, late/1e6, all.Lag)
	if math.Abs(got-truth) > 0.05*truth && len(all.Invalid) == 0 {
		t.Errorf("mean response %.4g ms, the server's diary says %.4g", got/1e6, truth/1e6)
	}
	return got - late - float64(q.service)
}

// follows checks that the queue was the one that the theory is about.
func (q *queue) follows(t *testing.T) {
	t.Helper()
	arrivals := make([]time.Duration, len(q.visits))
	for i, v := range q.visits {
		arrivals[i] = v.arrived.Sub(q.visits[0].arrived)
	}
	for i, wait := range lindley(arrivals, q.service) {
		v := q.visits[i]
		if v.due.Sub(v.arrived) != wait+q.service || q.answered[v.path].Before(v.due) {
			t.Fatalf("visit %d: due after %v, the recursion says %v; answered %v after that",
				i, v.due.Sub(v.arrived), wait+q.service, q.answered[v.path].Sub(v.due))
		}
	}
}
