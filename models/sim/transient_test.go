package sim

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/server/task"
)

func course(t *testing.T, c Config, l Load, horizon time.Duration, steps, replications int) Course {
	t.Helper()
	got, err := Transient(t.Context(), c, l, 1, Watch{Horizon: horizon, Steps: steps, Replications: replications, Confidence: 0.999})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// M/M/∞ has a course that is known: of n at the beginning and λ a second there are n·e^(−t/S) + λS(1−e^(−t/S)) after t
// (Takács, Introduction to the Theory of Queues, 1962, chapter 3).
func TestACourseOfManyServersIsKnown(t *testing.T) {
	const rate, mean = 200, 0.5
	l := Load{
		Arrivals: poisson(rate), Initial: 40,
		Demands: func(_ int, r *rand.Rand) []task.Step {
			return []task.Step{wait(time.Duration(mean * r.ExpFloat64() * 1e9))}
		},
	}
	got := course(t, Config{Discipline: loop, Workers: 1, Cores: 1}, l, 2*time.Second, 8, 200)
	for _, m := range got.Steps {
		left := math.Exp(-m.End.Seconds() / mean)
		if want := 40*left + rate*mean*(1-left); !m.Held.Holds(want) || m.Held.Relative() > 0.05 {
			t.Errorf("after %v %.1f ± %.1f are held, want %.1f", m.End, m.Held.Estimate, m.Held.Half(), want)
		}
		if !m.Sent.Holds(rate) && m.End > got.Step || m.Waiting.Estimate != 0 {
			t.Errorf("until %v %.1f ± %.1f are sent a second, and %.1f wait", m.End, m.Sent.Estimate, m.Sent.Half(), m.Waiting.Estimate)
		}
	}
}

// Beyond its capacity a queue grows by what is not served: 80/s on a worker that can 50. Who has waited for 4 s gives
// up, and soon as many do as are too many; the server works on for some who have left.
func TestOverloadIsShown(t *testing.T) {
	l := Load{Arrivals: poisson(80), Demands: steps(wait(20 * ms)), Patience: 4 * time.Second}
	got := course(t, Config{Discipline: syncWorker, Workers: 1, Cores: 1}, l, 40*time.Second, 20, 40)
	for _, m := range got.Steps[:2] { // nobody has waited for so long
		if grown := 30 * m.End.Seconds(); math.Abs(m.Held.Estimate-grown) > m.Held.Half()+2 || m.GivenUp.Estimate > 0 {
			t.Errorf("after %v %.1f ± %.1f are held, want %g; %.1f/s gave up", m.End, m.Held.Estimate, m.Held.Half(), grown, m.GivenUp.Estimate)
		}
		if math.Abs(m.Answered.Estimate-50) > 1 {
			t.Errorf("until %v %.1f/s are answered, want 50", m.End, m.Answered.Estimate)
		}
	}
	end := got.Steps[19]
	if end.GivenUp.Estimate < 70 || end.Answered.Estimate > 10 {
		t.Errorf("at the end %.1f/s gave up and %.1f/s were answered: who is served has left long ago", end.GivenUp.Estimate, end.Answered.Estimate)
	}
	if !got.Calm(func(m Moment) stat.Interval { return m.Restarts }) || got.Calm(func(m Moment) stat.Interval { return m.GivenUp }) {
		t.Error("workers restarted, or nobody gave up")
	}
}

// A queue that was there at the beginning drains at what the server can do beyond its arrivals: 600 of 20 ms and 20/s
// more of them take 600/(50−20) = 20 s.
func TestABacklogDrains(t *testing.T) {
	l := Load{Arrivals: poisson(20), Demands: steps(wait(20 * ms)), Initial: 600}
	got := course(t, Config{Discipline: syncWorker, Workers: 1, Cores: 1}, l, 30*time.Second, 30, 40)
	for i, want := range map[int]float64{4: 450, 9: 300, 14: 150, 24: 0.6} {
		if m := got.Steps[i]; math.Abs(m.Held.Estimate-want) > m.Held.Half()+3 {
			t.Errorf("after %v %.1f ± %.1f are held, want %g", m.End, m.Held.Estimate, m.Held.Half(), want)
		}
	}
}

// Connections that find the backlog full are counted when they try, and workers when they are killed.
func TestRetriesAndRestartsAreShown(t *testing.T) {
	l := Load{Arrivals: poisson(20), Demands: steps(wait(5 * time.Second)), Patience: 10 * time.Second}
	got := course(t, Config{Discipline: syncWorker, Workers: 2, Cores: 1, Backlog: 8, Timeout: 2 * time.Second}, l, 20*time.Second, 4, 5)
	for _, m := range got.Steps {
		if m.Retried.Estimate < 10 || m.Restarts.Estimate < 2 || m.Answered.Estimate > 0 || m.Mean.Known() {
			t.Errorf("until %v %.1f/s try again, %.1f workers are killed and %.1f/s answered", m.End, m.Retried.Estimate, m.Restarts.Estimate, m.Answered.Estimate)
		}
		if m.Held.Estimate > 8+1+2 {
			t.Errorf("%.1f are held, where a backlog of 8 has room for 9 and two are served", m.Held.Estimate)
		}
	}
}

func TestACourseThatCannotBeIsRefused(t *testing.T) {
	good := Load{Arrivals: poisson(1), Demands: steps()}
	c := Config{Discipline: syncWorker, Workers: 1, Cores: 1}
	for name, w := range map[string]Watch{
		"no time":         {Steps: 1, Replications: 2},
		"no step":         {Horizon: 1, Replications: 2},
		"one replication": {Horizon: 1, Steps: 1, Replications: 1},
	} {
		if _, err := Transient(t.Context(), c, good, 1, w); err == nil {
			t.Errorf("%s: simulated", name)
		}
	}
	closed := Load{Clients: 3, Demands: steps(), Initial: 1}
	if _, err := Transient(t.Context(), c, closed, 1, Watch{Horizon: time.Second, Steps: 1, Replications: 2}); err == nil {
		t.Error("a closed loop begins with more than its clients")
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if _, err := Transient(ctx, c, good, 1, Watch{Horizon: time.Second, Steps: 1, Replications: 2}); err == nil || err.Error() != "enough" {
		t.Errorf("a cancelled course: %v", err)
	}
}
