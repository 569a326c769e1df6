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
)

// The committed runs are read by today's code, and judged as they were when they were measured. A
// change that alters a verdict on the same records is a change of what we claim: it shows here.
func TestReferenceRunsAreJudgedAsBefore(t *testing.T) {
	dirs, err := filepath.Glob("../../results/reference/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no reference run: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			before := stored(t, dir)
			now := rejudged(t, dir)
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

func rejudged(t *testing.T, dir string) []results.Verdict {
	t.Helper()
	m, err := results.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	table, err := results.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	chosen := slices.DeleteFunc(Experiments(), func(e experiments.Experiment) bool { return !slices.Contains(m.Claims, e.ID) })
	return experiments.Verdicts(chosen, table)
}

// near allows for another machine's rounding.
func near(a, b results.Interval) bool {
	const rounding = 1e-9
	for _, pair := range [][2]float64{{a.Estimate, b.Estimate}, {a.Low, b.Low}, {a.High, b.High}} {
		x, y := pair[0], pair[1]
		if x != y && math.Abs(x-y) > rounding*max(math.Abs(x), math.Abs(y), 1) {
			return false
		}
	}
	return true
}
