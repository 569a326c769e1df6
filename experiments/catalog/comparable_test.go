package catalog

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/compare"
)

// A run of today is compared with the committed ones cell by cell, though they were measured before some axes were
// thought of.
func TestReferenceRunsStayComparable(t *testing.T) {
	for _, dir := range references(t) {
		reference, err := compare.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		profiles := trial.Profiles()
		p := slices.IndexFunc(profiles, func(p trial.Profile) bool { return p.String() == reference.Manifest.Profile })
		c := compare.Compare(reference, compare.Run{Table: planned(profiles[p])}, nil)
		if len(c.OnlyA) > 0 {
			t.Errorf("%s: %d cells match nothing that is measured today: %q", filepath.Base(dir), len(c.OnlyA), c.OnlyA)
		}
		for axis, value := range map[string]any{"memory": "settled", "event": "reloads"} {
			if len(reference.Table.Where(axis, value).Valid()) == 0 {
				t.Errorf("%s has no cell where %s is %v", filepath.Base(dir), axis, value)
			}
		}
	}
}

// planned are two records of every trial of the profile, of nothing.
func planned(p trial.Profile) (table results.Table) {
	for _, step := range experiments.NewPlan(everywhere(), p, 1) {
		for range 2 {
			table = append(table, record(step.Trial)...)
		}
	}
	return table
}
