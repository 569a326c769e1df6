package catalog

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// The committed runs are read by today's code, and judged as they were when they were measured. A
// change that alters a verdict on the same records is a change of what we claim: it shows here.
func TestReferenceRunsAreJudgedAsBefore(t *testing.T) {
	for _, dir := range references(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			before := stored(t, dir)
			now := rejudged(t, dir, before)
			if len(now) != len(before) {
				t.Fatalf("%d verdicts, stored are %d", len(now), len(before))
			}
			for i, v := range now {
				if w := before[i]; v.ID != w.ID || v.Outcome != w.Outcome || v.Runs != w.Runs || v.Invalid != w.Invalid || !near(v.Effect.Interval, w.Effect.Interval) {
					t.Errorf("%s: %v, %+v from %d runs (%d invalid)\nstored: %s: %v, %+v from %d runs (%d invalid)",
						v.ID, v.Outcome, v.Effect.Interval, v.Runs, v.Invalid, w.ID, w.Outcome, w.Effect.Interval, w.Runs, w.Invalid)
				}
			}
		})
	}
}

// references are the folders of the committed runs.
func references(t *testing.T) (dirs []string) {
	t.Helper()
	files, err := filepath.Glob("../../results/reference/*/" + results.VerdictsFile)
	if err != nil || len(files) == 0 {
		t.Fatalf("no reference run: %v", err)
	}
	for _, file := range files {
		dirs = append(dirs, filepath.Dir(file))
	}
	return dirs
}

func stored(t *testing.T, dir string) (verdicts []results.Verdict) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, results.VerdictsFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &verdicts); err != nil {
		t.Fatal(err)
	}
	return verdicts
}

// rejudged are the verdicts of today on the same claims and systems.
func rejudged(t *testing.T, dir string, before []results.Verdict) []results.Verdict {
	t.Helper()
	table, err := results.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := everywhere()
	var chosen []experiments.Experiment
	for _, v := range before {
		i := slices.IndexFunc(all, func(e experiments.Experiment) bool { return e.Name() == v.Name() })
		if i < 0 {
			t.Fatalf("no claim %s any more", v.Name())
		}
		chosen = append(chosen, all[i])
	}
	return experiments.Verdicts(chosen, table)
}

// near allows for another machine's rounding.
func near(a, b stat.Interval) bool {
	const rounding = 1e-9
	for _, pair := range [][2]float64{{a.Estimate, b.Estimate}, {a.Low, b.Low}, {a.High, b.High}} {
		x, y := pair[0], pair[1]
		if x != y && math.Abs(x-y) > rounding*max(math.Abs(x), math.Abs(y), 1) {
			return false
		}
	}
	return true
}
