package exact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/queueing"
	"github.com/workerlab/workerlab/models/scenario"
	"github.com/workerlab/workerlab/models/scenario/file"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	seeds      = 5
	each       = 8 // replications a seed
	confidence = 0.99
	mostBias   = 0.005
	mostHalf   = 0.005
	level      = 0.01
)

// A Row is what came of one queue.
type Row struct {
	Queue
	Known      stat.Interval // the mean response in seconds, without width where a formula has it
	Simulated  stat.Interval
	P          float64 // of so much bias by chance, after Holm's correction
	Prediction models.Prediction
}

// Bias is how far the simulation is off, as a share.
func (r Row) Bias() float64 { return r.Simulated.Estimate/r.Known.Estimate - 1 }

// Predicted is how far the prediction is off, as a share; not a number where it declined.
func (r Row) Predicted() float64 { return r.Prediction.Response/r.Known.Estimate - 1 }

// Met reports whether the simulation is as good as is asked.
func (r Row) Met() bool {
	return math.Abs(r.Bias()) < mostBias && r.Simulated.Relative() <= mostHalf && r.P > level
}

// Told reports whether the prediction is off by no more than it says, given what is not known of the answer.
func (r Row) Told() bool {
	const rounding = 1e-6 // a Duration's
	return r.Prediction.Declined != "" || math.Abs(r.Predicted()) <= r.Prediction.Off+r.Known.Relative()+rounding
}

// Run simulates every queue with such a share of the requests that the suite takes, and tells progress of each. It ends
// with ctx, whose cause it returns.
func Run(ctx context.Context, share float64, progress func(name string)) (rows []Row, err error) {
	var ps []float64
	for _, q := range Queues() {
		if progress != nil {
			progress(q.Name)
		}
		r, p, err := q.run(ctx, share)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		rows, ps = append(rows, r), append(ps, p)
	}
	for i, p := range stat.Holm(ps) {
		rows[i].P = p
	}
	return rows, nil
}

func (q Queue) run(ctx context.Context, share float64) (r Row, p float64, err error) {
	s, err := file.Parse(strings.NewReader(q.Scenario))
	if err != nil {
		return r, 0, err
	}
	r = Row{Queue: q, Known: stat.Interval{Estimate: q.Response, Low: q.Response, High: q.Response}, Prediction: s.Predict()}
	requests := int(float64(q.Requests) * share / (seeds * each))
	var simulated, computed []float64
	for n := range uint64(seeds * each) {
		seed, replication := 1+n/each, n%each
		got, err := simulate(ctx, s, requests, seed, replication)
		if err != nil {
			return r, 0, err
		}
		simulated = append(simulated, got)
		if q.Response == 0 {
			if got, err = q.compute(s, requests, 100+seed, replication); err != nil {
				return r, 0, err
			}
			computed = append(computed, got)
		}
	}
	r.Simulated = stat.Replicated(simulated, confidence)
	if q.Response == 0 {
		r.Known = stat.Replicated(computed, confidence)
	}
	p, err = r.chance()
	return r, p, err
}

// chance is how likely so much bias is if there is none.
func (r Row) chance() (float64, error) {
	freedom := r.Simulated.Basis.Freedom
	both := math.Hypot(r.Simulated.Half(), r.Known.Half()) / stat.StudentQuantile(freedom, confidence)
	return stat.Estimate{Value: r.Simulated.Estimate, Deviation: both, Freedom: freedom}.Test(r.Known.Estimate)
}

// warmUp is the part of a run that does not count, over what does.
const warmUp = 0.1

// simulate is the mean response in a replication of about so many requests.
func simulate(ctx context.Context, s scenario.Scenario, requests int, seed, replication uint64) (float64, error) {
	rate := s.Load.Rate
	if s.Load.Clients > 0 {
		rate = s.Predict().Served
	}
	s.Seed, s.Window = seed, time.Duration(float64(requests)/rate*1e9)
	s.WarmUp = time.Duration(warmUp * float64(s.Window))
	config, load := s.Simulation()
	r, err := sim.Run(ctx, config, load, seed, replication, nil)
	if err == nil && (r.Failed > 0 || r.Answered == 0) {
		err = fmt.Errorf("%d of %d requests failed", r.Failed, r.Planned)
	}
	return r.Mean().Seconds(), err
}

// compute is the mean response of as many requests by the recursion, which knows nothing of the simulator and draws
// numbers of its own.
func (q Queue) compute(s scenario.Scenario, requests int, seed, replication uint64) (float64, error) {
	queue, err := queueing.NewFirstCome(q.Servers)
	if err != nil {
		return 0, err
	}
	random, steps := rand.New(rand.NewPCG(seed, replication)), spec.Steps(s.Load.Mix)
	var at time.Duration
	sum, skipped := 0.0, int(warmUp*float64(requests))
	for n := range skipped + requests {
		at += time.Duration(random.ExpFloat64() / s.Load.Rate * 1e9)
		var service time.Duration
		for _, step := range steps(random) {
			service += step.For
		}
		wait, err := queue.Wait(at, service)
		if err != nil {
			return 0, err
		}
		if n >= skipped {
			sum += (wait + service).Seconds()
		}
	}
	return sum / float64(requests), nil
}

// Write writes a line a queue.
func Write(w io.Writer, rows []Row) error {
	_, err := fmt.Fprintf(w, "%-25s  %8s  %-16s  %4s  %s\n", "queue", "exact", "simulated", "p", "predicted")
	for _, r := range rows {
		known := stat.Format(r.Known.Estimate, "seconds")
		if r.Response == 0 {
			known = "≈" + known
		}
		predicted := "declined"
		switch {
		case r.Prediction.Declined != "":
		case r.Prediction.Off == 0:
			predicted = fmt.Sprintf("%+.2f %%", 100*r.Predicted())
		default:
			predicted = fmt.Sprintf("%+.2f %% (≤ %.1f)", 100*r.Predicted(), 100*r.Prediction.Off)
		}
		_, failed := fmt.Fprintf(w, "%-25s  %8s  %+.2f %% ± %.2f %%  %4.2f  %s\n", r.Name, known, 100*r.Bias(), 100*r.Simulated.Relative(), r.P, predicted)
		err = errors.Join(err, failed)
	}
	return err
}

// JSON is the rows as an encoder takes them.
func JSON(rows []Row) any {
	type row struct {
		Queue
		Known     stat.Interval `json:"known"`
		Simulated stat.Interval `json:"simulated"`
		Bias      float64       `json:"bias"`
		P         float64       `json:"p"`
		Predicted *float64      `json:"predicted"` // null where it is declined
		Form      string        `json:"form,omitempty"`
		Off       float64       `json:"off"`
		Declined  string        `json:"declined,omitempty"`
	}
	out := make([]row, len(rows))
	for i, r := range rows {
		out[i] = row{r.Queue, r.Known, r.Simulated, r.Bias(), r.P, nil, r.Prediction.Form, r.Prediction.Off, r.Prediction.Declined}
		if r.Prediction.Declined == "" {
			out[i].Predicted = &r.Prediction.Response
		}
	}
	return out
}

// Off is how many queues are not answered as is asked, by the simulator or by the prediction.
func Off(rows []Row) (n int) {
	for _, r := range rows {
		if !r.Met() || !r.Told() {
			n++
		}
	}
	return n
}
