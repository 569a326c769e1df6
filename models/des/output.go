package des

import (
	"math"

	"github.com/workerlab/workerlab/results/stat"
)

// MSER5 is how many of the first observations of a run to leave out: the truncation that leaves the
// smallest standard error of the mean of what remains, over batches of five (White, Simulation 69(6), 1997).
// A cut beyond half of the run means that it was too short to tell; ok is false then.
func MSER5(observations []float64) (cut int, ok bool) {
	const batch = 5
	var means []float64
	for i := 0; i+batch <= len(observations); i += batch {
		means = append(means, stat.Average(observations[i:i+batch]))
	}
	if len(means) < 4 {
		return 0, false
	}
	// From the end on, so that each truncation costs one step: n, sum and sum of squares of what remains.
	best, at := math.Inf(1), 0
	var n, sum, squares float64
	for i := len(means) - 1; i >= 0; i-- {
		n, sum, squares = n+1, sum+means[i], squares+means[i]*means[i]
		if n < 3 {
			continue // two batches may agree by accident
		}
		if e := (squares - sum*sum/n) / (n * n); e <= best {
			best, at = e, i
		}
	}
	return at * batch, at <= len(means)/2
}

// A Goal says when enough replications have been run.
type Goal struct {
	Confidence float64 // of the intervals, such as 0.95
	Relative   float64 // widest half width, as a share of the mean
	Least      int     // replications at least
	Most       int     // and at most
}

// Replications runs replications, numbered from 0, until every value that they return, always as many, is
// known as well as its goal wants; or until the most that any goal allows have been run, which is no error:
// the estimates say how well they are known. An error of a replication ends it.
func Replications(goals []Goal, run func(replication uint64) ([]float64, error)) ([]stat.Interval, error) {
	values := make([][]float64, len(goals))
	estimates := make([]stat.Interval, len(goals))
	for n := 0; ; n++ {
		if enough(goals, estimates, n) {
			return estimates, nil
		}
		got, err := run(uint64(n))
		if err != nil {
			return nil, err
		}
		for i := range goals {
			values[i] = append(values[i], got[i])
			estimates[i] = stat.Replicated(values[i], goals[i].Confidence)
		}
	}
}

func enough(goals []Goal, estimates []stat.Interval, n int) bool {
	least, most, known := 0, 0, true
	for i, g := range goals {
		least, most = max(least, g.Least), max(most, g.Most)
		known = known && estimates[i].Basis.Values > 1 && (estimates[i].Half() == 0 || estimates[i].Relative() <= g.Relative)
	}
	return n >= most || n >= least && known
}
