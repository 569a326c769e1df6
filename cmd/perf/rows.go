package main

// A row is one promise about speed.
type row struct {
	What   string
	Unit   string
	Most   bool // the target is the most that is allowed; otherwise the least
	Target float64
	value  func(block) float64

	// byCPU, if not nil, is the ratio of requests/s that the CPU time a request predicts for saturated
	// cores. Where the two differ, somebody else had the cores, or the generator was the bottleneck.
	byCPU func(block) float64
}

// A block holds what was measured in it, by cell.
type block struct {
	samples     map[string]sample
	perConn     float64            // bytes of PSS an idle connection of gevent
	allocations map[string]float64 // a request, by what was run; the same in each block
}

// rows is the table of what the server promises, all with one worker and a hello.
func rows() []row {
	var all []row
	for _, class := range loops() {
		all = append(all, row{
			What: class + " / net/http: requests/s", Unit: "×", Target: 1.7,
			value: rateRatio(class, netHTTP), byCPU: cpuRatio(netHTTP, class),
		})
	}
	for _, class := range loops() {
		all = append(all, row{
			What: "bare epoll loop / " + class + ": CPU a request", Unit: "×", Target: 0.85, value: cpuRatio(epollLoop, class),
		})
	}
	all = append(
		all,
		row{
			What: "gthread, 4 threads / net/http: requests/s", Unit: "×", Target: 1.5,
			value: rateRatio(gthread, netHTTP), byCPU: cpuRatio(netHTTP, gthread),
		},
		row{
			What: "gthread, 4 threads / net/http: a lone request's latency", Unit: "×", Most: true, Target: 2,
			value: func(b block) float64 {
				return b.samples[gthreadLone].P50.Seconds() / b.samples[netHTTPLone].P50.Seconds()
			},
		},
		row{
			What: "sync / bare accept loop: connections/s", Unit: "×", Target: 0.8,
			value: rateRatio(syncEach, acceptLoop), byCPU: cpuRatio(acceptLoop, syncEach),
		},
		row{
			What: "gevent: memory of an idle keep-alive connection", Unit: "KiB PSS", Most: true, Target: 8,
			value: func(b block) float64 { return b.perConn / 1024 },
		},
	)
	for _, p := range paths() {
		all = append(all, row{
			What: "allocations a request: " + p.Name, Most: true, Target: p.Most,
			value: func(b block) float64 { return b.allocations[p.Name] },
		})
	}
	return all
}

// noise is the ratio of a server to itself: how far from 1 is the host's doing.
func noise() row {
	return row{
		What: "net/http / itself: requests/s", Unit: "×",
		value: rateRatio(netHTTPAgain, netHTTP), byCPU: cpuRatio(netHTTP, netHTTPAgain),
	}
}

func rateRatio(a, b string) func(block) float64 {
	return func(bl block) float64 { return bl.samples[a].Rate / bl.samples[b].Rate }
}

func cpuRatio(a, b string) func(block) float64 {
	return func(bl block) float64 { return bl.samples[a].CPU.Seconds() / bl.samples[b].CPU.Seconds() }
}

// met reports whether x is within the row's target.
func (r row) met(x float64) bool {
	if r.Most {
		return x <= r.Target
	}
	return x >= r.Target
}

// verdict weighs the median, and says where the noise would allow the opposite.
func (r row) verdict(e estimate) string {
	verdict := "missed"
	if r.met(e.Median) {
		verdict = "met"
	}
	if r.met(e.Low) != r.met(e.High) {
		verdict += ", narrowly"
	}
	return verdict
}
