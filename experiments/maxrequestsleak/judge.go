package maxrequestsleak

import (
	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

const (
	slack   = 1.25 // of W·r·l at most, with the limit
	grows   = 2.0  // what is leaked without the limit over what is with it, at least
	bounded = workers * limit * leak
)

func judge(t results.Table) results.Verdict {
	mine := own(t)
	j := experiments.Judge(id, claim, mine)
	fit := j.Fit(leaked(mine))
	peak, without := fit.Mean(cell(limit)), fit.Ratio(cell(0), cell(limit))
	of := scaled(peak, 1.0/bounded)
	fit.PrimaryMean(cell(limit), slack*bounded)

	base := j.MeanOf(mine.Match(with(tight)), "peak_pss")
	j.Also("bytes", base, "highest PSS without a leak")
	j.Also("bytes", peak, "leaked at most, replaced after 50 requests")
	j.Also("bytes", fit.Mean(cell(0)), "leaked in the window, never replaced")
	j.Also("×", without, "leaked, never replaced over replaced")
	j.Also("", j.Beside(mine.Where("max_requests", limit).Valid().Values("restarts")), "workers replaced in a run")
	outcome := j.All(
		experiments.AtMost(of, slack, "the limit bounds what is leaked"),
		experiments.AtLeast(without, grows, "without a limit it grows"))
	return j.Conclude(outcome, "leaked at most, over workers × requests × leak", "×", of,
		"With workers replaced after 50 requests, %s were leaked at most, %s of the bound; without a limit %s of that, and growing.",
		analysis.FormatInterval(peak, "bytes"), analysis.FormatInterval(of, "×"), analysis.FormatInterval(without, "×"))
}

// leaked is the highest PSS of each run over that of the same block's run without a leak.
func leaked(t results.Table) []analysis.Sample {
	base := experiments.ByBlock(t.Match(with(tight)), "peak_pss")
	return experiments.Derived(t.Match(with(leaking)), func(r *results.Record) (float64, bool) {
		peak, ok := highest(r)
		tight, paired := base[r.Repetition]
		return max(leak, peak-tight), ok && paired // one request's at least: the fit takes logarithms
	}, "max_requests")
}

// highest is the highest of the readings under load and the one after it.
func highest(r *results.Record) (bytes float64, ok bool) {
	peak, ok := r.Value("peak_pss")
	last, _ := r.Value("pss")
	return max(peak, last), ok
}

func cell(limit int) string { return results.Cell{"max_requests": limit}.String() }

func scaled(i results.Interval, by float64) results.Interval {
	i.Estimate, i.Low, i.High = i.Estimate*by, i.Low*by, i.High*by
	return i
}

func charts(t results.Table) []analysis.Chart {
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
	add("no leak", mine.Match(with(tight)))
	leaky := mine.Match(with(leaking))
	add("replaced after 25", leaky.Where("max_requests", limit/2))
	add("replaced after 50", leaky.Where("max_requests", limit))
	add("replaced after 100", leaky.Where("max_requests", 2*limit))
	add("never replaced", leaky.Where("max_requests", 0))
	measured, categories := experiments.Bars("measured", names, peaks, experiments.Per(1<<20))
	chart := analysis.Chart{
		ID: "memory-leak", Title: "Highest memory of four workers that leak 64 KiB a request",
		YLabel: "highest proportional memory, PSS (MiB)", Categories: categories, Series: []analysis.Series{measured},
	}
	chart.Series = append(chart.Series, bounds(measured, categories))
	return experiments.Keep(chart)
}

// limits are the categories that have a bound, and the requests after which a worker is replaced.
var limits = map[string]float64{"replaced after 25": limit / 2, "replaced after 50": limit, "replaced after 100": 2 * limit}

// bounds is M₀ + W·(m + r·l) at each limit, M₀ + W·m being what was measured without a leak. It is
// empty without that.
func bounds(measured analysis.Series, categories []string) analysis.Series {
	if len(categories) == 0 || categories[0] != "no leak" {
		return analysis.Series{}
	}
	var at []float64
	for i, name := range categories {
		if limits[name] > 0 {
			at = append(at, float64(i))
		}
	}
	return experiments.Theory("bound, M₀ + W·(m + r·l)", measured.Name, at, func(i float64) float64 {
		return measured.Y[0].Estimate + workers*limits[categories[int(i)]]*leak/(1<<20)
	})
}
