package exact

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results/stat"
)

// The whole suite takes minutes (workerlab accuracy --exact). This one has 0.5 % of its requests, and intervals that are
// wider for it.
func TestQueuesHaveTheirAnswers(t *testing.T) {
	rows, err := Run(t.Context(), 0.005, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		t.Logf("%-26s %.4f ms, simulated %+.2f %% ± %.2f, p %.2f, predicted %+.4f %%: %s", r.Name, 1e3*r.Known.Estimate, 100*r.Bias(), 100*r.Simulated.Relative(), r.P, 100*r.Predicted(), r.Prediction.Form)
		if r.P < level || r.Simulated.Relative() > 0.1 {
			t.Errorf("%s: simulated %.4f ± %.4f s, exact %.4f, p = %.4f", r.Name, r.Simulated.Estimate, r.Simulated.Half(), r.Known.Estimate, r.P)
		}
		if !r.Told() || r.Response > 0 && (r.Prediction.Declined != "" || r.Prediction.Off > 0) {
			t.Errorf("%s: predicted %+v, exact %.6f", r.Name, r.Prediction, r.Known.Estimate)
		}
	}
}

// One of them with enough requests to be known to 1 %.
func TestOneQueueIsKnownWell(t *testing.T) {
	q := queue(t, "M/D/1")
	r, p, err := q.run(t.Context(), 0.2)
	if err != nil || !r.Simulated.Holds(q.Response) || r.Simulated.Relative() > 0.01 || p < level {
		t.Errorf("%s: %v ± %v, want %v; p = %g, %v", q.Name, r.Simulated.Estimate, r.Simulated.Half(), q.Response, p, err)
	}
}

func queue(t *testing.T, name string) Queue {
	t.Helper()
	for _, q := range Queues() {
		if q.Name == name {
			return q
		}
	}
	t.Fatalf("no queue %s", name)
	return Queue{}
}

// Ten for which a formula is known, at least; each has its source, and a scenario of its own.
func TestQueuesAreADozen(t *testing.T) {
	seen, exact := make(map[string]bool), 0
	for _, q := range Queues() {
		if q.Source == "" || seen[q.Scenario] || seen[q.Name] || (q.Response > 0) == (q.Servers > 0) {
			t.Errorf("%+v", q)
		}
		seen[q.Scenario], seen[q.Name] = true, true
		if q.Response > 0 {
			exact++
		}
	}
	if exact < 12 {
		t.Errorf("%d have exact answers, want a dozen", exact)
	}
}

// A row is judged by what is asked: a bias that chance explains is none, one that it does not is.
func TestRowsAreJudged(t *testing.T) {
	row := func(mean, half float64) Row {
		known := stat.Interval{Estimate: 0.1, Low: 0.1, High: 0.1}
		r := Row{Known: known, Simulated: stat.Interval{Estimate: mean, Low: mean - half, High: mean + half, Basis: stat.Basis{Freedom: 39}}}
		var err error
		if r.P, err = r.chance(); err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, c := range []struct {
		row Row
		met bool
		p   float64
	}{
		{row(0.1001, 0.0003), true, 0.373},  // t = 0.9 of 39 degrees of freedom
		{row(0.1004, 0.0003), false, 0.001}, // beyond the interval
		{row(0.1001, 0.0010), false, 0.789}, // known to 1 % only
	} {
		if got := c.row; got.Met() != c.met || math.Abs(got.P-c.p) > 0.002 {
			t.Errorf("%+v: met %v, p = %.4f; want %v and %g", got.Simulated, got.Met(), got.P, c.met, c.p)
		}
	}
	r := row(0.1, 0.0001)
	r.Prediction.Response, r.Prediction.Off = 0.104, 0.03
	if r.Told() {
		t.Error("a prediction may be off by more than it says")
	}
	r.Prediction.Off = 0.05
	if !r.Told() {
		t.Error("a prediction may not be off by what it says")
	}
}

func TestTheSuiteIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	if _, err := Run(ctx, 1, nil); err == nil || err.Error() != "enough" {
		t.Errorf("cancelled: %v", err)
	}
}

// Rows are told in a line each and in JSON, declined predictions too.
func TestRowsAreTold(t *testing.T) {
	known := stat.Interval{Estimate: 0.1, Low: 0.1, High: 0.1}
	rows := []Row{{Queue: Queue{Name: "a", Response: 0.1}, Known: known, Simulated: known, P: 1}, {Queue: Queue{Name: "b"}, Known: known, Simulated: known, P: 1}}
	rows[0].Prediction.Response, rows[0].Prediction.Off = 0.102, 0.03
	rows[1].Prediction.Response, rows[1].Prediction.Declined = math.NaN(), "why"
	var out strings.Builder
	if err := Write(&out, rows); err != nil || !strings.Contains(out.String(), "+2.00 % (≤ 3.0)") || !strings.Contains(out.String(), "≈100 ms") || !strings.Contains(out.String(), "declined") {
		t.Errorf("%v\n%s", err, &out)
	}
	if data, err := json.Marshal(JSON(rows)); err != nil || !strings.Contains(string(data), `"predicted":null`) {
		t.Errorf("%v: %s", err, data)
	}
	if n := Off(rows); n != 0 {
		t.Errorf("%d are off", n)
	}
}
