package judge

import (
	"slices"
	"testing"

	"github.com/workerlab/workerlab/results"
)

func TestCourse(t *testing.T) {
	run := func(answered ...uint64) results.Record {
		return results.Record{Timeline: &results.Timeline{Step: 0.05, Answered: answered}}
	}
	invalid := run(9, 9, 9, 9)
	invalid.Invalid = []string{"host: noisy"}
	s := Course("x", results.Table{run(1, 2, 0, 5, 7), run(3, 2, 0, 1, 7), {}, invalid}, 0.1, 0.1)

	var got []float64
	for _, y := range s.Y {
		got = append(got, y.Estimate)
	}
	// Of two runs 3 and 5 answers in the first tenth of a second, 5 and 1 in the next; a fifth count
	// fills no step.
	if !slices.Equal(s.X, []float64{-0.1, 0}) || !slices.Equal(got, []float64{40, 30}) {
		t.Errorf("got %v at %v, want 40 and 30 at -0.1 and 0", got, s.X)
	}
	if empty := Course("x", results.Table{{}}, 0.1, 0); len(empty.X) > 0 {
		t.Errorf("a course of no timeline: %+v", empty)
	}
}
