package workerisolation

import (
	"testing"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/results"
)

// kill is a world in which each kill loses so many of the victim's two requests, so many of the
// others, and the slot is served after so many seconds; 0: not in time.
func kill(lost, elsewhere int, serving float64) experimenttest.World {
	return func(_ experiments.Trial, r *results.Record) {
		r.Set("victim_in_flight", 2, "requests")
		r.Set("victim_connections", 2, "connections")
		r.Set("lost", float64(lost), "requests")
		r.Set("lost_elsewhere", float64(elsewhere), "requests")
		r.Set("bystanders", 78, "requests")
		r.Set("respawn_seconds", 0.01, "seconds")
		if serving > 0 {
			r.Set("serving_seconds", serving, "seconds")
		}
	}
}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "isolated", World: kill(2, 0, 0.1), Want: results.Supported, Why: "6 kills"},
		{Name: "loses more than it held", World: kill(3, 0, 0.1), Want: results.Refuted},
		{Name: "others lose too", World: kill(2, 8, 0.1), Want: results.Refuted},
		{Name: "slow to come back", World: kill(2, 0, 1.7), Want: results.Refuted},
		{Name: "never comes back", World: kill(2, 0, 0), Want: results.Refuted},
		{Name: "one loss elsewhere in many", World: kill(2, 1, 0.1), Want: results.Inconclusive},
	})
}
