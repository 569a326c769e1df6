package experiments

import (
	"maps"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

func recordOf(t trial.Trial) results.Record {
	return results.Record{Origin: results.Measured, System: t.Software(), Trial: t.Key(), Cell: t.Cell(), Try: 1}
}

// A claim counts the records of its own trials, whatever else ran, and each trial selects its own.
func TestTrialsSelectTheirRecords(t *testing.T) {
	one := trial.Trial{Server: spec.Server{Class: "sync", Workers: 1}, Load: spec.Load{Do: trial.WaitingDo, Clients: 4}, Window: time.Second}
	two, foreign := one, one
	two.Server.Workers = 2
	foreign.Server.Workers = 3
	e := Experiment{Trials: func(trial.Profile) []trial.Trial { return []trial.Trial{one, two, one.Again()} }}
	longer := one
	longer.Window = time.Minute
	elsewhere := one
	elsewhere.System = "gunicorn"
	simulated := recordOf(two)
	simulated.Origin = results.Simulated
	run := results.Table{recordOf(longer), recordOf(one), recordOf(two), recordOf(foreign), recordOf(elsewhere), recordOf(one.Again()), simulated}
	r := e.recordsOf(run)
	if len(r.Table()) != 4 || len(r.Of(one)) != 2 || len(r.Of(two)) != 1 || len(r.Of(one, two)) != 3 || len(r.Of(foreign)) != 0 {
		t.Errorf("%d records: %d of one, %d of two, %d of both, %d of another claim's", len(r.Table()), len(r.Of(one)), len(r.Of(two)), len(r.Of(one, two)), len(r.Of(foreign)))
	}
	if n := len(r.Trials(func(t trial.Trial) bool { return t.Server.Workers == 1 })); n != 2 {
		t.Errorf("%d trials of one worker, want one and its twin", n)
	}
	e.System = "gunicorn"
	if r := e.recordsOf(run); len(r.Table()) != 1 || !r.Lacks(two) || r.Lacks(one) {
		t.Errorf("%d records of the other software, want one", len(r.Table()))
	}
}

// Records of earlier versions lack axes: they are of trials that are as usual on those, and of no others.
func TestOlderRecordsAreOfTrialsThatWereThere(t *testing.T) {
	near := trial.Trial{Server: spec.Server{Class: "gevent", Workers: 1}, Load: spec.Load{Do: "wait:1ms", Clients: 1}}
	far := near
	far.Load.RTT = time.Millisecond
	older := recordOf(near)
	older.Cell = maps.Clone(older.Cell)
	for _, axis := range []string{"rtt_seconds", "hog_rtt_seconds", "system", "pods", "app", "abreast"} {
		delete(older.Cell, axis)
	}
	e := Experiment{Trials: func(trial.Profile) []trial.Trial { return []trial.Trial{near, far} }}
	if r := e.recordsOf(results.Table{older}); len(r.Of(near)) != 1 || len(r.Of(far)) != 0 {
		t.Errorf("%d records of a trial that was there, %d of one that came later", len(r.Of(near)), len(r.Of(far)))
	}
}
