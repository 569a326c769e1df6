package experiments

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
)

// elsewhere is a software that cannot run one class.
type elsewhere struct{ name, not string }

func (e elsewhere) Name() string { return e.name }
func (e elsewhere) Supports(t trial.Trial) error {
	if t.Server.Class == e.not {
		return errors.New("class " + e.not)
	}
	return nil
}

func ofClasses(id string, classes ...string) Experiment {
	return Experiment{
		ID: id,
		Trials: func(trial.Profile) (all []trial.Trial) {
			for _, class := range classes {
				all = append(all, trial.Trial{Server: spec.Server{Class: class}, Group: "g", Together: true})
			}
			return all
		},
		Judge: func(t results.Table) results.Verdict { return results.Verdict{ID: id, Runs: len(t)} },
		Charts: func(results.Table) []chart.Chart {
			return []chart.Chart{{ID: "c"}}
		},
	}
}

func TestOnLeavesOutWhatASoftwareCannotRun(t *testing.T) {
	strict, lenient := ofClasses("strict", "sync", "asgi"), ofClasses("lenient", "sync", "asgi")
	lenient.Spare = func(t trial.Trial) bool { return t.Server.Class == "asgi" }
	across := ofClasses("across", "sync")
	across.Across = true
	put, skipped := On[Subject]([]Experiment{strict, lenient, across}, elsewhere{name: results.Ours}, elsewhere{"other", "asgi"})
	var names []string
	for _, e := range put {
		names = append(names, e.Name())
	}
	if want := []string{"strict", "lenient", "lenient@other", "across"}; !slices.Equal(names, want) {
		t.Errorf("put %q, want %q", names, want)
	}
	if len(skipped) != 1 || !strings.Contains(skipped[0].String(), "strict is not put to other, which lacks: class asgi") {
		t.Errorf("skipped %v", skipped)
	}
	there := put[2].Trials(trial.Quick)
	if len(there) != 1 || there[0].System != "other" || there[0].Server.Class != "sync" || there[0].Group != "g@other" {
		t.Errorf("its trials there: %+v", there)
	}
	if ours := put[1].Trials(trial.Quick); len(ours) != 2 || ours[0].System != "" || ours[0].Group != "g" {
		t.Errorf("and on ours: %+v", ours)
	}
	if a, b := there[0].Key(), put[1].Trials(trial.Quick)[0].Key(); a == b {
		t.Error("the same trial on two systems has one key")
	}
	if charts := put[2].Draw(nil); charts[0].ID != "c-other" {
		t.Errorf("its figure would take the place of ours: %s", charts[0].ID)
	}
}

// A claim that compares systems has the trials of those that are there, and is judged on all records.
func TestOnPutsAComparisonOnce(t *testing.T) {
	e := Experiment{
		ID: "chain", Across: true, Trials: func(trial.Profile) []trial.Trial { return []trial.Trial{{}, {System: "front"}, {System: "gone"}} },
		Judge: func(t results.Table) results.Verdict { return results.Verdict{ID: "chain", Runs: len(t)} },
	}
	put, _ := On[Subject]([]Experiment{e}, elsewhere{name: results.Ours}, elsewhere{name: "front"}, elsewhere{name: "idle"})
	if len(put) != 1 || len(put[0].Trials(trial.Quick)) != 2 {
		t.Fatalf("put %d times, with trials %+v", len(put), put[0].Trials(trial.Quick))
	}
	v := put[0].Verdict(results.Table{{Origin: results.Measured, System: results.Ours}, {Origin: results.Measured, System: "front"}, {Origin: results.Measured, System: "idle"}})
	if v.Runs != 3 || v.System != "" || v.Name() != "chain" {
		t.Errorf("%+v", v)
	}
}

func TestLacks(t *testing.T) {
	theirs, ours := results.Table{{System: "x", Cell: results.Cell{"class": "sync"}}}, results.Table{{System: results.Ours, Cell: results.Cell{"class": "sync"}}}
	for _, c := range []struct {
		table results.Table
		class string
		want  bool
	}{{theirs, "asgi", true}, {theirs, "sync", false}, {ours, "asgi", false}, {nil, "asgi", false}} {
		if got := Lacks(c.table, results.Cell{"class": c.class}); got != c.want {
			t.Errorf("%v, %s: %v", c.table, c.class, got)
		}
	}
}
