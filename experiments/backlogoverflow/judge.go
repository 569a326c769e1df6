package backlogoverflow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	least = 0.05 // of the clients beyond the backlog get an error

	prompt = 600 * time.Millisecond // enough for all that finds room
	retry  = time.Second            // when the client's kernel tries again
)

func verdict(j *judge.Judging) results.Verdict {
	var few, many tally // rushes for which the retries are enough, and one for which they are not
	for _, r := range []rush{small, middle, crowd, fits, ample} {
		runs := j.Of(r.trial(trial.Any))
		if len(runs) == 0 {
			continue
		}
		c := count(runs, r)
		if r == crowd {
			many.add(c)
		} else {
			few.add(c)
		}
		at := float64(c.prompt) / float64(c.runs) // not a number, so not told, of none
		j.Also("requests", stat.Interval{Estimate: at, Low: at, High: at}, "answered within {prompt} of %d at once, backlog %d", r.burst, r.backlog)
	}
	failed := few.failures(j)
	retried := j.Known(stat.Binomial(few.retried, few.late, j.Confidence))
	j.Also("share", retried, "late answers that took longer than {retry}")
	outcomes := []results.Outcome{j.All(judge.AtLeast(failed, least, "clients beyond the backlog get an error"))}
	lesson := text.Message{}
	if many.runs > 0 {
		lost := many.failures(j)
		j.Also("share", lost, "of {crowd} at once, backlog {little}: clients beyond it that got an error")
		outcomes = append(outcomes, j.All(judge.AtLeast(lost, least, "clients far beyond the backlog get an error")))
		lesson = text.Of(" Where {crowd} come to a backlog of {little}, %d of %d beyond it got an error (%s).", many.failed, many.beyond, many.sentence())
	}
	warn(j, few, many)
	return j.Conclude(results.Strata(outcomes...), "clients beyond the backlog that got an error", "share", failed,
		"Of %d clients beyond the backlog %d got an error (%s). Of %d answers that took longer than {prompt}, %d took longer than {retry}, when the client's kernel tries again.%s",
		few.beyond, few.failed, few.sentence(), few.late, few.retried, lesson)
}

// failures is the share of clients beyond the backlog that failed.
func (t tally) failures(j *judge.Judging) stat.Interval {
	return j.Known(stat.Binomial(min(t.failed, t.beyond), t.beyond, j.Confidence))
}

func warn(j *judge.Judging, few, many tally) {
	if few.stray > 0 {
		j.Warn("%d requests failed where the backlog held all of them: they count against nobody", few.stray)
	}
	if few.kinds["reset"]+many.kinds["reset"] > 0 {
		j.Warn("connections were reset: the host may have tcp_abort_on_overflow switched on, which makes the kernel refuse what it would otherwise ignore")
	}
}

// A tally counts requests of bursts.
type tally struct {
	runs, beyond  int
	failed        int            // of rushes that exceed the backlog
	stray         int            // failures of the others: nobody was beyond it
	kinds         map[string]int // failed, by kind
	prompt        int            // answers to those who found room
	late, retried int            // the others of rushes that exceed the backlog; those after the first retry
}

func count(t results.Table, r rush) (sum tally) {
	sum.kinds = make(map[string]int)
	for _, run := range t.Valid() {
		late, failed := int(run.Service.Above(prompt.Microseconds())), int(run.Failed+run.Unsent)
		sum.runs++
		sum.prompt += int(run.Service.Count()) - late
		if r.beyond() == 0 { // whoever fails has another reason, and a large backlog may take longer than prompt
			sum.stray += failed
			continue
		}
		sum.beyond += r.beyond()
		sum.failed += failed
		for kind, n := range run.Failures {
			sum.kinds[kind] += int(n)
		}
		sum.late += late
		sum.retried += int(run.Service.Above(retry.Microseconds()))
	}
	return sum
}

func (t *tally) add(other tally) {
	if t.kinds == nil {
		t.kinds = make(map[string]int)
	}
	t.runs += other.runs
	t.beyond += other.beyond
	t.failed += other.failed
	t.stray += other.stray
	t.prompt += other.prompt
	t.late += other.late
	t.retried += other.retried
	for kind, n := range other.kinds {
		t.kinds[kind] += n
	}
}

// sentence lists the failures by kind, the kinds as the generator names them.
func (t tally) sentence() string {
	if len(t.kinds) == 0 {
		return "–"
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(t.kinds)) {
		parts = append(parts, fmt.Sprintf("%s: %d", kind, t.kinds[kind]))
	}
	return strings.Join(parts, ", ")
}
