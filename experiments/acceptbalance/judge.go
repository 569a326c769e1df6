package acceptbalance

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/regress"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	later     = 2.0  // R of gthread over R of sync at least
	margin    = 0.25 // of R with worker-connections 1 around R of sync
	unequal   = 0.3  // share of the busiest worker at least
	minStarts = 5    // that may refute: a worker's share differs from start to start
)

// beside are the servers whose shares stand beside the verdict, as a reader knows them.
var beside = []struct {
	server spec.Server
	name   string
}{
	{forked, "sync 4×1"},
	{modest, "gthread 4×1, worker-connections 1"},
	{shared, "gevent 4×1, one listener"},
	{exclusive, "gevent 4×1, EPOLLEXCLUSIVE"},
	{hashed, "gevent 4×1, reuse-port"},
}

func verdict(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := judge.New(id, claim, mine)
	// An overloaded worker's response time scatters far more than the others', so it is paired with
	// sync alone: in a common fit it would lend them its scatter, and they it their calm.
	hasty := j.Fit(responses(mine.Where("twin", false), forked, greedy))
	ratio := hasty.Ratio(cell(greedy, false), cell(forked, false))
	hasty.Primary(cell(greedy, false), cell(forked, false), later)
	calm := j.Fit(responses(mine, forked, modest))
	if len(mine.Where("twin", true)) > 0 {
		calm.Control(cell(forked, false), cell(forked, true))
	}
	limited := calm.Ratio(cell(modest, false), cell(forked, false))
	busiest := j.MeanOf(of(mine, greedy), "busiest_share")

	j.Also("×", limited, "gthread 4×1 with worker-connections 1 over sync 4×1")
	j.Also("share", busiest, "busiest of 4 workers, %s", "gthread 4×1")
	for _, b := range beside {
		j.Also("share", j.Beside(of(mine, b.server).Valid().Values("busiest_share")), "busiest of 4 workers, %s", b.name)
	}
	if queue, ok := judge.RandomQueue(of(mine, forked)); ok {
		measured := calm.Mean(cell(forked, false))
		j.Also("×", over(measured, queue.Response()), "sync 4×1, measured over M/M/4")
	}
	outcome := j.All(
		judge.AtLeast(ratio, later, "gthread 4×1 answers late"),
		judge.Within(limited, 1/(1+margin), 1+margin, "worker-connections 1 mends it"),
		judge.AtLeast(busiest, unequal, "gthread's busiest worker takes more than its part"))
	if starts := len(of(mine, greedy).Valid()); outcome == results.Refuted && starts < minStarts {
		outcome = results.Inconclusive
		j.Needs(minStarts - starts)
		j.Warn("only %d starts: a worker's share differs from start to start, and fewer than %d do not refute the claim", starts, minStarts)
	}
	return j.Conclude(outcome, "mean response, gthread 4×1 over sync 4×1", "×", ratio,
		"Four gthread workers of one thread take %s the time of four sync workers to answer; the busiest gets %s of the requests. With worker-connections 1 it is %s.",
		stat.FormatInterval(ratio, "×"), stat.FormatInterval(busiest, "share"), stat.FormatInterval(limited, "×"))
}

// responses are the mean response times of the runs of some servers.
func responses(t results.Table, servers ...spec.Server) []regress.Sample {
	var cells []results.Cell
	for _, s := range servers {
		cells = append(cells, where(s))
	}
	return judge.Derived(judge.Either(t, cells...), judge.MeanResponse, axes...)
}

// axes tell the cells apart whose response times are compared.
var axes = []string{"class", "workers", "threads", "worker_connections", "reuse_port", "twin"}

func cell(s spec.Server, twin bool) string {
	c := where(s)
	delete(c, "exclusive")
	c["twin"] = twin
	return c.String()
}

func where(s spec.Server) results.Cell {
	return results.Cell{
		"class": s.Class, "workers": s.Workers, "threads": max(1, s.Threads),
		"worker_connections": s.Connections, "exclusive": s.Exclusive, "reuse_port": s.ReusePort,
	}
}

// of are the runs of a server, its twin's aside.
func of(t results.Table, s spec.Server) results.Table {
	return t.Match(where(s)).Where("twin", false)
}

func over(i stat.Interval, theory float64) stat.Interval {
	i.Estimate, i.Low, i.High = i.Estimate/theory, i.Low/theory, i.High/theory
	return i
}
