package judge

import (
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// Late is the share of the planned requests that were not answered within a time from their intended
// send: one that failed or was never sent was not either.
func (j *Judging) Late(t results.Table, limit time.Duration) stat.Interval {
	return j.Share(t, func(r *results.Record) (late, planned int64) { return LateOf(r, limit) })
}

// Share is ShareOf as a part of the claim.
func (j *Judging) Share(t results.Table, count func(*results.Record) (counted, all int64)) stat.Interval {
	return j.Known(ShareOf(t, count, j.Confidence))
}

// SecondaryShare is ShareOf as a secondary result: where it is unknown, for want of runs, nothing is noted as lacking.
func (j *Judging) SecondaryShare(t results.Table, count func(*results.Record) (counted, all int64)) stat.Interval {
	share, err := ShareOf(t, count, j.Confidence)
	if err != nil {
		return j.unknown()
	}
	return share
}

// ShareOf is the share of the valid runs' requests that are counted, where count tells of one run how many
// are, and of how many. Requests of one run share its luck, so the run is the unit; where runs agree, as
// when none has any, the interval is as wide as the exact one of all requests together (stat.Share). It
// is unknown for fewer than two runs.
func ShareOf(t results.Table, count func(*results.Record) (counted, all int64), confidence float64) (stat.Interval, error) {
	var runs []stat.Count
	for _, r := range t.Valid() {
		counted, all := count(&r)
		runs = append(runs, stat.Count{Some: counted, All: all})
	}
	return stat.Share(runs, confidence)
}

// LateOf counts a run's planned requests that were not answered within the limit, and all of them.
func LateOf(r *results.Record, limit time.Duration) (late, planned int64) {
	planned = int64(r.Planned)
	inTime := r.Response.Count() - r.Response.Above(limit.Microseconds())
	return max(0, planned-inTime), planned
}

// P50 is the median of a run's response times, in seconds; see quantile.
func P50(r *results.Record) (float64, bool) { return quantile(r, 0.50) }

// P95 is the 95th percentile of a run's response times, in seconds; see quantile.
func P95(r *results.Record) (float64, bool) { return quantile(r, 0.95) }

// quantile is a run's own, for a fit or a mean of several runs: of two as long as it enough requests lie beyond it.
func quantile(r *results.Record, q float64) (float64, bool) {
	if !stat.Told(2*r.Response.Count(), q) {
		return 0, false
	}
	return float64(r.Response.ValueAtQuantile(100*q)) / 1e6, true
}
