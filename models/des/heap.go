package des

import "time"

// An event is held by value and has no pointer, so that the collector never looks at the heap.
type event struct {
	at     time.Duration
	ticket Ticket
	action Action
	arg    int32
}

func (e *event) before(o *event) bool {
	return e.at < o.at || e.at == o.at && e.ticket < o.ticket
}

// A heap has its first event at index 0, and the children of i at 4i+1 … 4i+4: half the depth of a binary
// one, and the four children lie in one or two cache lines.
type heap []event

func (h *heap) push(e event) {
	*h = append(*h, e)
	q := *h
	i := len(q) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(&q[parent]) {
			break
		}
		q[i] = q[parent]
		i = parent
	}
	q[i] = e
}

// pop takes the first event out of a heap that is not empty.
func (h *heap) pop() event {
	q := *h
	first, last := q[0], q[len(q)-1]
	q = q[:len(q)-1]
	*h = q
	if len(q) > 0 {
		q.sink(last)
	}
	return first
}

// sink finds a place for e from the root on, which is free.
func (h heap) sink(e event) {
	i := 0
	for {
		child := 4*i + 1
		if child >= len(h) {
			break
		}
		for next := child + 1; next < min(4*i+5, len(h)); next++ {
			if h[next].before(&h[child]) {
				child = next
			}
		}
		if !h[child].before(&e) {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = e
}
