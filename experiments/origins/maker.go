package origins

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/sim"
	"github.com/workerlab/workerlab/results"
)

// A Maker makes the records of a session that are not measured.
type Maker struct {
	Plan trial.Plan // what is measured, or would be
	// Records are the run's so far. Overheads are fitted to the measured ones, and what was made before with
	// the same overhead is not made again.
	Records   results.Table
	Seed      uint64
	Run       string // id of the run, repeated in every record
	Usable    int    // cores of the host that servers and generator may use; 0: not known
	Somaxconn int    // of the host; 0: not known

	// Record is given every record as it is made. Its error ends the making.
	Record func(results.Record) error
	// Progress, if not nil, is told how many records of an origin are made, and of how many.
	Progress func(origin string, done, total int)
}

// Simulate makes a record for every block in which a trial was planned or measured. It ends with ctx, whose
// cause it returns.
func (m *Maker) Simulate(ctx context.Context) error {
	work := m.begin(results.Simulated, func(t trial.Trial) bool { return Unsimulated(t).Empty() })
	for _, s := range work.subjects {
		o := work.fit.of(s)
		config := s.config(o, m.Somaxconn)
		for _, block := range s.blocks {
			if work.has(s, block, o) {
				continue
			}
			load, err := s.load(m.Seed, block)
			if err != nil {
				return fmt.Errorf("simulate %s: %w", s.Trial, err)
			}
			result, err := sim.Run(ctx, config, load, m.Seed, uint64(block), nil)
			if err != nil {
				return fmt.Errorf("simulate %s: %w", s.Trial, err)
			}
			record, err := simulated(s, load, &result)
			if err == nil {
				err = work.keep(s, block, o, record)
			}
			if err != nil {
				return fmt.Errorf("simulate %s: %w", s.Trial, err)
			}
		}
	}
	return nil
}

// Predict makes one record for every trial that has a closed form, for a load that it can bear.
func (m *Maker) Predict() error {
	work := m.begin(results.Predicted, func(t trial.Trial) bool { return Unpredicted(t).Empty() })
	for _, s := range work.subjects {
		o := work.fit.of(s)
		record, ok := predicted(s, o)
		if !ok || work.has(s, 0, o) {
			continue
		}
		if err := work.keep(s, 0, o, record); err != nil {
			return err
		}
	}
	return nil
}

// A making is a Maker at work on one origin.
type making struct {
	*Maker
	origin   string
	subjects []*subject
	fit      fit
	made     map[place]float64 // before: the overhead in seconds of the last record
	order    int               // of the next record
	done     int
	total    int
}

// A place is a trial in a block.
type place struct {
	trial string
	block int
}

// has reports whether the record was made before. One that rested on another overhead, as when something was
// measured since, is made anew: of several the last one counts.
func (w *making) has(s *subject, block int, o Overhead) bool {
	with, made := w.made[place{s.key, block}]
	return made && with == o.Request.Seconds()
}

func (m *Maker) begin(origin string, holds func(trial.Trial) bool) *making {
	w := &making{Maker: m, origin: origin, made: make(map[place]float64)}
	measured := m.Records.Origin(results.Measured)
	all := m.subjectsOf(measured)
	w.fit = fitOverheads(all, measured)
	w.subjects = slices.DeleteFunc(all, func(s *subject) bool { return !holds(s.Trial) })
	for i := range m.Records {
		r := &m.Records[i]
		w.order = max(w.order, r.Order+1)
		if r.Origin == origin {
			w.made[place{r.Trial, r.Repetition}], _ = r.Value(overheadValue)
		}
	}
	for _, s := range w.subjects {
		if origin == results.Predicted {
			w.total++
		} else {
			w.total += len(s.blocks)
		}
	}
	return w
}

