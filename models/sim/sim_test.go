package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/loadgen/arrival"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/des"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/server/task"
)

const (
	ms = time.Millisecond
	us = time.Microsecond
)

var (
	syncWorker = models.Discipline{Slots: 1}
	locked     = func(threads int) models.Discipline {
		return models.Discipline{Slots: threads, Holds: 1000, Lock: models.Switching, Keeps: true}
	}
	loop    = models.Discipline{Holds: 1000, Lock: models.Loop, Keeps: true}
	blocked = models.Discipline{Slots: 1, Holds: 1000, Lock: models.Loop, Blocks: true, Keeps: true}
)

func steps(list ...task.Step) func(int, *rand.Rand) []task.Step {
	return func(int, *rand.Rand) []task.Step { return list }
}

func cpu(d time.Duration) task.Step  { return task.Step{Kind: task.OnCPU, For: d} }
func wait(d time.Duration) task.Step { return task.Step{Kind: task.OffCPU, For: d} }

func poisson(rate float64) func(uint64) arrival.Schedule {
	return func(replication uint64) arrival.Schedule { return arrival.Poisson(rate, 100+replication) }
}

// measured replicates a value until it is known.
func measured(t *testing.T, c Config, l Load, value func(*Result) float64) stat.Interval {
	t.Helper()
	got, err := des.Replications([]des.Goal{{Confidence: 0.99, Relative: 0.01, Least: 10, Most: 40}}, func(n uint64) ([]float64, error) {
		r, err := Run(t.Context(), c, l, 1, n, nil)
		if err == nil && r.Answered+r.Failed != r.Planned {
			err = errors.New("requests were lost from the books")
		}
		return []float64{value(&r)}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got[0]
}

func throughput(r *Result) float64 { return r.Throughput }
func mean(r *Result) float64       { return r.Mean().Seconds() }

// Open loads against M/M/c: sync workers that only wait are its servers.
func TestSyncIsOneQueue(t *testing.T) {
	exp := func(_ int, r *rand.Rand) []task.Step { return []task.Step{wait(time.Duration(r.ExpFloat64() * 2e7))} }
	l := Load{Arrivals: poisson(140), Demands: exp, WarmUp: 5 * time.Second, Window: 100 * time.Second}
	want := queueing.Open{Rate: 140, Service: 20 * ms, Servers: 4}.Response()
	if got := measured(t, Config{Discipline: syncWorker, Workers: 4, Cores: 1}, l, mean); !got.Holds(want) {
		t.Errorf("response %.5f ± %.5f s, M/M/4 says %.5f", got.Estimate, got.Half(), want)
	}
}

// Workers that accept what they cannot serve, all alike in the race: four queues, M/M/1 each.
func TestGreedyWorkersAreQueuesOfTheirOwn(t *testing.T) {
	exp := func(_ int, r *rand.Rand) []task.Step { return []task.Step{wait(time.Duration(r.ExpFloat64() * 2e7))} }
	l := Load{Arrivals: poisson(140), Demands: exp, WarmUp: 10 * time.Second, Window: 80 * time.Second}
	c := Config{Discipline: models.Discipline{Slots: 1, Holds: 1000}, Workers: 4, Cores: 1}
	want := queueing.Open{Rate: 35, Service: 20 * ms, Servers: 1}.Response()
	if got := measured(t, c, l, mean); !got.Holds(want) {
		t.Errorf("response %.5f ± %.5f s, four M/M/1 say %.5f", got.Estimate, got.Half(), want)
	}
	c.Holds = 1 // worker-connections 1: only idle workers accept
	want = queueing.Open{Rate: 140, Service: 20 * ms, Servers: 4}.Response()
	if got := measured(t, c, l, mean); !got.Holds(want) {
		t.Errorf("of workers that hold one: %.5f ± %.5f s, M/M/4 says %.5f", got.Estimate, got.Half(), want)
	}
}

// Closed loops against the product form of a delay and shared cores.
func TestSaturationIsTheClosedNetwork(t *testing.T) {
	net := queueing.Closed{CPU: 3 * ms, Wait: 20 * ms, Cores: 2}
	exp := func(_ int, r *rand.Rand) []task.Step {
		return []task.Step{cpu(time.Duration(r.ExpFloat64() * 3e6)), wait(20 * ms)}
	}
	for name, c := range map[string]struct {
		config Config
		jobs   int
		net    queueing.Closed
	}{
		"sync, 8 workers":           {Config{Discipline: syncWorker, Workers: 8, Cores: 2}, 8, net},
		"threads without a lock":    {Config{Discipline: models.Discipline{Slots: 8, Holds: 1000}, Workers: 1, Cores: 2}, 8, net},
		"a loop that awaits":        {Config{Discipline: loop, Workers: 1, Cores: 2}, 32, queueing.Closed{CPU: 3 * ms, Wait: 20 * ms, Cores: 1}},
		"a loop that is blocked":    {Config{Discipline: blocked, Workers: 2, Cores: 2}, 2, net},
		"threads with a lock, full": {Config{Discipline: locked(16), Workers: 1, Cores: 2}, 16, queueing.Closed{CPU: 3 * ms, Wait: 20 * ms, Cores: 1}},
	} {
		l := Load{Clients: 32, Demands: exp, WarmUp: 5 * time.Second, Window: 60 * time.Second}
		want := c.net.Throughput(c.jobs)
		if got := measured(t, c.config, l, throughput); !got.Holds(want) && math.Abs(got.Estimate/want-1) > 0.002 {
			t.Errorf("%s: %.2f ± %.2f/s, the closed network says %.2f", name, got.Estimate, got.Half(), want)
		}
	}
}

// One thread that computes all the time delays a request that waits once by an interval for each time that
// it takes the lock.
func TestConvoy(t *testing.T) {
	const ends = 3 // the background load, then the short request, alternate in the order of sending
	l := Load{
		Clients: 2, WarmUp: time.Second, Window: 60 * time.Second,
		Demands: func(k int, _ *rand.Rand) []task.Step {
			if k == 0 {
				return []task.Step{cpu(time.Hour)}
			}
			return []task.Step{wait(10 * ms)}
		},
	}
	for _, interval := range []time.Duration{ms, 5 * ms, 20 * ms} {
		for acquisitions := 2; acquisitions <= ends; acquisitions++ {
			c := Config{
				Discipline: locked(4), Workers: 1, Cores: 2, Switch: interval,
				Acquisitions: acquisitions, Request: us, Wake: us, // work of no length needs no lock
			}
			r, err := Run(t.Context(), c, l, 1, 0, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := 10*ms + time.Duration(acquisitions+1)*(interval+slack) // the acceptor needs the lock too
			if got := r.Quantile(0.5); (got - want).Abs() > ms/10 {
				t.Errorf("interval %v, %d acquisitions: median %v, want %v", interval, acquisitions, got, want)
			}
		}
	}
}

// A computation of 100 ms every 500 delays whoever comes meanwhile.
func TestALoopIsHeldUp(t *testing.T) {
	l := Load{
		Arrivals: func(uint64) arrival.Schedule { return arrival.Constant(100) }, Window: 50 * time.Second,
		Demands: func(k int, _ *rand.Rand) []task.Step {
			if k%50 == 0 {
				return []task.Step{cpu(100 * ms)}
			}
			return []task.Step{wait(5 * ms)}
		},
	}
	r, err := Run(t.Context(), Config{Discipline: loop, Workers: 1, Cores: 1}, l, 1, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	late := 0
	for _, d := range r.Responses {
		if d > 15*ms {
			late++
		}
	}
	if share := float64(late) / float64(r.Answered); math.Abs(share-0.20) > 0.03 {
		t.Errorf("%.3f were delayed by more than 10 ms, want about a fifth", share)
	}
}

func TestKeepAliveSavesConnections(t *testing.T) {
	l := Load{
		Clients: 4, KeepAlive: true, Demands: steps(cpu(ms)), WarmUp: time.Second, Window: 20 * time.Second,
		Think: func(*rand.Rand) time.Duration { return 50 * ms },
	}
	c := Config{Discipline: locked(4), Workers: 1, Cores: 1, Connect: 4 * ms, KeepAlive: 2 * time.Second}
	kept := measured(t, c, l, mean)
	c.KeepAlive = 10 * ms // shorter than the thinking
	opened := measured(t, c, l, mean)
	if kept.Estimate > 1.5e-3 || opened.Estimate < 5e-3 {
		t.Errorf("with keep-alive %.4f s, without %.4f; a connection costs 4 ms", kept.Estimate, opened.Estimate)
	}
}

// Of a burst on a full backlog those beyond it try again a second later.
func TestBacklogOverflows(t *testing.T) {
	l := Load{
		Arrivals: func(uint64) arrival.Schedule { return arrival.Replay(make([]time.Duration, 40)) },
		Demands:  steps(wait(3 * ms)), Window: 20 * time.Second, Patience: 10 * time.Second,
	}
	r, err := Run(t.Context(), Config{Discipline: syncWorker, Workers: 1, Cores: 1, Backlog: 8}, l, 1, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	late := 0
	for _, d := range r.Responses {
		if d > time.Second {
			late++
		}
	}
	if r.Answered != 40 || late != 30 {
		t.Errorf("%d answered, %d of them after a second; 1 was served, 9 waited and 30 found no room", r.Answered, late)
	}
}

func TestSilentWorkersAreKilled(t *testing.T) {
	l := Load{
		Clients: 4, WarmUp: 0, Window: 20 * time.Second, Patience: time.Minute,
		Demands: func(k int, _ *rand.Rand) []task.Step {
			if k == 0 {
				return []task.Step{wait(time.Hour)}
			}
			return []task.Step{wait(50 * ms)}
		},
	}
	for name, c := range map[string]struct {
		d        models.Discipline
		restarts int
	}{
		"sync": {syncWorker, 1}, "blocked loop": {blocked, 1}, "loop": {loop, 0}, "threads": {locked(4), 0},
	} {
		config := Config{Discipline: c.d, Workers: 2, Cores: 2, Timeout: 2 * time.Second, Boot: 100 * ms}
		r, err := Run(t.Context(), config, l, 1, 0, nil)
		if err != nil || r.Restarts != c.restarts || c.restarts > 0 && r.Failed == 0 {
			t.Errorf("%s: %d restarts, %d failed, %v; want %d restarts", name, r.Restarts, r.Failed, err, c.restarts)
		}
	}
}

func TestMaxRequestsReplaces(t *testing.T) {
	l := Load{Clients: 8, Demands: steps(wait(5 * ms)), Window: 10 * time.Second}
	for _, d := range []models.Discipline{syncWorker, locked(4), loop, blocked} {
		c := Config{Discipline: d, Workers: 2, Cores: 2, MaxRequests: 100, Jitter: 20, Boot: 50 * ms}
		r, err := Run(t.Context(), c, l, 1, 0, nil)
		if want := r.Answered / 110; err != nil || r.Restarts < want*8/10 || r.Restarts > want*12/10 || r.Failed > 0 {
			t.Errorf("%+v: %d restarts of %d requests, %d failed, %v; want about %d", d, r.Restarts, r.Answered, r.Failed, err, want)
		}
	}
}

// The same seed and replication are the same run, another replication is another.
func TestRunsRepeat(t *testing.T) {
	l := Load{Arrivals: poisson(300), Demands: steps(cpu(2*ms), wait(10*ms)), Window: 10 * time.Second, KeepAlive: true}
	c := Config{Discipline: locked(4), Workers: 2, Cores: 2, Request: ms / 2, Bias: 0.5, KeepAlive: time.Second}
	var figures [3]float64
	for i, replication := range []uint64{0, 0, 1} {
		r, err := Run(t.Context(), c, l, 9, replication, nil)
		if err != nil {
			t.Fatal(err)
		}
		figures[i] = mean(&r) + r.Throughput
	}
	if figures[0] != figures[1] || figures[0] == figures[2] {
		t.Errorf("%v", figures)
	}
}

func TestWhatCannotBeSimulatedIsSaid(t *testing.T) {
	good := Load{Clients: 1, Demands: steps(), Window: time.Second}
	for name, c := range map[string]struct {
		config Config
		load   Load
	}{
		"no workers":    {Config{Discipline: syncWorker, Cores: 1}, good},
		"no cores":      {Config{Discipline: syncWorker, Workers: 1}, good},
		"no load":       {Config{Discipline: syncWorker, Workers: 1, Cores: 1}, Load{Demands: steps(), Window: time.Second}},
		"no discipline": {Config{Workers: 1, Cores: 1}, good},
	} {
		if _, err := Run(t.Context(), c.config, c.load, 1, 0, nil); err == nil {
			t.Errorf("%s: simulated", name)
		}
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if _, err := Run(ctx, Config{Discipline: syncWorker, Workers: 1, Cores: 1}, good, 1, 0, nil); err == nil || err.Error() != "enough" {
		t.Errorf("a cancelled run: %v", err)
	}
}

func TestTraceIsWhatPerfettoOpens(t *testing.T) {
	var trace Trace
	l := Load{Clients: 4, Demands: steps(wait(10 * ms)), Window: time.Second}
	r, err := Run(t.Context(), Config{Discipline: models.Discipline{Slots: 1, Holds: 100}, Workers: 2, Cores: 1}, l, 1, 0, &trace)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := trace.Write(&out); err != nil {
		t.Fatal(err)
	}
	var file struct {
		TraceEvents []struct {
			Name, Ph string
			PID, TID int
			TS, Dur  float64
		}
	}
	if err := json.Unmarshal(out.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	served, ends := 0, make(map[[2]int]float64)
	for _, e := range file.TraceEvents {
		if e.Ph != "X" {
			continue
		}
		served++
		track := [2]int{e.PID, e.TID}
		if e.TS < ends[track]-1e-3 {
			t.Errorf("two requests at once on track %v", track)
		}
		ends[track] = e.TS + e.Dur
	}
	if served < r.Answered || len(ends) != 2 {
		t.Errorf("%d requests on %d tracks, want %d and more on 2", served, len(ends), r.Answered)
	}
}

// The full model of threads: lock, shared cores, the race for connections. Requests a second of one core.
func BenchmarkThreads(b *testing.B) {
	c := Config{Discipline: locked(8), Workers: 4, Cores: 2, Request: ms / 4, Connect: ms / 20, Bias: 0.3}
	l := Load{
		Arrivals: poisson(400), Demands: steps(cpu(ms), wait(10*ms)),
		WarmUp: time.Second, Window: time.Duration(b.N) * time.Second / 400,
	}
	b.ReportAllocs()
	r, err := Run(b.Context(), c, l, 1, 0, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(r.Answered)/b.Elapsed().Seconds(), "requests/s")
}

// What threads do outside the lock they do at the same time: of 2 ms half under it, two cores bear more than
// the 500/s at which the lock alone would end, but not 1000: its holder shares the cores with the others.
func TestWorkOutsideTheLock(t *testing.T) {
	l := Load{Clients: 16, Demands: steps(cpu(ms)), WarmUp: time.Second, Window: 20 * time.Second}
	c := Config{Discipline: locked(8), Workers: 1, Cores: 2, Outside: ms}
	r, err := Run(t.Context(), c, l, 1, 0, nil)
	if err != nil || r.Throughput < 600 || r.Throughput > 1000 {
		t.Errorf("%.0f/s, %v; want from 600 to 1000", r.Throughput, err)
	}
}

// Clients on the server's cores take their share of them, and wait for it themselves.
func TestClientsOnTheServersCores(t *testing.T) {
	c := Config{Discipline: syncWorker, Workers: 4, Cores: 2, Client: ms}
	closed := Load{Clients: 16, Demands: steps(cpu(3 * ms)), WarmUp: time.Second, Window: 20 * time.Second}
	r, err := Run(t.Context(), c, closed, 1, 0, nil)
	if err != nil || math.Abs(r.Throughput/500-1) > 0.01 {
		t.Errorf("%.1f/s, %v; 2 cores over 4 ms are 500", r.Throughput, err)
	}
	alone := Load{Clients: 1, Demands: steps(cpu(3*ms), wait(ms)), WarmUp: time.Second, Window: 20 * time.Second}
	r, err = Run(t.Context(), c, alone, 1, 0, nil)
	if err != nil || math.Abs(r.Mean().Seconds()-0.005) > 1e-6 {
		t.Errorf("a lone client waits %v, %v; want 5 ms", r.Mean(), err)
	}
	impatient := Load{
		Arrivals: poisson(2000), Demands: steps(cpu(ms)), Patience: 50 * ms, WarmUp: time.Second, Window: 5 * time.Second, KeepAlive: true,
	}
	if r, err := Run(t.Context(), c, impatient, 1, 0, nil); err != nil || r.Answered+r.Failed != r.Planned || r.Failed == 0 {
		t.Errorf("%d answered and %d failed of %d, %v", r.Answered, r.Failed, r.Planned, err)
	}
}

// A request that comes while a background load computes waits a switch interval for each of its clients whenever it
// takes the lock.
func TestHogsDelayWhoWaits(t *testing.T) {
	l := Load{
		Arrivals: func(uint64) arrival.Schedule { return arrival.Constant(5) },
		Demands:  steps(wait(10 * ms)), BackgroundSteps: []task.Step{cpu(500 * ms)}, Window: 60 * time.Second,
	}
	c := Config{Discipline: locked(8), Workers: 1, Cores: 1, Request: us, Wake: us}
	for _, background := range []int{0, 1, 3} {
		l.Background = background
		r, err := Run(t.Context(), c, l, 1, 0, nil)
		if err != nil || r.Answered != r.Planned || r.Planned != 300 {
			t.Fatalf("%d of %d answered, %v", r.Answered, r.Planned, err)
		}
		// It takes the lock for its acceptor, once before its wait and once after it.
		delay := r.Quantile(0.5) - 10*ms
		least, most := time.Duration(background)*switchInterval, 3*time.Duration(background)*(switchInterval+slack)
		if delay < least || delay > most+5*us { // its own work, too
			t.Errorf("%d clients that compute delay by %v, want from %v to %v", background, delay, least, most)
		}
	}
	l.BackgroundSteps = nil
	if _, err := Run(t.Context(), c, l, 1, 0, nil); err == nil {
		t.Error("a background load that asks for nothing is taken")
	}
}
