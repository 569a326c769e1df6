package origins

import (
	"math"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/report"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// Survey tells how far the models are off in every experiment's own trials, and which of those they do not
// hold. It is empty for a run that has measured records alone.
func Survey(put []experiments.Experiment, p trial.Profile, table results.Table) report.Models {
	against := base(table)
	m := report.Models{Against: against}
	if len(table.Origin(results.Simulated))+len(table.Origin(results.Predicted)) == 0 {
		return report.Models{}
	}
	var out leftOut
	for _, e := range put {
		trials := e.Trials(p)
		cells := compare(table, keysOf(trials), against)
		for _, origin := range modelsBeside(against) {
			if row := rowOf(cells, origin); row.Cells > 0 {
				row.Claim = e.Name()
				m.Rows = append(m.Rows, row)
			}
		}
		out.see(e.Name(), trials, table)
	}
	m.LeftOut = out.rows
	return m
}

func keysOf(trials []trial.Trial) (keys []string) {
	for _, t := range trials {
		keys = append(keys, t.Key())
	}
	return keys
}

// rowOf is how far a model is off over the cells that it has.
func rowOf(cells []compared, origin string) report.ModelRow {
	row := report.ModelRow{Model: origin}
	var closed, mean, median, p99 []float64
	for i := range cells {
		c := &cells[i]
		records := c.models[origin]
		if len(records) == 0 {
			continue
		}
		row.Cells++
		if fitted, _ := records[0].Value("overhead_fitted"); fitted > 0 {
			row.Fitted++
		}
		if c.closed() {
			closed = appendOff(closed)(level(c.over(origin, throughput)))
		}
		mean = appendOff(mean)(level(c.over(origin, meanResponse)))
		median = appendOff(median)(c.quantileOver(origin, 0.50))
		p99 = appendOff(p99)(c.quantileOver(origin, 0.99))
	}
	row.Throughput, row.Mean, row.Median, row.P99 = offOf(closed), offOf(mean), offOf(median), offOf(p99)
	return row
}

// finest is what is told of a difference: a thousandth of a per cent, far below what anybody measures.
const finest = 1e-5

// appendOff appends how far a quotient is from 1, if there is one.
func appendOff(offs []float64) func(quotient float64, ok bool) []float64 {
	return func(quotient float64, ok bool) []float64 {
		if ok {
			offs = append(offs, math.Round(math.Abs(quotient-1)/finest)*finest)
		}
		return offs
	}
}

func offOf(offs []float64) report.Off {
	n := len(offs)
	if n == 0 {
		return report.Off{}
	}
	return report.Off{Cells: n, Middle: stat.Median(offs), Worst: slices.Max(offs)}
}

// leftOut gathers the trials that a model does not hold, by reason.
type leftOut struct{ rows []report.LeftOut }

// see looks through one claim's trials for those without a record of a model that made some for the run. What
// the simulator does not hold no closed form does.
func (l *leftOut) see(claim string, trials []trial.Trial, table results.Table) {
	var models []string
	for _, origin := range []string{results.Simulated, results.Predicted} {
		if len(table.Origin(origin)) > 0 {
			models = append(models, origin)
		}
	}
	for _, t := range trials {
		if t.Twin {
			continue
		}
		if why := Unsimulated(t); !why.Empty() {
			l.add(strings.Join(models, ","), why, claim)
			continue
		}
		records := table.Trials(t.Key())
		for _, origin := range models {
			if len(records.Origin(origin)) == 0 {
				l.add(origin, absent(t, origin), claim)
			}
		}
	}
}

// absent is why a trial that the simulator holds has no record of a model.
func absent(t trial.Trial, origin string) text.Message {
	if origin == results.Predicted {
		if why := Unpredicted(t); !why.Empty() {
			return why
		}
		if t.Load.Clients == 0 {
			return text.Of("a load at or beyond what can be served, or one that no closed form has")
		}
	}
	return text.Of("a run that ended before it")
}

func (l *leftOut) add(model string, why text.Message, claim string) {
	i := slices.IndexFunc(l.rows, func(r report.LeftOut) bool { return r.Model == model && r.Why.String() == why.String() })
	if i < 0 {
		l.rows = append(l.rows, report.LeftOut{Model: model, Why: why})
		i = len(l.rows) - 1
	}
	l.rows[i].Cells++
	if !slices.Contains(l.rows[i].Claims, claim) {
		l.rows[i].Claims = append(l.rows[i].Claims, claim)
	}
}
