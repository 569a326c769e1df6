package backlogoverflow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

const (
	least = 0.05 // of the clients beyond the backlog get an error

	prompt = 600 * time.Millisecond // enough for what finds room: 128 requests of 3 ms
	retry  = time.Second            // when the client's kernel tries again
)

func judge(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := experiments.Judge(id, claim, mine)
	var sum tally
	for _, r := range []rush{small, middle, crowd, fits, ample} {
		runs := mine.Match(r.cell())
		if len(runs) == 0 {
			continue
		}
		c := count(runs, r)
		sum.add(c)
		at := float64(c.prompt) / float64(c.runs) // not a number, so not told, of none
		j.Also("requests", results.Interval{Estimate: at, Low: at, High: at}, "answered within 0.6 s of %d at once, backlog %d", r.burst, r.backlog)
	}
	failed := j.Known(analysis.Binomial(min(sum.failed, sum.beyond), sum.beyond, j.Confidence))
	retried := j.Known(analysis.Binomial(sum.retried, sum.late, j.Confidence))
	j.Also("share", retried, "late answers that took longer than 1 s")
	if sum.stray > 0 {
		j.Warn("%d requests failed where the backlog held all of them: they count against nobody", sum.stray)
	}
	if sum.kinds["reset"] > 0 {
		j.Warn("connections were reset: the host may have tcp_abort_on_overflow switched on, which makes the kernel refuse what it would otherwise ignore")
	}
	return j.Conclude(j.All(experiments.AtLeast(failed, least, "clients beyond the backlog get an error")), "clients beyond the backlog that got an error", "share", failed,
		"Of %d clients beyond the backlog %d got an error (%s). Of %d answers that took longer than 0.6 s, %d took longer than 1 s, when the client's kernel tries again.",
		sum.beyond, sum.failed, sum.sentence(), sum.late, sum.retried)
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
