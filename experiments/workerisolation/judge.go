package workerisolation

import (
	"fmt"
	"math"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
	"github.com/workerlab/workerlab/results/text"
)

const (
	mostLost = 0.01 // of the other workers' requests, the whole interval below it
	soon     = 1.0  // second until the slot answers again
)

func judge(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := experiments.Judge(id, claim, mine)
	many := mine.Where("workers", 4)
	all, alone := count(many), count(mine.Where("workers", 1))

	others := j.Known(analysis.Binomial(all.elsewhere, all.bystanders, j.Confidence))
	back := j.MeanOf(many, "serving_seconds")
	for _, s := range servers {
		class := count(mine.Match(results.Cell{"class": s.Class, "workers": s.Workers}))
		j.Also("", class.perKill(), "requests lost per kill, %s", label(s))
	}
	j.Also("seconds", j.MeanOf(many, "respawn_seconds"), "until the slot has a process again")
	j.Also("seconds", back, "until that process serves")
	j.Also("share", j.MeanOf(many, "late_before"), "slow answers in the second before the kill")
	j.Also("share", j.MeanOf(many, "late_after"), "slow answers in the second after it")
	return j.Conclude(all.outcome(others), "requests of the other workers lost", "share", others,
		"%d kills of one worker in 4 lost %d requests, where the victims had %d in flight and %d connections accepted, and %d of %d others; %d of %d slots were served again within %g s.%s",
		all.kills, all.lost, all.inFlight, all.connections, all.elsewhere, all.bystanders, all.back, all.kills, soon, alone.sentence())
}

// A tally adds kills up.
type tally struct {
	kills       int
	lost        int // requests under way at the kill that failed
	inFlight    int // requests that the victims were serving
	connections int // that the victims had accepted, those being served among them
	greedy      int // kills that lost more than the victim had in its hands
	bystanders  int // requests that no victim can have held
	elsewhere   int // of them, those that failed
	back        int // slots that were served again in time
}

func count(t results.Table) (sum tally) {
	value := func(r *results.Record, name string) int {
		v, _ := r.Value(name)
		return int(math.Round(v))
	}
	valid := t.Valid()
	for i := range valid {
		r := &valid[i]
		lost, serving, accepted := value(r, "lost"), value(r, "victim_in_flight"), value(r, "victim_connections")
		sum.kills++
		sum.lost += lost
		sum.inFlight += serving
		sum.connections += accepted
		sum.bystanders += value(r, "bystanders")
		sum.elsewhere += value(r, "lost_elsewhere") + int(r.Unsent)
		if lost > max(serving, accepted) {
			sum.greedy++
		}
		if again, ok := r.Value("serving_seconds"); ok && again <= soon {
			sum.back++
		}
	}
	return sum
}

func (t tally) perKill() results.Interval {
	return results.Interval{Estimate: float64(t.lost) / float64(t.kills)} // not a number, so not told, of none
}

func (t tally) sentence() text.Message {
	if t.kills == 0 {
		return text.Message{}
	}
	return text.Of(" With one worker of 4 threads %d kills lost %d.", t.kills, t.lost)
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

func label(s experiments.Server) string {
	return fmt.Sprintf("%s %d×%d", s.Class, s.Workers, max(1, s.Threads))
}

func charts(t results.Table) []analysis.Chart {
	mine := t.Match(own())
	var names []string
	var lost [][]float64
	for _, s := range servers {
		names = append(names, label(s))
		lost = append(lost, mine.Match(results.Cell{"class": s.Class, "workers": s.Workers}).Valid().Values("lost"))
	}
	measured, categories := experiments.Bars("measured", names, lost, experiments.Per(1))
	return experiments.Keep(analysis.Chart{
		ID: "lost-by-kill", Title: "Requests lost when one worker is killed", YLabel: "requests lost a kill",
		Categories: categories, Series: []analysis.Series{measured},
	})
}
