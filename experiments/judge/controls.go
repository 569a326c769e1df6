package judge

import (
	"maps"
	"slices"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
)

// A Control is what a run made of an A/A pair: two cells that are the same but for the word twin, so
// that every difference between them is noise. It answers for the method: one of twenty may be
// declared different, not more.
type Control struct {
	Name     string        // the pair in few words: gthread 1×4 gil cpu:5ms
	Value    string        // throughput or cpu_per_request
	Ratio    stat.Interval // twin over original, at Confidence
	Declared bool          // a difference, wrongly: the interval excludes 1, and it is more than 2 %
}

// Controls compares all A/A pairs of a run: on CPU time per request where it was read, and on
// throughput in closed loops (in open ones the generator sets it, so that it could not differ). It does
// so by the fit that claims are judged with, over all servers that bore the same load. A pair that
// cannot be compared, for want of valid runs, is left out.
func Controls(table results.Table) []Control {
	var controls []Control
	valid := table.Origin(results.Measured).Valid()
	for _, twin := range valid.Where("twin", true).Cells() {
		original := maps.Clone(twin)
		original["twin"] = false
		group := sameLoad(valid, twin)
		for _, value := range []string{"throughput", "cpu_per_request"} {
			if value == "throughput" && twin["arrivals"] != "closed" {
				continue
			}
			if c, ok := control(group, original, twin, value); ok {
				controls = append(controls, c)
			}
		}
	}
	return controls
}

// Declared counts the controls that were declared different.
func Declared(controls []Control) (n int) {
	for _, c := range controls {
		if c.Declared {
			n++
		}
	}
	return n
}

func control(group results.Table, original, twin results.Cell, value string) (Control, bool) {
	samples := slices.DeleteFunc(whole(group, value), func(s regress.Sample) bool { return s.Value <= 0 })
	fit, err := regress.FitBlocks(samples)
	if err != nil { // one server elsewhere in the group must not cost the pair its comparison
		samples = slices.DeleteFunc(samples, func(s regress.Sample) bool {
			return s.Cell != original.String() && s.Cell != twin.String()
		})
		if fit, err = regress.FitBlocks(samples); err != nil {
			return Control{}, false
		}
	}
	e, err := fit.Ratio(twin.String(), original.String())
	if err != nil {
		return Control{}, false
	}
	ratio, err := e.Interval(Confidence)
	if err != nil {
		return Control{}, false
	}
	return Control{brief(twin), value, ratio, stat.Declared(ratio, 0)}, true
}

// whole are the samples of a value of the valid runs, by their whole cells.
func whole(t results.Table, value string) (samples []regress.Sample) {
	for _, r := range t.Valid() {
		if v, ok := r.Value(value); ok {
			samples = append(samples, regress.Sample{Block: r.Repetition, Cell: r.Cell.String(), Value: v, Step: r.Step(value)})
		}
	}
	return samples
}

// sameLoad are the records of cells that differ from the given one in the server at most.
func sameLoad(t results.Table, cell results.Cell) results.Table {
	load := maps.Clone(cell)
	for axis := range trial.ServerCell(spec.Server{}) {
		delete(load, axis)
	}
	for _, axis := range []string{"twin", "app", "upstream_seconds"} {
		delete(load, axis)
	}
	return t.Match(load)
}

// brief is a cell's server and load in few words, the same in every language.
func brief(cell results.Cell) string {
	name := ""
	if system := cell["system"]; system != nil && !results.SameValue(system, results.Ours) {
		name = results.Text(system) + " "
	}
	name += results.Text(cell["class"]) + " " + results.Text(cell["workers"]) + "×" + results.Text(cell["threads"])
	if results.SameValue(cell["gil"], true) {
		name += " gil"
	}
	return name + " " + results.Text(cell["do"])
}
