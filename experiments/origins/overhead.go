package origins

import (
	"math"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// An Overhead is what the server itself does for a request. See the package's comment for what it is fitted
// to. The zero Overhead is nothing.
type Overhead struct {
	Request      time.Duration // work on a core beyond what the request asks for
	Acquisitions int           // of the interpreter lock, beside those of the request's own work; 0: not known
	From         string        // the trial whose measured runs it is from; "": none
}

// A fit knows the overheads of a run by kind of trial, and by class, lock and place for kinds that were not
// measured.
type fit struct{ kinds, families map[string]*overheads }

// overheads are those of the measured trials of one kind.
type overheads struct {
	Overhead
	busy float64 // cores, of the busiest so far
}

var (
	familyAxes = []string{"class", "gil", "place"}
	kindAxes   = append(familyAxes[:3:3], "do", "arrivals", "keepalive", "keepalive_seconds")
)

// fitOverheads fits them to what was measured of the trials.
func fitOverheads(subjects []*subject, measured results.Table) fit {
	f := fit{make(map[string]*overheads), make(map[string]*overheads)}
	byTrial := make(map[string]results.Table)
	for _, r := range measured.Valid() {
		byTrial[r.Trial] = append(byTrial[r.Trial], r)
	}
	for _, s := range subjects {
		o, busy, ok := overheadOf(s, byTrial[s.key])
		if !ok {
			continue
		}
		keep(f.kinds, judge.Named(s.cell, kindAxes...), o, busy)
		keep(f.families, judge.Named(s.cell, familyAxes...), o, busy)
	}
	return f
}

// overheadOf is what the runs of one trial say, and how many cores they kept busy.
func overheadOf(s *subject, runs results.Table) (o Overhead, busy float64, ok bool) {
	d, _ := judge.DemandOf(runs)
	used := runs.Values("server_cpu")
	if d.Work == 0 || len(used) == 0 {
		return o, 0, false
	}
	asked, _ := s.demand.do.Moments()
	o = Overhead{Request: max(0, judge.Seconds(d.Work)-asked.Duration()), From: s.key}
	if locks := runs.Values("lock_acquisitions_per_request"); len(locks) > 0 {
		o.Acquisitions = max(0, int(math.Round(stat.Average(locks)))-s.demand.do.Works())
	}
	return o, stat.Average(used), true
}

// keep keeps the overhead of the busiest trial, and of all the fewest acquisitions: waiters add to them.
func keep(all map[string]*overheads, name string, o Overhead, busy float64) {
	known := all[name]
	if known == nil {
		all[name] = &overheads{o, busy}
		return
	}
	fewest := min(known.Acquisitions, o.Acquisitions)
	if busy > known.busy {
		known.Overhead, known.busy = o, busy
	}
	known.Acquisitions = fewest
}

// of is the overhead of a trial.
func (f fit) of(s *subject) Overhead {
	if o := f.kinds[judge.Named(s.cell, kindAxes...)]; o != nil {
		return o.Overhead
	}
	if o := f.families[judge.Named(s.cell, familyAxes...)]; o != nil {
		return o.Overhead
	}
	return Overhead{}
}
