package rig

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/results"
)

const ms = time.Millisecond

// Requests of 50 ms every 25 ms, killed at 1 s: two are under way.
func TestJournalSortsRequestsByTheKill(t *testing.T) {
	j := &journal{}
	for at := 0 * ms; at < 2000*ms; at += 25 * ms {
		s := loadgen.Sample{Intended: at, Sent: at, Done: at + 50*ms}
		switch at {
		case 975 * ms: // the victim's
			s.Done, s.Failure = 1001*ms, "reset"
		case 1200 * ms: // another worker's, slow
			s.Done = at + 300*ms
		case 1500 * ms: // another worker's, lost
			s.Failure = "eof"
		}
		j.samples = append(j.samples, s)
	}
	l := j.judge(1000 * ms)
	// 950 + 50 ends at the kill, within the slack: it, 975 and 1000 may have been the victim's.
	if l.inFlight != 1 || l.elsewhere != 1 || l.bystanders != len(j.samples)-3 {
		t.Errorf("%+v of %d", l, len(j.samples))
	}
	if l.lateBefore != 0 || math.Abs(l.lateAfter-1.0/39) > 1e-9 { // 40 in the second, one failed
		t.Errorf("late before %g, after %g; want 0 and 1 of 39", l.lateBefore, l.lateAfter)
	}
}

func TestCasualtyWatchesTheSlot(t *testing.T) {
	k := casualty{victim: Worker{Slot: 1, PID: 10}}
	at := time.Unix(0, 0)
	for i, board := range [][]Worker{
		{{Slot: 0, PID: 9, Requests: 5}, {Slot: 1, PID: 10, Requests: 5}},
		{{Slot: 0, PID: 9, Requests: 5}, {Slot: 1}},
		{{Slot: 0, PID: 9, Requests: 6}, {Slot: 1, PID: 11, State: "booting"}},
		{{Slot: 0, PID: 9, Requests: 6}, {Slot: 1, PID: 11, State: "serving"}},
		{{Slot: 0, PID: 9, Requests: 7}, {Slot: 1, PID: 11, State: "serving", Requests: 1}},
	} {
		k.watch(board, at.Add(time.Duration(i)*ms))
	}
	if k.replaced != at.Add(2*ms) || k.serving != at.Add(3*ms) || k.answered != at.Add(4*ms) {
		t.Errorf("replaced %v, serving %v, answered %v", k.replaced, k.serving, k.answered)
	}
}

func TestTaint(t *testing.T) {
	clean := map[string]float64{"steal": 0.01, "foreign_cpu": 0.05, "spin_before": 0.0020, "spin_after": 0.00205}
	untimed, watched := trial.Trial{Untimed: true}, trial.Trial{Untimed: true, Together: true}
	for name, c := range map[string]struct {
		trial   trial.Trial
		value   string
		to      float64
		reasons int
	}{
		"clean":                        {trial.Trial{}, "steal", 0.01, 0},
		"steal":                        {trial.Trial{}, "steal", 0.06, 1},
		"foreign":                      {trial.Trial{}, "foreign_cpu", 0.2, 1},
		"slower":                       {trial.Trial{}, "spin_after", 0.0022, 1},
		"faster":                       {trial.Trial{}, "spin_after", 0.0018, 1},
		"only memory is read":          {untimed, "foreign_cpu", 1.5, 0},
		"no evidence is no pass":       {trial.Trial{}, "spin_before", 0, 1},
		"together, not untimed":        {trial.Trial{Together: true}, "spin_after", 0.0022, 1},
		"together, at another speed":   {watched, "spin_after", 0.0022, 0},
		"together, the host is busy":   {watched, "foreign_cpu", 0.2, 1},
		"together, the host is robbed": {watched, "steal", 0.06, 1},
	} {
		var r results.Record
		for name, v := range clean {
			r.Set(name, v, "")
		}
		r.Set(c.value, c.to, "")
		taint(c.trial, &r)
		if len(r.Invalid) != c.reasons {
			t.Errorf("%s: %q, want %d reasons", name, r.Invalid, c.reasons)
		}
	}
}

func TestUseTakesOursAway(t *testing.T) {
	start := time.Unix(0, 0)
	before := look{at: start, busy: time.Second, server: map[int]time.Duration{5: 100 * ms, 6: 0}}
	after := look{
		at: start.Add(time.Second), busy: 1900 * ms, steal: 50 * ms, self: 200 * ms,
		server: map[int]time.Duration{5: 500 * ms, 7: 100 * ms}, // 6 has ended, 7 began
	}
	u := after.since(before)
	if math.Abs(u.foreign-0.2) > 1e-9 || math.Abs(u.steal-0.05) > 1e-9 {
		t.Errorf("%+v, want 0.9 busy − 0.2 ours − 0.5 the server's = 0.2 foreign, 0.05 steal", u)
	}
}

// A worker of 100 ms before the load and 700 at its end has ended; so has one that came meanwhile.
func TestUseCountsWhatHasEnded(t *testing.T) {
	start := time.Unix(0, 0)
	before := look{at: start, server: map[int]time.Duration{5: 0, 6: 100 * ms}}
	after := look{
		at: start.Add(time.Second), busy: 1000 * ms, ended: 900 * ms,
		server: map[int]time.Duration{5: 50 * ms},
	}
	if used := after.used(before); used != 850*ms {
		t.Errorf("used %v, want 50 + 900 − 100 = 850ms", used)
	}
	if u := after.since(before); math.Abs(u.foreign-0.15) > 1e-9 {
		t.Errorf("foreign %g, want the 0.15 that are nobody's of ours", u.foreign)
	}
}

