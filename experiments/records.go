package experiments

import (
	"slices"

	"github.com/workerlab/workerlab/results"
)

// Any is the profile that a judge gives where a trial's makes no difference: it tells no two trials apart.
const Any = Full

// Records are those of one claim: of its own trials, whatever else ran, and on one software but where the claim
// compares several.
type Records struct {
	table  results.Table
	trials []Trial // of which there are records
	system string  // whose records they are; "": each trial names its own
}

// recordsOf are a claim's records among those of a run.
func (e Experiment) recordsOf(run results.Table) Records {
	var r Records
	if run = run.Origin(results.Measured); !e.Across {
		r.system = e.system()
		run = run.System(r.system)
	}
	trials := e.Trials(Any)
	own := make([]identity, len(trials))
	for i, t := range trials {
		own[i] = t.identity(r.system)
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
func (r Records) Of(trials ...Trial) results.Table {
	wanted := make([]identity, len(trials))
	for i, t := range trials {
		wanted[i] = t.identity(r.system)
	}
	var of results.Table
	for i := range r.table {
		if slices.ContainsFunc(wanted, func(w identity) bool { return w.is(r.table[i].Cell) }) {
			of = append(of, r.table[i])
		}
	}
	return of
}

// Trials are the claim's that have records and are such.
func (r Records) Trials(such func(Trial) bool) []Trial {
	return slices.DeleteFunc(slices.Clone(r.trials), func(t Trial) bool { return !such(t) })
}

// Values are what the trials' valid runs hold by a name, one a run.
func (r Records) Values(name string, trials ...Trial) []float64 {
	return r.Figures(Value(name), trials...)
}

// Figures are those of the trials' valid runs, one a run.
func (r Records) Figures(figure Figure, trials ...Trial) []float64 { return figure.Of(r.Of(trials...)) }

// Ratios are a trial's figures over another's, one a block that holds a valid run of both.
func (r Records) Ratios(figure Figure, a, b Trial) (all []float64) {
	over, under := r.Paired(figure, a, b)
	for i := range over {
		all = append(all, over[i]/under[i])
	}
	return all
}

// Lacks reports whether the records are those of a software that was not asked for the trial, since it cannot run
// it (Experiment.Spare). Of our own server all are asked for.
func (r Records) Lacks(t Trial) bool {
	return r.system != "" && r.system != Ours && len(r.table) > 0 && len(r.Of(t)) == 0
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

// identity is all that defines the trial but its window, which is the profile's choice, and its software where
// all records are of one.
func (t Trial) identity(system string) (id identity) {
	cell, originals := t.Cell(), Trial{}.Cell()
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