// subjectsOf are the trials of the plan that the simulator holds, but for twins, which would say the same
// again.
func (m *Maker) subjectsOf(measured results.Table) []*subject {
	byTrial := make(map[string]results.Table)
	for _, r := range measured {
		byTrial[r.Trial] = append(byTrial[r.Trial], r)
	}
	var all []*subject
	seen := make(map[string]*subject)
	blocks := make(map[string]map[int]bool)
	for _, step := range m.Plan {
		if step.Trial.Twin || !Unsimulated(step.Trial).Empty() {
			continue
		}
		if seen[step.Key] == nil {
			s := newSubject(step, m.Usable)
			seen[step.Key], all = s, append(all, s)
			blocks[step.Key] = make(map[int]bool)
			for _, r := range byTrial[s.key] {
				blocks[step.Key][r.Repetition] = true
				if cores, ok := r.Value("server_cores"); ok {
					s.cores = int(cores)
				}
			}
		}
		blocks[step.Key][step.Block] = true
	}
	for key, s := range seen {
		s.blocks = slices.Sorted(maps.Keys(blocks[key]))
	}
	return all
}

func newSubject(step trial.Step, usable int) *subject {
	s := &subject{
		Trial: step.Trial, key: step.Key, cell: step.Trial.Cell(),
		demand: demandOf(step.Trial.Load), cores: step.Trial.Place.Cores(usable),
	}
	if len(step.Users) == 1 {
		s.user = step.Users[0]
	}
	return s
}

// keep hands a record over, with its place in the run.
func (w *making) keep(s *subject, block int, o Overhead, r results.Record) error {
	r.Run, r.Experiment, r.Trial, r.Cell = w.Run, s.user, s.key, s.cell
	r.Repetition, r.Order, r.Try, r.Seed = block, w.order, 1, w.Seed
	r.Origin, r.System, r.Duration, r.Started = w.origin, results.Ours, s.Window, time.Now().UTC()
	r.Set("server_cores", float64(s.cores), "")
	r.Set(overheadValue, o.Request.Seconds(), "seconds")
	r.Set("overhead_fitted", map[bool]float64{true: 1}[o.From == s.key], "")
	w.order++
	w.done++
	if w.Progress != nil {
		w.Progress(w.origin, w.done, w.total)
	}
	return w.Record(r)
}

// simulated is what one replication showed.
func simulated(s *subject, l sim.Load, x *sim.Result) (results.Record, error) {
	r := results.Record{
		Offered: offered(s, x), Planned: uint64(x.Planned), Sent: uint64(x.Planned),
		Completed: uint64(x.Answered), Failed: uint64(x.Failed),
		Service: results.NewHistogram(), Response: results.NewHistogram(),
	}
	for _, d := range x.Responses { // nobody sends late here, so service is response
		us := max(1, d.Microseconds())
		if err := errors.Join(r.Response.RecordValue(us), r.Service.RecordValue(us)); err != nil {
			return r, err
		}
	}
	r.Set("throughput", x.Throughput, "requests/s")
	r.Set("server_cpu", x.Utilisation*float64(s.cores), "cores")
	if answered := x.Throughput * l.Window.Seconds(); answered > 0 {
		r.Set("cpu_per_request", x.Utilisation*float64(s.cores)*l.Window.Seconds()/answered, "seconds")
	}
	r.Set("restarts", float64(x.Restarts), "workers")
	return r, nil
}

func offered(s *subject, x *sim.Result) float64 {
	if s.Load.Clients > 0 {
		return 0
	}
	return float64(x.Planned) / s.Window.Seconds()
}

// predicted is what the closed form says: of a closed loop the throughput, of an open one the mean response
// time. It is false where that is no finite figure above nothing.
func predicted(s *subject, o Overhead) (r results.Record, ok bool) {
	p := s.predict(o)
	value, name, unit := p.Throughput, "throughput", "requests/s"
	if s.Load.Clients == 0 {
		value, name, unit = p.Response, MeanResponse, "seconds"
		if s.Load.Rate >= p.Throughput {
			return r, false
		}
	}
	if !(value > 0) || math.IsInf(value, 1) {
		return r, false
	}
	r.Set(name, value, unit)
	return r, true
}

// overheadValue is what a model was given for the server's own work, in seconds.
const overheadValue = "overhead_per_request"

// MeanResponse is the value of a predicted record that has no response times of its own, in seconds.
const MeanResponse = "mean_response"
