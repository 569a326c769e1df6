package judge

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/results"
)

// answered is a run of 1000 planned requests of which so many are answered at once and so many after
// three seconds; the rest never.
func answered(at, after int64) results.Record {
	h := results.NewHistogram()
	for latency, n := range map[time.Duration]int64{time.Millisecond: at, 3 * time.Second: after} {
		if err := h.RecordValues(latency.Microseconds(), n); err != nil {
			panic(err) // beyond the histogram's hour
		}
	}
	return results.Record{Schema: results.Schema, Trial: "t", Planned: 1000, Response: h}
}

// Requests of a run share its luck: 2 % late in one run of four and none in the others may be any share
// up to far more than an exact interval of 4000 independent requests says (0.8 %).
func TestLateTakesTheRunAsUnit(t *testing.T) {
	table := results.Table{answered(1000, 0), answered(1000, 0), answered(1000, 0), answered(980, 20)}
	i := New("id", "claim", table).Late(table, time.Second)
	if i.Estimate != 0.005 || i.High < 0.02 {
		t.Errorf("%+v, want 0.5 %% and, by Student's t of 3 degrees, up to 2.1 %%", i)
	}
}

// Runs in which nobody was late do not prove that nobody ever is: 1 − 0.025^(1/2000).
func TestLateOfNone(t *testing.T) {
	table := results.Table{answered(1000, 0), answered(1000, 0)}
	i := New("id", "claim", table).Late(table, time.Second)
	if i.Estimate != 0 || i.High < 0.00184 || i.High > 0.00185 {
		t.Errorf("%+v, want 0 to 0.1843 %%", i)
	}
}

// What failed or was never sent left no latency, and is late all the same.
func TestLateCountsTheUnanswered(t *testing.T) {
	r := answered(900, 30)
	if late, planned := LateOf(&r, time.Second); late != 100 || planned != 1000 {
		t.Errorf("%d of %d late, want 100 of 1000", late, planned)
	}
	lost := results.Record{Planned: 10}
	if late, planned := LateOf(&lost, time.Second); late != 10 || planned != 10 {
		t.Errorf("%d of %d late without a histogram, want all", late, planned)
	}
}
