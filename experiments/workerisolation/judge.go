package workerisolation

import (
	"math"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	mostLost = 0.01 // of the other workers' requests, the whole interval below it
	soon     = 1.0  // second until the slot answers again
	least    = 2    // kills of a class that a conclusion needs: one may be an accident
)

func verdict(j *judge.Judging) results.Verdict {
	var all tally
	var outcomes []results.Outcome
	for _, s := range servers {
		runs := j.Of(killed(s, trial.Any))
		class := count(runs)
		j.Also("", class.perKill(), "requests lost per kill, %s", s.Shape())
		if s != lone {
			all.add(class)
			outcomes = append(outcomes, class.outcome(j, s.Shape()))
			tell(j, s.Shape(), runs.Valid())
		}
	}
	others := j.Known(stat.Binomial(all.elsewhere, all.bystanders, j.Confidence))
	outcomes = append(outcomes, j.All(judge.AtMost(others, mostLost, "the other workers lose nothing")))
	return j.Conclude(results.All(outcomes...), "requests of the other workers lost", "share", others,
		"%d kills of one worker in {workers} lost %d requests, where the victims had %d in flight and %d connections accepted, and %d of %d others; %d of %d slots were served again within {soon}.%s%s",
		all.kills, all.lost, all.inFlight, all.connections, all.elsewhere, all.bystanders, all.back, all.kills, all.doubt(), count(j.Of(killed(lone, trial.Any))).sentence())
}

// tell adds how a class came through its kills. Classes differ in it, so it is told of each.
func tell(j *judge.Judging, name string, runs results.Table) {
	j.Also("seconds", j.Beside(runs.Values("respawn_seconds")), "until the slot has a process again, %s", name)
	j.Also("seconds", j.Beside(runs.Values("serving_seconds")), "until that process serves, %s", name)
	j.Also("share", j.Beside(runs.Values("late_before")), "slow answers in the second before the kill, %s", name)
	j.Also("share", j.Beside(runs.Values("late_after")), "slow answers in the second after it, %s", name)
}

// A tally adds kills up.
type tally struct {
	kills       int
	lost        int // requests under way at the kill that failed
	inFlight    int // requests that the victims were serving
	connections int // that the victims had accepted, those being served among them
	exceptions  int // kills that lost more than the victim had in its hands, or left its slot unserved for too long
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
		again, served := r.Value("serving_seconds")
		back := served && again <= soon
		if back {
			sum.back++
		}
		if !back || lost > max(serving, accepted) {
			sum.exceptions++
		}
	}
	return sum
}

func (t *tally) add(other tally) {
	t.kills += other.kills
	t.lost += other.lost
	t.inFlight += other.inFlight
	t.connections += other.connections
	t.exceptions += other.exceptions
	t.bystanders += other.bystanders
	t.elsewhere += other.elsewhere
	t.back += other.back
}

func (t tally) perKill() stat.Interval {
	return stat.Interval{Estimate: float64(t.lost) / float64(t.kills)} // not a number, so not told, of none
}

// doubt says how many kills went otherwise than claimed.
func (t tally) doubt() text.Message {
	if t.exceptions == 0 {
		return text.Message{}
	}
	return text.Of(" %d kills cost more than they may (once settles nothing, twice under a class refutes).", t.exceptions)
}

func (t tally) sentence() text.Message {
	if t.kills == 0 {
		return text.Message{}
	}
	return text.Of(" With one worker of {threads} threads %d kills lost %d.", t.kills, t.lost)
}

// outcome is that of a class.
func (t tally) outcome(j *judge.Judging, name string) results.Outcome {
	if t.kills < least {
		j.Known(stat.Interval{}, text.Errorf("%s: fewer than %d valid runs", name, least))
		return results.Inconclusive
	}
	return judge.Exceptions(t.exceptions)
}

func charts(j *judge.Judging) []chart.Chart {
	var names []string
	var lost [][]float64
	for _, s := range servers {
		names, lost = append(names, s.Shape()), append(lost, j.Values("lost", killed(s, trial.Any)))
	}
	measured, categories := judge.Bars("measured", names, lost, judge.Per(1))
	return judge.Keep(chart.Chart{
		ID: "lost-by-kill", Title: "Requests lost when one worker is killed", YLabel: "requests lost a kill",
		Categories: categories, Series: []chart.Series{measured},
	})
}