func TestSharesOfWorkersAndOfPods(t *testing.T) {
	board := func(pods bool, requests ...uint64) (s state) {
		for i, n := range requests {
			w := Worker{PID: 10 + i, Requests: n}
			if pods {
				w.Pod = i / 2 // of two workers each
			}
			s.workers = append(s.workers, w)
		}
		s.look = look{at: time.Unix(int64(requests[0]), 0)}
		return s
	}
	for _, c := range []struct {
		pods            bool
		busiest, idlest float64
	}{{false, 0.5, 0.1}, {true, 0.7, 0.3}} {
		var r results.Record
		board(c.pods, 11, 21, 51, 21).keep(board(c.pods, 1, 1, 1, 1), &r)
		busiest, _ := r.Value("busiest_share")
		idlest, _ := r.Value("idlest_share")
		if math.Abs(busiest-c.busiest) > 1e-9 || math.Abs(idlest-c.idlest) > 1e-9 {
			t.Errorf("pods %v: shares %g and %g, want %g and %g", c.pods, busiest, idlest, c.busiest, c.idlest)
		}
	}
	var one, replaced results.Record
	board(false, 5).keep(board(false, 1), &one)
	after := board(false, 11, 21)
	after.workers[1].PID = 99
	after.keep(board(false, 1, 1), &replaced)
	for _, r := range []results.Record{one, replaced} {
		if _, has := r.Value("busiest_share"); has {
			t.Error("one worker, or others than before, have no shares")
		}
	}
}

func TestPooledAddsUp(t *testing.T) {
	report := func(n int64, start int64) *loadgen.Report {
		r := &loadgen.Report{
			Planned: uint64(n), Sent: uint64(n), Completed: uint64(n) - 1, Failed: 1, Throughput: float64(n),
			Failures: map[string]uint64{"eof": 1}, Start: time.Unix(start, 0), Lag: loadgen.Lag{P99: time.Duration(n)},
			Service: hdrhistogram.New(1, 1000, 3), Response: hdrhistogram.New(1, 1000, 3),
		}
		for range n - 1 {
			_ = r.Response.RecordValue(n)
		}
		return r
	}
	r, err := pooled([]*loadgen.Report{report(5, 9), nil, report(7, 8)})
	if err != nil || r.Sent != 12 || r.Completed != 10 || r.Failures["eof"] != 2 || r.Throughput != 12 {
		t.Errorf("%+v, %v", r, err)
	}
	if r.Response.TotalCount() != 10 || r.Response.Max() != 7 || r.Start.Unix() != 8 || r.Lag.P99 != 7 {
		t.Errorf("%d response times to %d, start %v, lag %v", r.Response.TotalCount(), r.Response.Max(), r.Start, r.Lag)
	}
	if _, err := pooled([]*loadgen.Report{nil}); err == nil {
		t.Error("no reports are taken for a load")
	}
}

func TestTimelineCountsArrivals(t *testing.T) {
	j := &journal{}
	for _, s := range []loadgen.Sample{
		{Done: -1},
		{Done: 0},
		{Done: 49 * ms},
		{Done: 50 * ms},
		{Done: 60 * ms, Failure: "eof"},
		{Done: 129 * ms},
		{Done: 130 * ms}, // in the window, and in the drain
	} {
		j.observe(s)
	}
	if line := j.timeline(130 * ms); !slices.Equal(line.Answered, []uint64{2, 1, 1}) || line.Step != 0.05 {
		t.Errorf("%+v", line)
	}
}

// A trace tells requests in the order in which they were sent, each with what its own target asked for.
func TestTraceTellsEveryRequest(t *testing.T) {
	j := &journal{}
	j.observe(loadgen.Sample{Target: 1, Intended: 5 * ms, Sent: 6 * ms, Done: 9 * ms})
	j.observe(loadgen.Sample{Target: 0, Intended: -2 * ms, Sent: -1 * ms, Done: 30 * ms})
	got := j.trace([]time.Duration{20 * ms, 2 * ms})
	want := &results.Trace{Intended: []int64{-2000, 5000}, Sent: []int64{-1000, 6000}, Done: []int64{30000, 9000}, Demand: []int64{20000, 2000}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	j.observe(loadgen.Sample{Failure: "eof"})
	if got := j.trace([]time.Duration{ms, ms}); got != nil {
		t.Errorf("a request failed, and the trace is %+v", got)
	}
}

func TestChangesOfWorkers(t *testing.T) {
	at := func(n int) time.Time { return time.Unix(0, 0).Add(time.Duration(n) * ms) }
	changes := []Change{
		{1, false, at(0)},
		{2, false, at(1)}, // before the load
		{3, false, at(20)},
		{1, true, at(30)},
		{4, false, at(40)},
		{2, true, at(50)},
		{3, true, at(999)}, // stopped with the server
	}
	log := &journal{samples: []loadgen.Sample{{Sent: 7 * ms}, {Sent: 5 * ms}}}
	saw := &traffic{ended: at(100), log: log, main: &loadgen.Report{Start: at(11)}}
	x := subject{Trial: trial.Trial{Event: trial.Watched}, begin: at(10), pods: []*Running{{Changes: func() []Change { return changes }}}}
	x.keepChanges(saw)
	for name, want := range map[string]float64{"restarts": 2, "booted": 2, "first_exit_seconds": 0.014} { // 30 − 11 − 5
		if got, _ := x.record.Value(name); math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %g, want %g", name, got, want)
		}
	}
	old := atWork(changes[:3])
	if last, all := ends(changes[:6], map[int]bool{1: true, 2: true}); !all || last != at(50) || len(old) != 3 {
		t.Errorf("%d served; the old ended at %v, all %v", len(old), last, all)
	}
	if _, all := ends(changes[:5], map[int]bool{1: true, 2: true}); all {
		t.Error("a worker that still serves is taken for ended")
	}
}
