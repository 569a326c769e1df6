package preloadmemory

import (
	"math"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	saves   = 0.9 // of the memory without preload at most
	quicker = 0.3 // of the time to serve again at most

	breakEven = (workers - 1.0) / workers // f*, where preload saves nothing
)

func verdict(t results.Table) results.Verdict {
	mine := own(t)
	j := judge.New(id, claim, mine)
	memory := j.Fit(judge.Derived(idleLeft(j, mine), pss, "preload", "do"))
	ratio := func(f float64) stat.Interval { return memory.Ratio(cell(true, f), cell(false, f)) }
	none, half, all := ratio(0), ratio(0.5), ratio(1)
	memory.Primary(cell(true, 0), cell(false, 0), saves)

	late := mine.Match(times())
	again := j.Fit(judge.Samples(late, "serving_seconds", "preload")).Ratio(with(true), with(false))
	start := j.Fit(judge.Samples(late, "start_seconds", "preload")).Ratio(with(true), with(false))

	crossing := measuredBreakEven(mine)
	j.Also("×", half, "PSS with preload over without, half of the pages written")
	j.Also("×", all, "PSS with preload over without, all pages written")
	j.Also("share", stat.Interval{Estimate: crossing}, "pages written at which preload breaks even")
	j.Also("×", again, "time until a replacement serves, with preload over without")
	j.Also("×", start, "time to start, with preload over without")

	alone := j.All(
		judge.AtMost(none, saves, "memory saved where no page is written"),
		judge.AtMost(half, saves, "memory saved where half of the pages are written"),
		judge.AtMost(again, quicker, "a replacement serves sooner"))
	rewritten := j.All(judge.AtMost(all, saves, "memory saved where all pages are written"))
	outcome, lesson := results.Strata(alone, rewritten), text.Message{}
	if outcome == results.Depends && !math.IsNaN(crossing) {
		lesson = text.Of(" It breaks even where %s of the pages are written; theory says %s.",
			stat.Format(crossing, "share"), stat.Format(breakEven, "share"))
	}
	return j.Conclude(outcome, "PSS with preload over without, no page written", "×", none,
		"With preload, four workers need %s of the memory while no page is written, %s once half are and %s once all are; a replacement serves after %s of the time.%s",
		stat.FormatInterval(none, "×"), stat.FormatInterval(half, "×"), stat.FormatInterval(all, "×"),
		stat.FormatInterval(again, "×"), lesson)
}

// idleLeft are the memory runs in which every worker served, and so wrote its share of the pages.
func idleLeft(j *judge.Judging, t results.Table) results.Table {
	var kept results.Table
	for _, r := range t.Where("memory", "settled") {
		if least, ok := r.Value("idlest_share"); ok && least == 0 {
			j.Warn("in a run of block %d a worker served nothing, and so wrote nothing: the run does not count", r.Repetition)
			continue
		}
		kept = append(kept, r)
	}
	return kept
}

func pss(r *results.Record) (float64, bool) { return r.Value("pss") }

func cell(preload bool, fraction float64) string {
	return results.Cell{"preload": preload, "do": do(fraction)}.String()
}

func with(preload bool) string { return results.Cell{"preload": preload}.String() }

// measuredBreakEven is where the straight lines between the mean PSS with preload and without cross.
// It is not a number where they do not.
func measuredBreakEven(t results.Table) float64 {
	last, lastF := math.NaN(), 0.0
	for _, f := range fractions {
		on, off := meanPSS(t, true, f), meanPSS(t, false, f)
		gain := off - on
		if math.IsNaN(gain) {
			continue
		}
		if last > 0 && gain <= 0 {
			return lastF + (f-lastF)*last/(last-gain)
		}
		last, lastF = gain, f
	}
	return math.NaN()
}

// meanPSS is the mean over runs, in bytes; not a number without any.
func meanPSS(t results.Table, preload bool, fraction float64) float64 {
	sum, n := 0.0, 0.0
	for _, v := range t.Match(memoryOf(fraction)).Where("preload", preload).Valid().Values("pss") {
		sum, n = sum+v, n+1
	}
	return sum / n
}
