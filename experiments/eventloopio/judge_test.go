package eventloopio

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/results"
)

// loop is a world in which a loop holds every request for so many bytes, and answers a share of them
// late.
func loop(bytes, late float64) experimenttest.World {
	return func(t experiments.Trial, r *results.Record) {
		held := t.Load.Burst
		r.Planned = uint64(t.Load.Burst)
		r.Response = experimenttest.Latencies(map[time.Duration]int64{
			2010 * time.Millisecond: int64(float64(t.Load.Burst) * (1 - late)),
			2900 * time.Millisecond: int64(float64(t.Load.Burst) * late),
		})
		if t.Server.Class == "sync" {
			held = 4
			r.Response = experimenttest.Latencies(map[time.Duration]int64{2010 * time.Millisecond: 4})
		}
		r.Set("held", float64(held), "requests")
		r.Set("idle_pss", 8e6, "bytes")
		r.Set("pss", 8e6+bytes*float64(held), "bytes")
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "light", World: loop(6<<10, 0), Noise: 0.005, Want: results.Supported, Why: "4000 of 4000"},
		{Name: "heavy", World: loop(40<<10, 0), Noise: 0.005, Want: results.Refuted},
		{Name: "late", World: loop(6<<10, 0.3), Noise: 0.005, Want: results.Refuted},
		{Name: "near the threshold", World: loop(15<<10, 0), Noise: 0.2, Want: results.Inconclusive},
	})
}

// Requests that failed or were never sent leave no latency, and are late all the same.
func TestLostRequestsAreLate(t *testing.T) {
	r := results.Record{Planned: 1000, Response: experimenttest.Latencies(map[time.Duration]int64{2 * time.Second: 900})}
	if late, all := count(results.Table{r}); late != 100 || all != 1000 {
		t.Errorf("%d of %d late, want 100 of 1000", late, all)
	}
}
