package judge

import (
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// Requests that are never answered count as the slowest of all.
func TestMedianOfOthersCountsWhatIsMissing(t *testing.T) {
	const quick = 11 * time.Millisecond
	for _, c := range []struct {
		answered int64
		want     float64
	}{{100, 0.011}, {60, 0.011}, {49, trial.GivenUp}, {0, trial.GivenUp}} {
		r := results.Record{Planned: 100, Response: results.NewHistogram()}
		if err := r.Response.RecordValues(quick.Microseconds(), c.answered); err != nil {
			t.Fatal(err)
		}
		if m, ok := OthersMedian(&r); !ok || m < 0.99*c.want || m > 1.01*c.want {
			t.Errorf("%d of 100 answered: %v, %v; want %v", c.answered, m, ok, c.want)
		}
	}
	if _, ok := OthersMedian(&results.Record{}); ok {
		t.Error("a median of nothing")
	}
}
