package sim

import (
	"slices"
	"time"
)

// A Result is what one replication showed. Requests count by their intended time in the window.
type Result struct {
	Planned   int
	Answered  int
	Failed    int             // given up by their clients, or lost with a worker
	Responses []time.Duration // from the intended send to the answer, in the order of the answers
	Restarts  int             // of workers, in the whole run
	Retries   int             // attempts to connect that found the backlog full, in the whole run

	Throughput  float64   // answers that came in the window, a second of it
	Utilisation float64   // share of the cores that was busy in the window
	Shares      []float64 // of the workers in the requests answered

	Events uint64 // that the engine let take place

	arrived int
	served  []int
}

// Quantile is the response time that a share q of the answered requests did not exceed; 0 where none was.
func (r *Result) Quantile(q float64) time.Duration {
	if len(r.Responses) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(r.Responses))
	at := int(q*float64(len(sorted)) + 0.999999)
	return sorted[min(max(at, 1), len(sorted))-1]
}

// Mean is the mean response time of the answered requests; 0 where none was.
func (r *Result) Mean() time.Duration {
	if len(r.Responses) == 0 {
		return 0
	}
	var sum time.Duration
	for _, d := range r.Responses {
		sum += d
	}
	return sum / time.Duration(len(r.Responses))
}

func (r *Result) counts(w *world, x *request) bool {
	return !x.background && x.intended >= w.load.WarmUp && x.intended < w.load.WarmUp+w.load.Window
}

func (r *Result) planned(w *world, x *request) {
	if r.counts(w, x) {
		r.Planned++
	}
}

func (r *Result) failed(w *world, x *request) {
	if r.counts(w, x) {
		r.Failed++
	}
}

func (r *Result) answered(w *world, x *request) {
	if !x.open || x.background {
		return // nobody waits for it any more, or it is not to count
	}
	if r.served == nil {
		r.served = make([]int, len(w.workers))
	}
	now := w.sim.Now()
	if now >= w.load.WarmUp && now < w.load.WarmUp+w.load.Window {
		r.arrived++
	}
	if r.counts(w, x) {
		r.Answered++
		r.served[x.worker]++
		r.Responses = append(r.Responses, now-x.intended)
	}
}

// close works the figures of the window out.
func (r *Result) close(w *world, busy time.Duration) {
	r.Throughput = float64(r.arrived) / w.load.Window.Seconds()
	r.Utilisation = busy.Seconds() / w.load.Window.Seconds() / float64(w.Cores)
	for _, n := range r.served {
		r.Shares = append(r.Shares, float64(n)/float64(max(1, r.Answered)))
	}
}
