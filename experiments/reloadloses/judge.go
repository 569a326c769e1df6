package reloadloses

import (
	"math"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
	"github.com/workerlab/workerlab/results/text"
)

const (
	most      = 0.001 // of the requests, the whole interval below it
	accidents = 1     // reloads of a class that may lose requests before it is the reload's doing
)

func judge(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := experiments.Judge(id, claim, mine)
	var all tally
	var outcomes []results.Outcome
	var losers []text.Message
	for i, s := range servers {
		runs := mine.Where("class", s.Class)
		if i >= ofClaim && len(runs) == 0 {
			continue // of other profiles
		}
		c := count(runs)
		all.add(c)
		share := j.Known(analysis.Binomial(c.lost, c.requests, j.Confidence))
		outcomes = append(outcomes, c.outcome(j, share, s.Class))
		j.Also("share", share, "requests lost, %s", s.Class)
		if c.lost > 0 {
			losers = append(losers, text.Of("%s %d in %d of %d", s.Class, c.lost, c.costly, c.reloads))
		}
	}
	if all.reloads > 0 {
		j.Also("seconds", j.Beside(mine.Valid().Values("replaced_seconds")), "until every old worker had ended")
	}
	if all.unfinished > 0 {
		j.Warn("%d reloads had not ended when the load did, and are not counted", all.unfinished)
	}
	lost := j.Known(analysis.Binomial(all.lost, all.requests, j.Confidence))
	return j.Conclude(analysis.Strata(outcomes...), "requests lost", "share", lost,
		"%d reloads under load lost %d of %d requests.%s", all.reloads, all.lost, all.requests, told(losers))
}

// told names the classes that lost requests, and in how many of their reloads.
func told(losers []text.Message) text.Message {
	if len(losers) == 0 {
		return text.Message{}
	}
	return text.Of(" By class, with the reloads that lost any: %s.", text.Join("; ", losers...))
}

// A tally counts reloads and their requests.
type tally struct {
	reloads    int // that had ended when the load did
	unfinished int // others
	requests   int
	lost       int
	costly     int // reloads that lost any
}

func count(t results.Table) (sum tally) {
	valid := t.Valid()
	for i := range valid {
		r := &valid[i]
		lost, known := r.Value("lost")
		if _, ended := r.Value("replaced_seconds"); !ended || !known {
			sum.unfinished++
			continue
		}
		n := int(math.Round(lost))
		sum.reloads++
		sum.requests += int(r.Sent + r.Unsent)
		if sum.lost += n; n > 0 {
			sum.costly++
		}
	}
	return sum
}

func (t *tally) add(other tally) {
	t.reloads += other.reloads
	t.unfinished += other.unfinished
	t.requests += other.requests
	t.lost += other.lost
	t.costly += other.costly
}

// outcome is that of a class. What is lost once may be the host's doing; what is lost again, or in
// numbers, is the reload's.
func (t tally) outcome(j *experiments.Judging, share results.Interval, class string) results.Outcome {
	o := j.All(experiments.AtMost(share, most, "%s loses nothing", class))
	switch {
	case t.costly > accidents:
		return results.Refuted
	case t.costly > 0 && o == results.Supported:
		return results.Inconclusive
	}
	return o
}

// step is the resolution of the figure, in seconds.
const step = 0.1

func charts(t results.Table) []analysis.Chart {
	mine := t.Match(own())
	var panels []analysis.Chart
	for _, s := range servers[:ofClaim] {
		runs := mine.Where("class", s.Class)
		panels = append(panels, experiments.Keep(analysis.Chart{
			ID: "reload-" + s.Class, Title: s.Class, XLabel: "time since the reload (s)", YLabel: "answers (requests/s)",
			Series: []analysis.Series{
				experiments.Course("a connection per request", runs.Where("keepalive", false), step, signal.Seconds()),
				experiments.Course("keep-alive", runs.Where("keepalive", true), step, signal.Seconds()),
			},
		})...)
	}
	if len(panels) == 0 {
		return nil
	}
	return []analysis.Chart{{
		ID: "throughput-in-reload", Title: "Answers to 8 clients while all workers are replaced",
		YLabel: "answers (requests/s)", Panels: panels,
	}}
}
