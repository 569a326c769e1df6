package loadgen

import (
	"fmt"
	"runtime"
	"time"
)

// The thresholds by which a run is judged. Only what the generator did condemns it: that it sent too little or too late,
// had too many requests in flight, or lacked ports, files or cores. That answers are late never does; it allows sends
// to be later (lagPart). A server that fell behind, connections that were opened anew and cores that were full are
// worth a word.
const (
	leastSent = 0.99 // of the plan
	lagPart   = 0.10 // of the median response; on shared cores, of the quantile to report
	busyCores = 0.85 // of the cores it may use: the generator is the bottleneck
	shortfall = 0.03 // of the plan, beyond what a stable queue holds, unanswered at the end: the server fell behind
	fewOpened = 0.01 // of the requests opened a connection although none was announced to end: worth a word
	fullCores = 0.90 // of the time of the cores it may use: nobody could have used more of them
	ownPart   = 0.10 // of them, used by the generator: it is one of those who filled them
)

func (r *Report) judge(p *plan, fused bool) {
	r.Cores = runtime.GOMAXPROCS(0)
	if r.Interrupted {
		r.condemn("interrupted after %v of %v", r.Window.Round(time.Millisecond), p.Duration)
	}
	if r.Open {
		r.judgeSent()
		r.judgeLag(p)
	}
	if fused {
		r.condemn("%d requests were in flight at once, the most allowed: later ones could not be sent in time", p.MaxWorkers)
	}
	for _, kind := range []string{FailPorts, FailFiles} {
		if n := r.Failures[kind]; n > 0 {
			r.condemn("%d requests failed in the generator: %s", n, kind)
		}
	}
	r.judgeCPU(p)
	r.note(p)
}

func (r *Report) condemn(format string, args ...any) {
	r.Invalid = append(r.Invalid, fmt.Sprintf(format, args...))
}

func (r *Report) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

func (r *Report) judgeSent() {
	if float64(r.Sent) < leastSent*float64(r.Planned) {
		r.condemn("sent %d of %d planned requests, fewer than %.0f %%", r.Sent, r.Planned, leastSent*100)
	}
}

// judgeLag applies the rule of the cores: where server and generator share them, lag is unavoidable,
// and what counts is how much of the quantile to be reported it makes up.
func (r *Report) judgeLag(p *plan) {
	if p.SharedCores {
		response, service := quantile(r.Response, p.Quantile), quantile(r.Service, p.Quantile)
		if part := float64(response-service) / float64(max(response, 1)); part > lagPart {
			r.condemn("late sending makes up %.0f %% of the response time's p%g (%v of %v), more than %.0f %%",
				part*100, p.Quantile*100, response-service, response, lagPart*100)
		}
		return
	}
	limit := max(p.MaxLag, time.Duration(lagPart*float64(quantile(r.Response, 0.5))))
	if r.Lag.P99 > limit {
		r.condemn("the p99 of the send lag is %v, more than %v", r.Lag.P99, limit)
	}
}

// judgeCPU answers whether the server or the generator was the bottleneck.
func (r *Report) judgeCPU(p *plan) {
	busy := 0.0
	if r.measured > 0 {
		busy = r.GeneratorCPU.Seconds() / r.measured.Seconds()
	} else {
		r.warn("the generator's CPU time was not measured")
	}
	awaited := !r.Open && p.Think == nil && p.RTT == 0 || r.Open && r.fellBehind()
	involved := busy > ownPart*float64(r.Cores)
	switch {
	case busy > busyCores*float64(r.Cores):
		r.Bottleneck = BottleneckGenerator
		r.warn("the generator used %.2f of its %d cores: it is the bottleneck, not the server", busy, r.Cores)
	case awaited && involved && r.CoresBusy > fullCores:
		r.Bottleneck = BottleneckShared
		r.warn("the generator took %.2f of the %d cores here, which were %.0f %% busy: a server that shares them would have done more without it",
			busy, r.Cores, 100*r.CoresBusy)
	case awaited:
		r.Bottleneck = BottleneckServer
	default:
		r.Bottleneck = BottleneckNone
	}
	if p.SharedCores && involved && r.Bottleneck != BottleneckShared {
		r.warn("the generator used %.2f of the %d cores that it shares with the server", busy, r.Cores)
	}
}

// fellBehind reports whether an open loop's server had more requests outstanding at the window's end
// than a stable queue holds: departure rate × mean response (Little 1961). Where the queue grows all the
// time, that is about half of it. It takes a warm-up longer than the latency to tell a queue that is being
// filled from one that grows.
func (r *Report) fellBehind() bool {
	outstanding := float64(r.Planned) - float64(r.arrived)
	stable := r.Throughput * r.Response.Mean() / float64(time.Second/time.Microsecond)
	return outstanding > 1+stable+shortfall*float64(r.Planned)
}

func (r *Report) note(p *plan) {
	if r.Sent > 0 && r.Completed == 0 {
		r.warn("no request succeeded: there is no latency to report")
	} else if r.Failed > 0 {
		r.warn("%d of %d requests failed (%.2g %%): the latencies are those of the others",
			r.Failed, r.Sent, 100*float64(r.Failed)/float64(r.Sent))
	}
	// A server whose answers announce the end of their connections has promised nothing.
	if p.KeepAlive && p.Warmup > 0 && float64(r.Opened) > float64(r.announced)+fewOpened*float64(r.Sent) {
		r.warn("%d connections were opened inside the window, and only %d answers announced the end of theirs: the server closed kept ones, or the warm-up was too short to open all %d",
			r.Opened, r.announced, r.Connections)
	}
}
