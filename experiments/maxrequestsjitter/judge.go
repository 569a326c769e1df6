package maxrequestsjitter

import (
	"maps"
	"slices"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	part     = 0.1   // of the median step: what does not reach it is a dip; one of four workers left reaches it
	dips     = 0.25  // s: that the dip lasts at least without jitter
	shorter  = 0.25  // s: by which jitter shortens it at least
	mostLost = 0.001 // of the requests, the whole interval below it
	some     = 1     // workers that must have ended without jitter, or there was no restart to see
	wave     = 3     // … with it, or its dip is short because few were replaced
)

func verdict(j *judge.Judging) results.Verdict {
	same, apart := dipsOf(j, jittered(0, trial.Any), some), dipsOf(j, jittered(limit, trial.Any), wave)
	step := stepOf(j.Table()) // of a dip; a difference of two may err by twice as much
	without := j.Known(stat.MeanOn(values(same), step, j.Confidence))
	with := j.Known(stat.MeanOn(values(apart), step, j.Confidence))
	gain := j.Known(stat.MeanOn(gains(same, apart), 2*step, j.Confidence))
	lost, all := count(j.Table())
	loss := j.Known(stat.Binomial(lost, all, j.Confidence))

	j.Also("seconds", without, "dip without jitter")
	j.Also("seconds", with, "dip with jitter")
	j.Also("share", loss, "requests lost")
	outcome := j.All(
		judge.AtLeast(without, dips, "without jitter all restart at once"),
		judge.AtLeast(gain, shorter, "jitter shortens the dip"),
		judge.AtMost(loss, mostLost, "nothing is lost"))
	return j.Conclude(outcome, "jitter shortens the dip by", "seconds", gain,
		"Throughput stays below {part} %% of its median for %s when all workers restart after the same number of requests, and for %s with jitter; %d of %d requests were lost.",
		stat.FormatInterval(without, "seconds"), stat.FormatInterval(with, "seconds"), lost, all)
}

// dipsOf is the dip of each block in seconds. A run in which fewer workers ended than least is warned of
// and left out. That never favours the claim: without jitter, workers of which only some end in the
// window restart apart, which speaks against it and counts; with jitter, few restarts have a short dip,
// which would speak for it and does not.
func dipsOf(j *judge.Judging, t trial.Trial, least float64) map[int]float64 {
	byBlock := make(map[int]float64)
	for _, r := range j.Of(t).Valid() {
		ended, told := r.Value("restarts")
		switch {
		case r.Timeline == nil:
			continue
		case !told || ended < least:
			j.Warn("in a run of block %d only %.0f workers ended: no wave, and nothing to see", r.Repetition, ended)
		default:
			byBlock[r.Repetition] = dip(r.Timeline)
		}
	}
	return byBlock
}

// dip is the longest time in seconds during which no step reaches that part of the median step.
func dip(t *results.Timeline) float64 {
	longest, run := 0, 0
	least := part * stat.Median(t.Answered)
	for _, n := range t.Answered {
		if run++; float64(n) >= least {
			run = 0
		}
		longest = max(longest, run)
	}
	return float64(longest) * t.Step
}

// stepOf is the longest step of the valid runs' timelines, in seconds: dips are multiples of it.
func stepOf(t results.Table) (longest float64) {
	for _, r := range t.Valid() {
		if r.Timeline != nil {
			longest = max(longest, r.Timeline.Step)
		}
	}
	return longest
}

// gains are the differences, block by block.
func gains(without, with map[int]float64) (seconds []float64) {
	for _, block := range slices.Sorted(maps.Keys(without)) {
		if short, ok := with[block]; ok {
			seconds = append(seconds, without[block]-short)
		}
	}
	return seconds
}

func values(byBlock map[int]float64) (all []float64) {
	for _, block := range slices.Sorted(maps.Keys(byBlock)) {
		all = append(all, byBlock[block])
	}
	return all
}

// count is of all requests of the valid runs: those that failed or were never sent are lost.
func count(t results.Table) (lost, all int) {
	for _, r := range t.Valid() {
		lost += int(r.Failed + r.Unsent)
		all += int(r.Completed + r.Failed + r.Unsent)
	}
	return lost, all
}

const (
	noJitter   = "all after {limit} requests"
	withJitter = "jitter: after {limit} to {most}"
)

func charts(j *judge.Judging) []chart.Chart {
	lasting := func(r *results.Record) (float64, bool) {
		if r.Timeline == nil {
			return 0, false
		}
		return dip(r.Timeline), true
	}
	without, with := jittered(0, trial.Any), jittered(limit, trial.Any)
	measured, categories := judge.Bars("measured", []string{noJitter, withJitter},
		[][]float64{j.Figures(lasting, without), j.Figures(lasting, with)}, judge.Per(1))
	step := stepOf(j.Table())
	return judge.Keep(
		chart.Chart{
			ID: "throughput-restarts", Title: "Throughput while {workers} workers are replaced for the first time",
			XLabel: "time (s)", YLabel: "answers (requests/s)", Caption: "The first run of each.",
			Series: []chart.Series{judge.Course(noJitter, first(j.Of(without)), step, 0), judge.Course(withJitter, first(j.Of(with)), step, 0)},
		},
		chart.Chart{
			ID: "dip-restarts", Title: "How long throughput stays below {part} % of its median",
			YLabel: "longest stretch (s)", Categories: categories, Series: []chart.Series{measured},
		})
}

// first is the first valid run that has a timeline.
func first(t results.Table) results.Table {
	t = t.Valid()
	for i := range t {
		if t[i].Timeline != nil {
			return t[i : i+1]
		}
	}
	return nil
}
