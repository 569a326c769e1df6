package slowclientsproxy

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	untouched = 2.0 // times the median without slow clients, at most
	stalled   = 1.0 // second of median, at least
)

func verdict(j *judge.Judging) results.Verdict {
	fit := j.Compare(judge.OthersMedian, j.Trials(func(t trial.Trial) bool { return t.Slow.Read == 0 && t.Slow.Post == 0 })...)
	var parts []judge.Part
	var lessons []text.Message
	for _, f := range fronts {
		if !f.tried(j) {
			lack := j.Known(stat.Interval{}, text.Errorf("%s by itself and behind nginx: not both were tried", f.alone))
			parts = append(parts, judge.AtMost(lack, untouched, behindIs, f.alone))
			continue
		}
		behind, alone := fit.Ratio(slowed(f.behind), quick(f.behind)), fit.Mean(slowed(f.alone))
		parts = append(parts,
			judge.AtMost(behind, untouched, behindIs, f.alone),
			judge.AtLeast(alone, stalled, "%s by itself stalls", f.alone))
		lessons = append(lessons, text.Of("%s takes %s by itself and %s behind nginx, %s times what it takes there without slow clients",
			f.alone, stat.FormatInterval(alone, "seconds"), stat.FormatInterval(fit.Mean(slowed(f.behind)), "seconds"), stat.FormatInterval(behind, "")))
		if f != first {
			j.Also("×", behind, "%s behind nginx: median with %d slow clients over that without", f.alone, room)
		}
		j.Also("seconds", alone, "%s by itself: median with %d slow clients", f.alone, room)
		j.Also("×", fit.Ratio(quick(f.behind), quick(f.alone)), "%s: median behind nginx over that by itself, without slow clients", f.alone)
	}
	whenFull(j, trial.Readers(room), "%s: median with %d slow readers")
	whenFull(j, trial.Posters(room), "%s: median with %d slow posters")
	effect := stat.Unknown()
	if first.tried(j) {
		effect = fit.PrimaryRatio(slowed(first.behind), quick(first.behind), untouched)
	}
	return j.Conclude(j.All(parts...), "workerlab behind nginx: median with {room} slow clients over that without", "×", effect,
		"To answer the others next to {room} slow clients %s.", text.Join("; ", lessons...))
}

// slowed and quick are a system's trials with slow clients of the claim, and with none.
func slowed(system string) trial.Trial { return on(system, trial.Senders(room), trial.Any) }
func quick(system string) trial.Trial  { return on(system, trial.Slow{}, trial.Any) }

const behindIs = "%s behind nginx is untouched"

// first is the front of the primary contrast: of those that can be there, the one that needs least.
var first = fronts[0]

// tried reports whether the server ran both by itself and behind nginx.
func (f front) tried(j *judge.Judging) bool {
	return len(j.Table().System(f.alone)) > 0 && len(j.Table().System(f.behind)) > 0
}

// whenFull tells the medians next to slow clients of another kind, by system, where they were tried.
func whenFull(j *judge.Judging, slow trial.Slow, name string) {
	fit := j.Compare(judge.OthersMedian, j.Trials(func(t trial.Trial) bool { return t.Slow.Read == slow.Read && t.Slow.Post == slow.Post })...)
	for _, system := range systems() {
		if t := on(system, slow, trial.Any); len(j.Of(t)) > 0 {
			j.Also("seconds", fit.Mean(t), name, system, room)
		}
	}
}
