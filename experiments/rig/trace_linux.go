package rig

import (
	"cmp"
	"slices"
	"time"

	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// keepTrace records every request of the load. What each asked for is drawn once more, as it was to be sent.
func (x *subject) keepTrace(saw *traffic) error {
	parts, err := x.Deal(x.Load, 1, x.draws, "")
	if err != nil {
		return err
	}
	do := parts[0].Do
	demands := make([]time.Duration, len(do))
	for i := range do {
		steps, err := spec.ParseDemands(do[i])
		if err != nil {
			return err
		}
		work, wait := steps.Moments()
		demands[i] = work.Duration() + wait.Duration()
	}
	if x.record.Trace = saw.log.trace(demands); x.record.Trace == nil {
		x.record.Warnings = append(x.record.Warnings, "no trace is kept: of a request that failed nobody knows what it took")
	}
	return nil
}

// trace is the journal in the order of sending, given what the requests for each target demand. It is nil
// where a request failed.
func (j *journal) trace(demands []time.Duration) *results.Trace {
	t := &results.Trace{}
	sent := slices.Clone(j.samples)
	slices.SortStableFunc(sent, func(a, b loadgen.Sample) int { return cmp.Compare(a.Sent, b.Sent) })
	for _, s := range sent {
		if s.Failure != "" {
			return nil
		}
		t.Intended = append(t.Intended, s.Intended.Microseconds())
		t.Sent = append(t.Sent, s.Sent.Microseconds())
		t.Done = append(t.Done, s.Done.Microseconds())
		t.Demand = append(t.Demand, demands[s.Target].Microseconds())
	}
	return t
}
