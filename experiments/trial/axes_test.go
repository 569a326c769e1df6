package trial

import (
	"testing"

	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// What a trial leaves out is what its records' cells mean by an axis that they do not name. A field that is added
// to a trial needs its axis, and the axis its line in results.
func TestDefaultsOfTrialsAreThoseOfCells(t *testing.T) {
	plain := Trial{Load: spec.Load{Clients: 1}}
	if got := plain.Key(); got != "clients=1" {
		t.Errorf("a trial of nothing but a client is %q", got)
	}
	if hog := (Trial{Hog: spec.Load{Clients: 1}, Load: spec.Load{Clients: 1}}).Key(); hog != "clients=1 hog_arrivals=closed hog_clients=1" {
		t.Errorf("beside another client it is %q", hog)
	}
	declared := results.Cell{}.Whole()
	cell := plain.Cell()
	for axis := range cell {
		if _, ok := declared[axis]; !ok && axis != "class" && axis != "workers" && axis != "window_seconds" {
			t.Errorf("axis %s has no line in results", axis)
		}
	}
	for axis := range declared {
		if _, ok := cell[axis]; !ok {
			t.Errorf("no trial has axis %s, which results declares", axis)
		}
	}
}
