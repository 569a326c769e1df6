package slowclients

import (
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	untouched = 1.5 // times the median without slow clients, at most
	stalled   = 1.0 // second of median, at least
)

func verdict(j *judge.Judging) results.Verdict {
	fit := j.Compare(judge.OthersMedian, j.Trials(senders)...)
	forked, gevent := servers[0], servers[2]
	primary := fit.PrimaryMean(with(forked, trial.Senders(room)), stalled)
	var parts []judge.Part
	for _, s := range servers[:2] {
		below := fit.Ratio(with(s, trial.Senders(room-1)), with(s, trial.Senders(0)))
		at, beyond := fit.Mean(with(s, trial.Senders(room))), fit.Mean(with(s, trial.Senders(crowd)))
		parts = append(parts,
			judge.AtMost(below, untouched, "%s is untouched by %d", s.Class, room-1),
			judge.AtLeast(at, stalled, "%s stalls with %d", s.Class, room),
			judge.AtLeast(beyond, stalled, "%s stalls with %d", s.Class, crowd))
		j.Also("×", below, "%s: median with %d slow clients over that without", s.Class, room-1)
		j.Also("seconds", at, "%s: median with %d slow clients", s.Class, room)
	}
	loop := fit.Ratio(with(gevent, trial.Senders(crowd)), with(gevent, trial.Senders(0)))
	parts = append(parts, judge.AtMost(loop, untouched, "%s is untouched by %d", gevent.Class, crowd))
	j.Also("×", loop, "%s: median with %d slow clients over that without", gevent.Class, crowd)
	whenFull(j, readers, trial.Readers(room), "%s: median with %d slow readers")
	whenFull(j, posters, trial.Posters(room), "%s: median with %d slow posters")

	quick, one := fit.Mean(with(forked, trial.Senders(0))), fit.Mean(with(forked, trial.Senders(room-1)))
	return j.Conclude(j.All(parts...), "{forked}, {room} slow clients: median of the others", "seconds", primary,
		"{forked} answers the others in %s without slow clients, in %s with {fewer} and in %s with {room}. One gevent worker takes %s times as long with {crowd} as without.",
		stat.FormatInterval(quick, "seconds"), stat.FormatInterval(one, "seconds"),
		stat.FormatInterval(primary, "seconds"), stat.FormatInterval(loop, ""))
}

// whenFull tells the medians next to as many clients of another kind as there is room for, where they were tried.
func whenFull(j *judge.Judging, kind func(trial.Trial) bool, slow trial.Slow, name string) {
	tried := j.Trials(kind)
	if len(tried) == 0 {
		return
	}
	fit := j.Compare(judge.OthersMedian, tried...)
	for _, s := range servers {
		j.Also("seconds", fit.Mean(with(s, slow)), name, s.Class, room)
	}
}
