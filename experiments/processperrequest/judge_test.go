package processperrequest

import (
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/experimenttest"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// costs are CPU times in milliseconds: of a request, of a process, of filling the memory and of mapping it, and
// what is left of the application's start where it is loaded beforehand.
type costs struct{ request, process, filling, mapping, left float64 }

// like is a world with such costs, in which what is worked comes on top.
func like(c costs) experimenttest.World {
	return func(t trial.Trial, r *results.Record) {
		_, amount, _ := strings.Cut(t.Load.Do, ":")
		work, err := time.ParseDuration(amount)
		if err != nil {
			panic(err)
		}
		if strings.HasPrefix(t.Load.Do, "wait") {
			work = 0
		}
		ms := c.request + work.Seconds()*1e3
		if t.Server.Class == each.Class {
			ms += c.process
			switch {
			case t.Server.Boot > 0 && t.Server.Preload:
				ms += c.left
			case t.Server.Boot > 0:
				ms += t.Server.Boot.Seconds() * 1e3
			case t.Server.AppMemory > 0 && t.Server.Preload:
				ms += c.mapping
			case t.Server.AppMemory > 0:
				ms += c.filling
			}
		}
		r.Set("cpu_per_request", ms/1e3, "seconds")
		r.Set("throughput", 1e3/ms, "requests/s")
	}
}

// assumed are costs of the order that a Go program's start and 16384 pages have.
var assumed = costs{0.06, 3, 20, 3, 0}

func TestJudge(t *testing.T) {
	experimenttest.Run(t, Experiment, []experimenttest.Case{
		{Name: "as assumed", World: like(assumed), Want: results.Supported},
		{Name: "processes that start at once", World: like(costs{0.06, 0.1, 20, 3, 0}), Want: results.Refuted, Why: "10 times as much where nothing is worked"},
		{Name: "processes that take long to start", World: like(costs{0.06, 300, 20, 3, 0}), Want: results.Refuted, Why: "less than 1.5 times as much where 200 ms are"},
		{Name: "a start that is not saved", World: like(costs{0.06, 3, 20, 3, 18}), Want: results.Refuted, Why: "less than 20 % of the start is left"},
		{Name: "memory that is copied", World: like(costs{0.06, 3, 20, 20, 0}), Want: results.Refuted, Why: "memory mapped"},
		{Name: "near ten times", World: like(costs{0.06, 0.54, 20, 3, 0}), Want: results.Inconclusive, Why: "Open: a process per request costs 10 times"},
		{Name: "too noisy to tell", World: like(assumed), Noise: 0.9, Want: results.Inconclusive},
	})
}
