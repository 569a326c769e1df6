package keepaliveproxy

import (
	"math"
	"slices"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	rare = 0.001        // of the POSTs
	gone = "status 502" // as the generator calls nginx's answer where gunicorn's connection has ended
)

func verdict(t results.Table) results.Verdict {
	mine := t.Match(own())
	j := judge.New(id, claim, mine)
	first, last := of(mine, hasty), of(mine, patient)
	lost, kept := j.Share(first, losses), j.Share(last, losses)
	j.Also("share", kept, "gunicorn closes last: POSTs answered 502")
	for _, c := range slices.Concat(hasty, []pair{even}) {
		j.Also("share", beside(j, mine.Match(c.cell(posts))), "POSTs answered 502, keep-alive of gunicorn / nginx %s", c.String())
	}
	byGet, byStrays := mine.Match(hasty[0].cell(gets)), mine.Match(hasty[0].cell(strays))
	j.Also("share", beside(j, byGet), "GETs answered 502, keep-alive of gunicorn / nginx %s", hasty[0].String())
	j.Also("share", beside(j, byStrays), "POSTs that come one by one answered 502, keep-alive of gunicorn / nginx %s", hasty[0].String())
	if other := count(mine).failed - count(mine).lost; other > 0 {
		j.Warn("%d requests failed in another way than by an answer 502: they count as answered", other)
	}

	few := j.All(
		judge.AtLeast(lost, rare, "where gunicorn closes first, POSTs are answered 502"),
		judge.AtMost(kept, rare, "where gunicorn closes last, none is"))
	a, b := count(first), count(last)
	return j.Conclude(results.All(few, judge.Exceptions(b.costly)), "gunicorn closes first: POSTs answered 502", "share", lost,
		"Where gunicorn closes first %d of %d POSTs that came several at once were answered 502, and %d of %d where nginx does.%s",
		a.lost, a.sent, b.lost, b.sent, spared(count(byGet), count(byStrays)))
}

// spared tells of requests that the race spares.
func spared(byGet, byStrays tally) (m text.Message) {
	if byGet.sent > 0 {
		m = m.Then(text.Of(" Of GETs, which nginx sends again, %d of %d were.", byGet.lost, byGet.sent))
	}
	if byStrays.sent > 0 {
		m = m.Then(text.Of(" Of POSTs that came one by one, %d of %d were.", byStrays.lost, byStrays.sent))
	}
	return m
}

// of are the runs of some pairs with POSTs that come several at once.
func of(t results.Table, pairs []pair) results.Table {
	var cells []results.Cell
	for _, c := range pairs {
		cells = append(cells, c.cell(posts))
	}
	return judge.Either(t, cells...)
}

// losses are a run's answers 502, and its requests.
func losses(r *results.Record) (lost, all int64) {
	return int64(r.Failures[gone]), int64(r.Sent + r.Unsent)
}

// beside is a share that stands beside the verdict: unknown, so not told, of fewer than two runs.
func beside(j *judge.Judging, t results.Table) stat.Interval {
	share, err := judge.ShareOf(t, losses, j.Confidence)
	if err != nil {
		return stat.Interval{Estimate: math.NaN(), Low: math.NaN(), High: math.NaN()}
	}
	return share
}

// A tally counts requests of valid runs.
type tally struct {
	sent, lost int64
	failed     int64 // in any way
	costly     int   // runs that lost any
}

func count(t results.Table) (sum tally) {
	for _, r := range t.Valid() {
		lost, all := losses(&r)
		sum.sent += all
		sum.lost += lost
		sum.failed += int64(r.Failed + r.Unsent)
		if lost > 0 {
			sum.costly++
		}
	}
	return sum
}
