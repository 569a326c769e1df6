package workerisolation

import (
	"fmt"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

const (
	mostLost = 0.01 // of the other workers' requests, the whole interval below it
	soon     = 1.0  // second until the slot answers again
)

func judge(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := experiments.Judge(id, claim, mine)
	tally := count(mine.Where("workers", 4))
	one := count(mine.Where("workers", 1))

	others := j.Known(analysis.Binomial(tally.elsewhere, tally.bystanders, experiments.Confidence))
	back := j.MeanOf(mine.Where("workers", 4), "answer_seconds")
	j.Also("until the slot has a process again", "seconds", j.MeanOf(mine.Where("workers", 4), "respawn_seconds"))
	j.Also("until that process answers", "seconds", back)
	j.Also("slow answers in the second before the kill", "share", j.MeanOf(mine.Where("workers", 4), "late_before"))
	j.Also("slow answers in the second after it", "share", j.MeanOf(mine.Where("workers", 4), "late_after"))
	if one.kills > 0 {
		j.Also("requests lost per kill, 1×4 threads", "", results.Interval{Estimate: float64(one.lost) / float64(one.kills)})
	}
	if tally.kills > 0 {
		j.Also("requests lost per kill, 4 workers", "", results.Interval{Estimate: float64(tally.lost) / float64(tally.kills)})
	}
	return j.Conclude(tally.outcome(others), "requests of the other workers lost", "share", others,
		"%d kills of one worker in 4 lost %d requests (the victims held %d) and %d of %d others; %d of %d slots answered again within %g s. With one worker of 4 threads %d kills lost %d.",
		tally.kills, tally.lost, tally.inHand, tally.elsewhere, tally.bystanders, tally.back, tally.kills, soon, one.kills, one.lost)
}

// A tally adds kills up.
type tally struct {
	kills      int
	lost       int // requests under way at the kill that failed
	inHand     int // requests that the victims held
	greedy     int // kills that lost more than the victim's requests and connections
	bystanders int // requests that no victim can have held
	elsewhere  int // of them, those that failed
	back       int // slots that answered in time
}

func count(t results.Table) (sum tally) {
	value := func(r *results.Record, name string) int {
		v, _ := r.Value(name)
		return int(v)
	}
	valid := t.Valid()
	for i := range valid {
		r := &valid[i]
		lost, held := value(r, "lost"), value(r, "victim_in_flight")
		sum.kills++
		sum.lost += lost
		sum.inHand += held
		sum.bystanders += value(r, "bystanders")
		sum.elsewhere += value(r, "lost_elsewhere") + int(r.Unsent)
		if lost > max(held, value(r, "victim_connections")) {
			sum.greedy++
		}
		if answered, ok := r.Value("answer_seconds"); ok && answered <= soon {
			sum.back++
		}
	}
	return sum
}

// outcome: one kill that costs more than it may is a counterexample, and enough.
func (t tally) outcome(others results.Interval) results.Outcome {
	switch {
	case t.kills == 0:
		return results.Inconclusive
	case t.greedy > 0 || t.back < t.kills:
		return results.Refuted
	}
	return analysis.AtMost(others, mostLost)
}

func charts(t results.Table) []analysis.Chart {
	mine := t.Match(own())
	var names []string
	var lost [][]float64
	for _, s := range []experiments.Server{sync, gthread, gevent, alone} {
		names = append(names, fmt.Sprintf("%s %d×%d", s.Class, s.Workers, max(1, s.Threads)))
		lost = append(lost, mine.Match(results.Cell{"class": s.Class, "workers": s.Workers}).Valid().Values("lost"))
	}
	chart, some := experiments.Bars("lost-by-kill", "Requests lost when one worker is killed", "requests lost", names, lost, experiments.Per(1))
	if !some {
		return nil
	}
	return []analysis.Chart{chart}
}
