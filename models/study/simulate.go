package study

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/models/des"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/results/stat"
)

// Settings are how a scenario is simulated.
type Settings struct {
	Replications int                 // at most, and at least 2; as few as 10 where they agree
	Progress     func(n, atMost int) // is told of every replication that begins; nil: nobody is
}

// MostRequests is how many requests a replication may have: it keeps the response of each.
const MostRequests = 10_000_000

const confidence = 0.95

// Unstable reports an open load that the server cannot bear, with what it can and a remedy; nil where it can.
func Unstable(s *scenario.Scenario) error {
	p := s.Predict()
	if s.Load.Clients > 0 || s.Load.Rate < p.Throughput*(1-1e-9) { // a closed form is as exact as the logarithms in it
		return nil
	}
	return fmt.Errorf("%g requests/s are offered and at most %.4g can be served, limited by the %s: the queue grows for as long as the load lasts. Lower load.rate, or take more %s; --transient 60s shows how it grows",
		s.Load.Rate, p.Throughput, p.Limit, map[string]string{
			"cores": "cores", "lock": "workers, each with a lock of its own", "workers": "workers",
		}[p.Limit])
}

// Check reports what cannot be simulated with these settings, with a remedy.
func Check(s *scenario.Scenario, with Settings) error {
	if err := with.check(); err != nil {
		return err
	}
	n, whole := s.Requests(), s.WarmUp+s.Window
	if n > MostRequests {
		return fmt.Errorf("load.warmup and load.duration are %v together: about %.2g requests, and a replication has at most %.0g: want %v or less",
			whole, n, float64(MostRequests), time.Duration(float64(whole)*MostRequests/n).Truncate(time.Millisecond))
	}
	return nil
}

func (with Settings) check() error {
	if with.Replications < 2 {
		return fmt.Errorf("--replications %d: an interval wants 2 at least", with.Replications)
	}
	return nil
}

// Simulate runs replications until the mean response and the throughput are known to 2 % and the percentiles to 5 %, or
// as many as the settings allow. It ends with ctx, whose cause it returns.
func Simulate(ctx context.Context, s *scenario.Scenario, with Settings) (Report, error) {
	began := time.Now()
	r, err := replicate(ctx, s, with)
	if err != nil {
		return Report{}, err
	}
	r.Note = fmt.Sprintf("%s in %v%s%s", r.Note, time.Since(began).Round(time.Millisecond), unsettled(s)+elsewhere(s), impatient(s, r.Figures))
	return r, nil
}

// seen is what one replication says of a figure, and how well it is to be known, as a share.
type seen struct {
	name, unit string
	relative   float64
	of         func(*sim.Result) float64
}

func figures() []seen {
	quantile := func(q float64) func(*sim.Result) float64 {
		return answered(func(r *sim.Result) float64 { return r.Quantile(q).Seconds() })
	}
	return []seen{
		{"throughput", "requests/s", 0.02, func(r *sim.Result) float64 { return r.Throughput }},
		{meanResponse, "seconds", 0.02, answered(func(r *sim.Result) float64 { return r.Mean().Seconds() })},
		{"p50", "seconds", 0.05, quantile(0.50)},
		{"p95", "seconds", 0.05, quantile(0.95)},
		{"p99", "seconds", 0.05, quantile(0.99)},
		{"utilisation of the cores", "share", math.Inf(1), func(r *sim.Result) float64 { return r.Utilisation }},
		{failed, "share", math.Inf(1), func(r *sim.Result) float64 { return float64(r.Failed) / float64(max(1, r.Planned)) }},
		{"workers replaced", "", math.Inf(1), func(r *sim.Result) float64 { return float64(r.Restarts) }},
	}
}

const (
	meanResponse = "mean response"
	failed       = "failed"
)

// answered is a value of responses, and not a number where there were none.
func answered(value func(*sim.Result) float64) func(*sim.Result) float64 {
	return func(r *sim.Result) float64 {
		if r.Answered == 0 {
			return math.NaN()
		}
		return value(r)
	}
}

func replicate(ctx context.Context, s *scenario.Scenario, with Settings) (Report, error) {
	all, goals := figures(), []des.Goal(nil)
	for _, f := range all {
		goals = append(goals, des.Goal{Confidence: confidence, Relative: f.relative, Least: min(10, with.Replications), Most: with.Replications})
	}
	config, load := s.Simulation()
	n, requests, values := 0, 0, make([][]float64, len(all))
	_, err := des.Replications(goals, func(replication uint64) ([]float64, error) {
		if with.Progress != nil {
			with.Progress(n+1, with.Replications)
		}
		r, err := sim.Run(ctx, config, load, s.Seed, replication, nil)
		got := make([]float64, len(all))
		for i, f := range all {
			got[i] = f.of(&r)
			values[i] = append(values[i], got[i])
		}
		n, requests = n+1, requests+r.Planned
		return got, err
	})
	report := Report{Origin: "simulated", Note: fmt.Sprintf("%d replications of %v, %.3g requests", n, s.Window, float64(requests))}
	for i, f := range all {
		report.Figures = append(report.Figures, Figure{f.name, known(values[i]), f.unit})
	}
	return report, err
}

// known is the mean of those values that are numbers, none of which is below 0.
func known(values []float64) stat.Interval {
	i := stat.Replicated(slices.DeleteFunc(values, math.IsNaN), confidence)
	i.Low = max(0, i.Low)
	return i
}

// unsettled says where a replication is too short for the queue of an open load to settle: then its mean says more of
// the empty server that it begins with than of the load.
func unsettled(s *scenario.Scenario) string {
	if s.Load.Clients > 0 {
		return ""
	}
	capacity := s.Predict().Throughput
	takes := time.Duration(queueing.Relaxation(s.Load.Rate, capacity) * float64(time.Second))
	if 10*takes <= s.WarmUp+s.Window {
		return ""
	}
	return fmt.Sprintf("; warning: at %.3g %% of the capacity a queue takes about %v to settle, so a replication should take %v at least (load.warmup and load.duration)",
		100*s.Load.Rate/capacity, takes.Round(time.Second), (10 * takes).Round(time.Second))
}

// elsewhere says which constants of the simulation were fitted on another number of cores.
func elsewhere(s *scenario.Scenario) (note string) {
	config, _ := s.Simulation()
	for _, c := range config.Fitted() {
		note += fmt.Sprintf("; %s: %g was fitted on %d cores, on %d it is from %g to %g", c.Name, c.Estimate, c.Cores, config.Cores, c.Low, c.High)
	}
	return note
}

// impatient says how long clients wait where some did not get an answer.
func impatient(s *scenario.Scenario, all []Figure) string {
	patience := s.Load.Patience()
	i := slices.IndexFunc(all, func(f Figure) bool { return f.Name == failed })
	if patience == 0 || all[i].Value.Estimate == 0 {
		return ""
	}
	return fmt.Sprintf("; clients give up after %v (load.patience), and a worker that is killed answers nobody", patience)
}
