package maxrequestsleak

import (
	"strings"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	slack   = 1.5 // of W·r·l at most, with the limit
	grows   = 2.0 // what is leaked without the limit over W·r·l, at least
	bounded = workers * limit * leak

	tightName = "no leak"
)

func verdict(t results.Table) results.Verdict {
	mine := own(t)
	j := judge.New(id, claim, mine)
	peak := j.PrimaryAdded(highest, leaky(mine, limit), base(mine, limit), slack*bounded)
	free := j.Added(highest, leaky(mine, 0), base(mine, 0))
	of, grown := peak.Scaled(1.0/bounded), free.Scaled(1.0/bounded)

	j.Also("bytes", j.MeanOf(base(mine, 0), "peak_pss"), "highest PSS without a leak")
	j.Also("bytes", peak, "leaked at most, replaced after 50 requests")
	j.Also("bytes", free, "leaked in the window, never replaced")
	j.Also("×", grown, "leaked, never replaced, over workers × requests × leak")
	j.Also("", j.Beside(mine.Where("max_requests", limit).Valid().Values("restarts")), "workers replaced in a run")
	outcome := j.All(
		judge.AtMost(of, slack, "the limit bounds what is leaked"),
		judge.AtLeast(grown, grows, "without a limit it grows"))
	return j.Conclude(outcome, "leaked at most, over workers × requests × leak", "×", of,
		"With workers replaced after 50 requests, %s were leaked at most, %s of the bound; without a limit %s of the bound, and growing.",
		stat.FormatInterval(peak, "bytes"), stat.FormatInterval(of, "×"), stat.FormatInterval(grown, "×"))
}

func leaky(t results.Table, most int) results.Table {
	return t.Match(with(leaking)).Where("max_requests", most)
}

// base are the runs without a leak whose workers were replaced alike. Where there are none, those whose workers
// were not replaced stand for them.
func base(t results.Table, most int) results.Table {
	t = t.Match(with(tight))
	if alike := t.Where("max_requests", most); len(alike) > 0 {
		return alike
	}
	return t.Where("max_requests", 0)
}

// highest is the highest of the readings under load and the one after it.
func highest(r *results.Record) (bytes float64, ok bool) {
	peak, ok := r.Value("peak_pss")
	last, _ := r.Value("pss")
	return max(peak, last), ok
}

func charts(t results.Table) []chart.Chart {
	mine := own(t)
	var names []string
	var peaks [][]float64
	add := func(name string, runs results.Table) {
		var bytes []float64
		runs = runs.Valid()
		for i := range runs {
			if peak, ok := highest(&runs[i]); ok {
				bytes = append(bytes, peak)
			}
		}
		names, peaks = append(names, name), append(peaks, bytes)
	}
	add(tightName, base(mine, 0))
	add(tightName+", replaced after 50", mine.Match(with(tight)).Where("max_requests", limit))
	add("replaced after 25", leaky(mine, limit/2))
	add("replaced after 50", leaky(mine, limit))
	add("replaced after 100", leaky(mine, 2*limit))
	add("never replaced", leaky(mine, 0))
	measured, categories := judge.Bars("measured", names, peaks, judge.Per(1<<20))
	figure := chart.Chart{
		ID: "memory-leak", Title: "Highest memory of four workers that leak 64 KiB a request",
		YLabel: "highest proportional memory, PSS (MiB)", Categories: categories, Series: []chart.Series{measured},
	}
	figure.Series = append(figure.Series, bounds(measured, categories))
	return judge.Keep(figure)
}

// limits are the categories that have a bound, and the requests after which a worker is replaced.
var limits = map[string]float64{"replaced after 25": limit / 2, "replaced after 50": limit, "replaced after 100": 2 * limit}

// bounds is M₀ + W·(m + r·l) at each limit, M₀ + W·m being the most that was measured without a leak.
// It is empty without that.
func bounds(measured chart.Series, categories []string) chart.Series {
	var base float64
	for i, name := range categories {
		if strings.HasPrefix(name, tightName) {
			base = max(base, measured.Y[i].Estimate)
		}
	}
	if base == 0 {
		return chart.Series{}
	}
	var at []float64
	for i, name := range categories {
		if limits[name] > 0 {
			at = append(at, float64(i))
		}
	}
	return judge.Theory("bound, M₀ + W·(m + r·l)", measured.Name, at, func(i float64) float64 {
		return base + workers*limits[categories[int(i)]]*leak/(1<<20)
	})
}
