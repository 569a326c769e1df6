package poll

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/workerlab/workerlab/internal/soak"
)

// The heap against a sorted slice, over a random history of arming, re-arming and disarming.
func TestTimersAgainstASortedSlice(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var h Timers[int]
	timers := make([]Timer[int], 50)
	want := map[int]time.Duration{}
	for i := range timers {
		timers[i].Owner = i
	}
	for range soak.Times(t, 20000) {
		i := r.IntN(len(timers))
		switch r.IntN(3) {
		case 0, 1:
			at := time.Duration(r.IntN(1000))
			h.Arm(&timers[i], at)
			want[i] = at
		case 2:
			h.Disarm(&timers[i])
			delete(want, i)
		}
		if h.Len() != len(want) || timers[i].Armed() != (want[i] != 0 || hasKey(want, i)) {
			t.Fatalf("%d timers armed, want %d", h.Len(), len(want))
		}
	}
	var due []time.Duration
	for _, at := range want {
		due = append(due, at)
	}
	slices.Sort(due)
	for _, at := range due {
		if got := h.Expire(at - 1); got != nil {
			t.Fatalf("timer of %v expired at %v", got.At(), at-1)
		}
		if got := h.Expire(at); got == nil || got.At() != at || want[got.Owner] != at {
			t.Fatalf("expired %+v, want one due at %v", got, at)
		}
	}
	if h.Expire(time.Hour) != nil {
		t.Error("a timer is left")
	}
}

func hasKey(m map[int]time.Duration, k int) bool { _, ok := m[k]; return ok }
