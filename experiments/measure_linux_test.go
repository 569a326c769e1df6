package experiments

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/results"
)

const ms = time.Millisecond

// Requests of 50 ms every 25 ms, killed at 1 s: two are under way.
func TestJournalSortsRequestsByTheKill(t *testing.T) {
	j := newJournal()
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

func TestJournalWatchesTheSlot(t *testing.T) {
	j := newJournal()
	j.victim = Worker{Slot: 1, PID: 10}
	at := time.Unix(0, 0)
	for i, board := range [][]Worker{
		{{Slot: 0, PID: 9, Requests: 5}, {Slot: 1, PID: 10, Requests: 5}},
		{{Slot: 0, PID: 9, Requests: 5}, {Slot: 1}},
		{{Slot: 0, PID: 9, Requests: 6}, {Slot: 1, PID: 11, State: "booting"}},
		{{Slot: 0, PID: 9, Requests: 6}, {Slot: 1, PID: 11, State: "serving"}},
		{{Slot: 0, PID: 9, Requests: 7}, {Slot: 1, PID: 11, State: "serving", Requests: 1}},
	} {
		j.watch(board, at.Add(time.Duration(i)*ms))
	}
	if j.replaced != at.Add(2*ms) || j.serving != at.Add(3*ms) || j.answered != at.Add(4*ms) {
		t.Errorf("replaced %v, serving %v, answered %v", j.replaced, j.serving, j.answered)
	}
}

func TestTaint(t *testing.T) {
	clean := map[string]float64{"steal": 0.01, "foreign_cpu": 0.05, "spin_before": 0.0020, "spin_after": 0.00205}
	for name, c := range map[string]struct {
		value   string
		to      float64
		untimed bool
		reasons int
	}{
		"clean":                  {"steal", 0.01, false, 0},
		"steal":                  {"steal", 0.06, false, 1},
		"foreign":                {"foreign_cpu", 0.2, false, 1},
		"slower":                 {"spin_after", 0.0022, false, 1},
		"faster":                 {"spin_after", 0.0018, false, 1},
		"only memory is read":    {"foreign_cpu", 1.5, true, 0},
		"no evidence is no pass": {"spin_before", 0, false, 1},
	} {
		var r results.Record
		for name, v := range clean {
			r.Set(name, v, "")
		}
		r.Set(c.value, c.to, "")
		taint(Trial{Untimed: c.untimed}, &r)
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

func TestAttackOfALoad(t *testing.T) {
	trial := Trial{Window: time.Second, Load: Load{Do: "cpu:1ms,wait:20ms", Clients: 3, Think: time.Second}}
	a := trial.attack("http://h:1", trial.Load)
	if a.Targets[0].URL != "http://h:1/task?do=cpu%3A1ms%2Cwait%3A20ms" || a.Clients != 3 || a.Schedule != nil || a.Think() != time.Second {
		t.Errorf("closed loop: %+v", a)
	}
	burst := Load{Do: "wait:2s", Burst: 4, Over: time.Second / 2}
	a = trial.attack("http://h:1", burst)
	if at := slices.Collect(a.Schedule); len(at) != 4 || at[3] >= time.Second/2 {
		t.Errorf("the burst's schedule is %v", at)
	}
	if a := trial.attack("http://h:1", Load{Rate: 10}); a.Schedule == nil || a.Connections < 100 {
		t.Errorf("open loop: %+v", a)
	}
}
