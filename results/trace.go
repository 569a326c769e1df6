package results

import "fmt"

// A Trace is a run request by request, those of the warm-up too, in the order in which they were sent. Times
// are microseconds from the start of the window, so the warm-up's are negative. All lists are of one length.
type Trace struct {
	Intended []int64 `json:"intended_microseconds"` // when the request should have been sent
	Sent     []int64 `json:"sent_microseconds"`
	Done     []int64 `json:"done_microseconds"`   // when its answer had been read
	Demand   []int64 `json:"demand_microseconds"` // what it asked the server for: work and waits together
}

// Len is the number of requests; 0 for nil.
func (t *Trace) Len() int {
	if t == nil {
		return 0
	}
	return len(t.Sent)
}

// check reports lists of different lengths.
func (t *Trace) check() error {
	if n := t.Len(); t != nil && (len(t.Intended) != n || len(t.Done) != n || len(t.Demand) != n) {
		return fmt.Errorf("a trace of %d intended, %d sent, %d done, %d demands: want as many of each", len(t.Intended), n, len(t.Done), len(t.Demand))
	}
	return nil
}
