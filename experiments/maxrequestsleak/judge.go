package maxrequestsleak

import (
	"slices"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	slack   = 1.5 // of W·r·l at most, with the limit
	grows   = 2.0 // what is leaked without the limit over W·r·l, at least
	bounded = workers * limit * leak
)

// of is the trial of a load under a limit of requests a worker; 0: none.
func of(do string, most int) trial.Trial { return under(do, most, 0, trial.Any) }

func verdict(j *judge.Judging) results.Verdict {
	peak := j.PrimaryAdded(highest, j.Of(of(leaking, limit)), base(j, limit), slack*bounded)
	free := j.Added(highest, j.Of(of(leaking, 0)), base(j, 0))
	capped, grown := peak.Scaled(1.0/bounded), free.Scaled(1.0/bounded)

	j.Also("bytes", j.MeanOf(base(j, 0), "peak_pss"), "highest PSS without a leak")
	j.Also("bytes", peak, "leaked at most, replaced after {limit} requests")
	j.Also("bytes", free, "leaked in the window, never replaced")
	j.Also("×", grown, "leaked, never replaced, over workers × requests × leak")
	j.Also("", j.Beside(j.Values("restarts", of(leaking, limit), of(tight, limit))), "workers replaced in a run")
	outcome := j.All(
		judge.AtMost(capped, slack, "the limit bounds what is leaked"),
		judge.AtLeast(grown, grows, "without a limit it grows"))
	return j.Conclude(outcome, "leaked at most, over workers × requests × leak", "×", capped,
		"With workers replaced after {limit} requests, %s were leaked at most, %s of the bound; without a limit %s of the bound, and growing.",
		stat.FormatInterval(peak, "bytes"), stat.FormatInterval(capped, "×"), stat.FormatInterval(grown, "×"))
}

// base are the runs without a leak whose workers were replaced alike. Where there are none, those whose workers
// were not replaced stand for them.
func base(j *judge.Judging, most int) results.Table {
	if alike := j.Of(of(tight, most)); len(alike) > 0 {
		return alike
	}
	return j.Of(of(tight, 0))
}

// highest is the highest of the readings under load and the one after it.
func highest(r *results.Record) (bytes float64, ok bool) {
	peak, ok := r.Value("peak_pss")
	last, _ := r.Value("pss")
	return max(peak, last), ok
}

func charts(j *judge.Judging) []chart.Chart {
	var names []string
	var peaks [][]float64
	var at, limits []float64 // the places of leaking workers that are replaced, and after how many requests
	most := 0.0              // M₀ + W·m: the most that was measured without a leak, in MiB
	for _, s := range []struct {
		name string
		of   trial.Trial
	}{
		{"no leak", of(tight, 0)},
		{"no leak, replaced after {limit}", of(tight, limit)},
		{"replaced after {less}", of(leaking, limit/2)},
		{"replaced after {limit}", of(leaking, limit)},
		{"replaced after {more}", of(leaking, 2*limit)},
		{"never replaced", of(leaking, 0)},
	} {
		runs := j.Figures(highest, s.of)
		switch {
		case len(runs) == 0:
			continue
		case s.of.Load.Do == tight:
			most = max(most, stat.Average(runs)/(1<<20))
		case s.of.Server.MaxRequests > 0:
			at, limits = append(at, float64(len(names))), append(limits, float64(s.of.Server.MaxRequests))
		}
		names, peaks = append(names, s.name), append(peaks, runs)
	}
	measured, categories := judge.Bars("measured", names, peaks, judge.Per(1<<20))
	figure := chart.Chart{
		ID: "memory-leak", Title: "Highest memory of {workers} workers that leak {leak} KiB a request",
		YLabel: "highest proportional memory, PSS (MiB)", Categories: categories, Series: []chart.Series{measured},
	}
	if most > 0 {
		figure.Series = append(figure.Series, judge.Theory("bound, M₀ + W·(m + r·l)", measured.Name, at, func(x float64) float64 {
			return most + workers*limits[slices.Index(at, x)]*leak/(1<<20)
		}))
	}
	return judge.Keep(figure)
}
