package calibrate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

// A Missing is a run of a design that was to be made and does not count.
type Missing struct {
	Run   string // in few words: gthread 1×4, 8 clients
	Round int    // from 1
	Tries int    // that were made; 0: it was not begun
	Why   string
}

// String is it in a sentence.
func (m Missing) String() string {
	if m.Tries == 0 {
		return fmt.Sprintf("%s, round %d: not made", m.Run, m.Round)
	}
	return fmt.Sprintf("%s, round %d: %s (tried %d×)", m.Run, m.Round, m.Why, m.Tries)
}

// Read is the calibration that records of a design's runs make, and which of them are missing.
func Read(d Design, records results.Table) (c capacity.Calibration, missing []Missing) {
	c = capacity.Calibration{Cores: d.Cores, Classes: d.Classes}
	for _, p := range d.Paths {
		c.Names, c.Weights = append(c.Names, p.Path), append(c.Weights, p.Weight)
	}
	all := table(records)
	for round := range max(1, d.Rounds) {
		d.trials(all, func(t trial.Trial) bool {
			run, ok := all.at(t, round)
			if !ok {
				missing = append(missing, all.missing(t, round))
				return true
			}
			run.Round = round
			c.Runs = append(c.Runs, run)
			return true
		})
	}
	return c, missing
}

// At is what a trial came to in a round, if any try counts.
func At(records results.Table, t trial.Trial, round int) (capacity.Run, bool) {
	return table(records).at(t, round)
}

// table are the records of a calibration.
type table results.Table

// of implements found.
func (all table) of(t trial.Trial) (capacity.Run, bool) {
	rounds := 0
	for i := range all {
		rounds = max(rounds, all[i].Repetition+1)
	}
	for round := range rounds {
		if run, ok := all.at(t, round); ok {
			return run, true
		}
	}
	return capacity.Run{}, false
}

// at is the run of a trial in a round that counts: a valid one, or one beside which others were at work, which then
// says so.
func (all table) at(t trial.Trial, round int) (run capacity.Run, ok bool) {
	key := t.Key()
	for i := range all {
		r := &all[i]
		if r.Trial != key || r.Repetition != round {
			continue
		}
		switch {
		case r.Valid():
			return RunOf(r), true
		case disturbed(r):
			run, ok = RunOf(r), true
			run.Disturbed = true
		}
	}
	return run, ok
}

// disturbed reports whether nothing but the host speaks against a record.
func disturbed(r *results.Record) bool {
	return !slices.ContainsFunc(r.Invalid, func(why string) bool { return !strings.HasPrefix(why, "host: ") })
}

func (all table) tries(s trial.Step) (n int) {
	for i := range all {
		if all[i].Trial == s.Key && all[i].Repetition == s.Block {
			n++
		}
	}
	return n
}

// missing says why a run is.
func (all table) missing(t trial.Trial, round int) Missing {
	m := Missing{Run: name(t), Round: round + 1}
	key := t.Key()
	for i := range all {
		if r := &all[i]; r.Trial == key && r.Repetition == round {
			m.Tries++
			m.Why = strings.Join(append(slices.Clone(r.Invalid), r.Warnings...), "; ")
		}
	}
	return m
}

// RunOf is what a record of a deployment's run tells.
func RunOf(r *results.Record) capacity.Run {
	number := func(axis string) int {
		n, _ := r.Cell.Number(axis)
		return int(n)
	}
	value := func(name string) float64 {
		v, _ := r.Value(name)
		return v
	}
	rate, _ := r.Cell.Number("rate")
	run := capacity.Run{
		Size:  capacity.Size{Class: results.Text(r.Cell["class"]), Workers: number("workers"), Threads: max(1, number("threads"))},
		Round: r.Repetition, Clients: number("clients"), Rate: rate,
		Throughput: value("throughput"), CPU: seconds(value("cpu_per_request")), PSS: uint64(value("pss")), Private: value("worker_uss"),
		Generator: seconds(value("client_cpu")), Pace: seconds(value("pace")),
	}
	times := r.Service
	if run.Clients == 0 {
		times = r.Response
	}
	if times.Count() == 0 {
		return run
	}
	at := func(q float64) time.Duration { return time.Duration(times.ValueAtQuantile(q)) * time.Microsecond }
	run.Mean, run.P50, run.P95, run.P99 = seconds(times.Mean()/1e6), at(50), at(95), at(99)
	if run.Clients == 1 { // of others' response times, which are queues' too, nothing is made
		run.Law = law(times)
		if paths, err := trial.Asked(results.Text(r.Cell["do"])); err == nil && len(paths) == 1 {
			run.Path = paths[0].Path
		}
	}
	return run
}

func seconds(s float64) time.Duration { return time.Duration(math.Round(s * 1e9)) }

// law is how the times of a histogram are spread (capacity.Run.Law).
func law(h *results.Histogram) []float64 {
	const points = 200
	mean := h.Mean()
	if mean <= 0 {
		return nil
	}
	all, sum := make([]float64, points), 0.0
	for i := range all {
		all[i] = float64(h.ValueAtQuantile(100*(float64(i)+0.5)/points)) / mean
		sum += all[i] / points
	}
	for i := range all {
		all[i] /= sum // its mean is 1, however long the tail beyond the last point
	}
	return all
}

// loadName is a load in few words.
func loadName(clients int, rate float64) string {
	if clients > 0 {
		return text.Count(clients, "client")
	}
	return fmt.Sprintf("%.4g requests/s", rate)
}
