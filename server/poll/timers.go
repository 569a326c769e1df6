package poll

import "time"

// A Timer is an entry of Timers, embedded in what it wakes. The zero Timer is not armed.
type Timer[T any] struct {
	Owner T
	at    time.Duration
	slot  int // position in the heap, from 1; 0: not armed
}

// Armed reports whether the timer is set.
func (t *Timer[T]) Armed() bool { return t.slot != 0 }

// At is when an armed timer is due.
func (t *Timer[T]) At() time.Duration { return t.at }

// Timers is a binary heap of timers by due time, on whatever clock its user keeps. Arming and
// disarming cost O(log n) and no allocation beyond the heap itself.
type Timers[T any] struct{ heap []*Timer[T] }

// Arm sets t to at, whether it was set or not.
func (h *Timers[T]) Arm(t *Timer[T], at time.Duration) {
	t.at = at
	if t.slot == 0 {
		h.heap = append(h.heap, t)
		t.slot = len(h.heap)
	}
	h.down(h.up(t.slot - 1))
}

// Disarm unsets t, if it was set.
func (h *Timers[T]) Disarm(t *Timer[T]) {
	if t.slot == 0 {
		return
	}
	i, last := t.slot-1, len(h.heap)-1
	h.swap(i, last)
	h.heap[last] = nil
	h.heap = h.heap[:last]
	t.slot = 0
	if i < last {
		h.down(h.up(i))
	}
}

// Next is when the earliest timer is due; ok is false if none is set.
func (h *Timers[T]) Next() (at time.Duration, ok bool) {
	if len(h.heap) == 0 {
		return 0, false
	}
	return h.heap[0].at, true
}

// Expire disarms and returns the earliest timer if it is due at now, and nil otherwise.
func (h *Timers[T]) Expire(now time.Duration) *Timer[T] {
	if at, ok := h.Next(); !ok || at > now {
		return nil
	}
	t := h.heap[0]
	h.Disarm(t)
	return t
}

// Len is the number of timers set.
func (h *Timers[T]) Len() int { return len(h.heap) }

func (h *Timers[T]) up(i int) int {
	for i > 0 {
		parent := (i - 1) / 2
		if h.heap[parent].at <= h.heap[i].at {
			break
		}
		h.swap(i, parent)
		i = parent
	}
	return i
}

func (h *Timers[T]) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(h.heap) {
			return
		}
		if child+1 < len(h.heap) && h.heap[child+1].at < h.heap[child].at {
			child++
		}
		if h.heap[i].at <= h.heap[child].at {
			return
		}
		h.swap(i, child)
		i = child
	}
}

func (h *Timers[T]) swap(i, j int) {
	h.heap[i], h.heap[j] = h.heap[j], h.heap[i]
	h.heap[i].slot, h.heap[j].slot = i+1, j+1
}
