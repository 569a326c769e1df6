// Package demand tells what a request asks of a server, from what was measured of it: how long it works on a core,
// how long it holds a worker, and how long a client waits that nobody is before. It is the only place that does.
//
// By the utilisation law U = X·D a request's work is what the processes used over the requests they answered. By
// Little's law N = X·R a saturated server of W workers, none of which ever waits for a request, is held by each for
// W/X = R·W/N (Denning and Buzen, The Operational Analysis of Queueing Network Models, 1978).
package demand

// A Run is what one run of a server tells. Times are in seconds; what was not read is 0.
type Run struct {
	CPU        float64 // that the server's processes used for a request
	Response   float64 // mean response time
	Throughput float64 // requests/s
	Clients    int     // of a closed loop
	Workers    int     // that serve one request each, if as many clients as these or more kept them busy
}

// A Demand is what a request asks for, in seconds; what no run tells is 0.
type Demand struct {
	Work     float64 // on a core
	Held     float64 // that it holds a worker
	Response float64 // that a client waits for it
}

// Of is the mean of like runs. It is false where none tells anything.
func Of(runs ...Run) (d Demand, known bool) {
	d = Demand{
		Work:     mean(runs, func(r Run) float64 { return r.CPU }),
		Held:     mean(runs, Run.held),
		Response: mean(runs, func(r Run) float64 { return r.Response }),
	}
	return d, d != Demand{}
}

// held is W/X, or R·W/N where the throughput is not known.
func (r Run) held() float64 {
	switch {
	case r.Workers == 0 || r.Clients < r.Workers:
		return 0
	case r.Throughput > 0:
		return float64(r.Workers) / r.Throughput
	}
	return r.Response * float64(r.Workers) / float64(r.Clients)
}

// mean is that of the runs that tell.
func mean(runs []Run, of func(Run) float64) float64 {
	sum, n := 0.0, 0
	for _, r := range runs {
		if v := of(r); v > 0 {
			sum, n = sum+v, n+1
		}
	}
	return sum / float64(max(1, n))
}
