package judge

import (
	"slices"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// Records are those of one claim: of its own trials, whatever else ran, and on one software but where the claim
// compares several.
type Records struct {
	table  results.Table
	trials []trial.Trial // of which there are records
	system string        // whose records they are; "": each trial names its own
}

// Select are the records of the trials among those of a run. system is whose records they are, or "" where each
// trial names its own.
func Select(run results.Table, system string, trials []trial.Trial) Records {
	r := Records{system: system}
	own := make([]identity, len(trials))
	for i, t := range trials {
		own[i] = identityOf(t, r.system)
	}
	known := make([]bool, len(trials))
	for i := range run {
		of := slices.IndexFunc(own, func(id identity) bool { return id.is(run[i].Cell) })
		if of < 0 {
			continue
		}
		r.table = append(r.table, run[i])
		if !known[of] {
			known[of], r.trials = true, append(r.trials, trials[of])
		}
	}
	return r
}

// Table is all of them, valid or not.
func (r Records) Table() results.Table { return r.table }

// Of are those of some trials.
func (r Records) Of(trials ...trial.Trial) results.Table {
	wanted := make([]identity, len(trials))
	for i, t := range trials {
		wanted[i] = identityOf(t, r.system)
	}
	var of results.Table
	for i := range r.table {
		if slices.ContainsFunc(wanted, func(w identity) bool { return w.is(r.table[i].Cell) }) {
			of = append(of, r.table[i])
		}
	}
	return of
}

// Trials are the claim's that have records, those for which all conditions hold.
func (r Records) Trials(conditions ...func(trial.Trial) bool) []trial.Trial {
	return slices.DeleteFunc(slices.Clone(r.trials), func(t trial.Trial) bool {
		return slices.ContainsFunc(conditions, func(holds func(trial.Trial) bool) bool { return !holds(t) })
	})
}

// Values are what the trials' valid runs hold by a name, one a run.
func (r Records) Values(name string, trials ...trial.Trial) []float64 {
	return r.Figures(Value(name), trials...)
}

// Figures are those of the trials' valid runs, one a run.
func (r Records) Figures(figure Figure, trials ...trial.Trial) []float64 {
	return figure.Of(r.Of(trials...))
}

// Ratios are a trial's figures over another's, one a block that holds a valid run of both.
func (r Records) Ratios(figure Figure, a, b trial.Trial) (all []float64) {
	over, under := r.Paired(figure, a, b)
	for i := range over {
		all = append(all, over[i]/under[i])
	}
	return all
}

// Lacks reports whether the records are those of a software that was not asked for the trial, since it cannot run
// it (Experiment.Spare). Of our own server all are asked for.
func (r Records) Lacks(t trial.Trial) bool {
	return r.system != "" && r.system != results.Ours && len(r.table) > 0 && len(r.Of(t)) == 0
}

// An identity is what the record of a trial must have in its cell.
type identity []axis

// An axis is a trial's value on it, and what holds where a record has none: earlier versions had fewer axes.
type axis struct {
	name            string
	value, original any
}

// telling are the axes that tell most trials apart: compared first, they make a comparison short.
var telling = []string{"do", "class", "workers", "threads", "twin"}

// identityOf is all that defines the trial but its window, which is the profile's choice, and its software where
// all records are of one.
func identityOf(t trial.Trial, system string) (id identity) {
	cell, originals := t.Cell(), trial.Trial{}.Cell()
	delete(cell, "window_seconds")
	if system != "" {
		delete(cell, "system")
	}
	for _, name := range telling {
		id = append(id, axis{name, cell[name], originals[name]})
		delete(cell, name)
	}
	for name, value := range cell {
		id = append(id, axis{name, value, originals[name]})
	}
	return id
}

func (id identity) is(cell results.Cell) bool {
	for _, a := range id {
		value, ok := cell[a.name]
		if !ok {
			value = a.original
		}
		if !results.SameValue(value, a.value) {
			return false
		}
	}
	return true
}

// Either is the table of records that match any of the cells.
func Either(t results.Table, cells ...results.Cell) results.Table {
	var kept results.Table
	for i := range t {
		if slices.ContainsFunc(cells, func(c results.Cell) bool { return len(t[i:i+1].Match(c)) > 0 }) {
			kept = append(kept, t[i])
		}
	}
	return kept
}
