package acceptbalance

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	later     = 2.0  // R of gthread over R of sync at least
	margin    = 0.25 // of R with worker-connections 1 around R of sync
	unequal   = 0.3  // share of the busiest worker at least
	minStarts = 5    // that may refute: a worker's share differs from start to start
)

func verdict(j *judge.Judging) results.Verdict {
	// An overloaded worker's response time scatters far more than the others', so it is paired with
	// sync alone: in a common fit it would lend them its scatter, and they it their calm.
	ratio := j.Compare(judge.MeanResponse, of(forked), of(greedy)).PrimaryRatio(of(greedy), of(forked), later)
	calm := j.Compare(judge.MeanResponse, of(forked), of(forked).Again(), of(modest))
	calm.Twins(of(forked))
	limited := calm.Ratio(of(modest), of(forked))
	busiest := j.MeanOf(j.Of(of(greedy)), "busiest_share")

	j.Also("×", limited, "{greedy} with worker-connections {limit} over {forked}")
	j.Also("share", busiest, "busiest worker's share, %s", greedy)
	for _, s := range []spec.Server{forked, modest, shared, exclusive, hashed} {
		j.Also("share", j.Beside(j.Values("busiest_share", of(s))), "busiest worker's share, %s", s)
	}
	if queue, ok := judge.RandomQueue(j.Of(of(forked))); ok {
		j.Also("×", calm.Mean(of(forked)).Scaled(1/queue.Response()), "{forked}, measured over M/M/c")
	}
	outcome := j.All(
		judge.AtLeast(ratio, later, "{greedy} answers late"),
		judge.Within(limited, 1/(1+margin), 1+margin, "worker-connections {limit} mends it"),
		judge.AtLeast(busiest, unequal, "gthread's busiest worker takes more than its part"))
	if starts := len(j.Of(of(greedy)).Valid()); outcome == results.Refuted && starts < minStarts {
		outcome = results.Inconclusive
		j.Needs(minStarts - starts)
		j.Warn("only %d starts: a worker's share differs from start to start, and fewer than %d do not refute the claim", starts, minStarts)
	}
	return j.Conclude(outcome, "mean response, {greedy} over {forked}", "×", ratio,
		"{workers} gthread workers of one thread take %s the time of as many sync workers to answer; the busiest gets %s of the requests. With worker-connections {limit} it is %s.",
		stat.FormatInterval(ratio, "×"), stat.FormatInterval(busiest, "share"), stat.FormatInterval(limited, "×"))
}
