package preloadmemory

import (
	"math"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	saves   = 0.9 // of the memory without preload at most
	quicker = 0.3 // of the time to serve again at most

	breakEven = (workers - 1.0) / workers // f*, where preload saves nothing
)

func verdict(j *judge.Judging) results.Verdict {
	with := func(f float64) trial.Trial { return written(f, true, trial.Any) }
	without := func(f float64) trial.Trial { return written(f, false, trial.Any) }
	memory := j.Compare(pss, j.Trials(func(t trial.Trial) bool { return t.Memory == trial.Settled })...)
	warn(j)
	none := memory.PrimaryRatio(with(0), without(0), saves)
	half, all := memory.Ratio(with(0.5), without(0.5)), memory.Ratio(with(1), without(1))
	late := func(value string) stat.Interval {
		on, off := replaced(true, trial.Any), replaced(false, trial.Any)
		return j.CompareValue(value, on, off).Ratio(on, off)
	}
	again, start := late("serving_seconds"), late("start_seconds")

	crossing := measuredBreakEven(j)
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
		"With preload, {workers} workers need %s of the memory while no page is written, %s once half are and %s once all are; a replacement serves after %s of the time.%s",
		stat.FormatInterval(none, "×"), stat.FormatInterval(half, "×"), stat.FormatInterval(all, "×"),
		stat.FormatInterval(again, "×"), lesson)
}

// pss is that of a run in which every worker served, and so wrote its share of the pages.
func pss(r *results.Record) (float64, bool) {
	bytes, ok := r.Value("pss")
	return bytes, ok && !idle(r)
}

// idle reports whether a worker served nothing.
func idle(r *results.Record) bool {
	least, ok := r.Value("idlest_share")
	return r.Cell["memory"] == trial.Settled.String() && ok && least == 0
}

// warn of the runs that do not count.
func warn(j *judge.Judging) {
	for _, r := range j.Table() {
		if idle(&r) {
			j.Warn("in a run of block %d a worker served nothing, and so wrote nothing: the run does not count", r.Repetition)
		}
	}
}

// measuredBreakEven is where the straight lines between the mean PSS with preload and without cross.
// It is not a number where they do not.
func measuredBreakEven(j *judge.Judging) float64 {
	last, lastF := math.NaN(), 0.0
	for _, f := range fractions {
		on, off := meanPSS(j, true, f), meanPSS(j, false, f)
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
func meanPSS(j *judge.Judging, preload bool, fraction float64) float64 {
	return stat.Average(j.Values("pss", written(fraction, preload, trial.Any)))
}
