package loadgen

import (
	"context"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

var (
	_ vegeta.Pacer = (*openPacer)(nil)
	_ vegeta.Pacer = (*closedPacer)(nil)
)

// grace is how long after the window's end requests that are owed may still be sent. What is owed
// later than that is unsent. It only matters for a generator that is already hopelessly late.
const grace = time.Second

// An openPacer releases the k-th request at the k-th offset. It holds the epoch itself and returns no
// wait, because vegeta's own sleep is neither precise nor can it be cancelled; and it ends the attack
// itself, because vegeta's duration drops whatever is owed at the end without a count.
type openPacer struct {
	ctx        context.Context
	start      time.Time // of the window
	end        time.Duration
	offsets    []time.Duration
	maxWorkers uint64
	finished   *atomic.Uint64 // requests whose worker is free again
	fused      atomic.Bool
	sleeper    sleeper
}

// Pace implements vegeta.Pacer. It is called once a request, from one goroutine.
func (p *openPacer) Pace(_ time.Duration, hits uint64) (wait time.Duration, stop bool) {
	if hits >= uint64(len(p.offsets)) {
		return 0, true
	}
	if !p.sleeper.until(p.ctx, p.start.Add(p.offsets[hits])) {
		return 0, true
	}
	if time.Since(p.start) > p.end+grace {
		return 0, true
	}
	if hits-p.finished.Load() >= p.maxWorkers {
		p.fused.Store(true)
	}
	return 0, false
}

// Rate implements vegeta.Pacer; nothing asks for it.
func (p *openPacer) Rate(time.Duration) float64 { return 0 }

// A closedPacer releases a request whenever a client is free, until the window's end.
type closedPacer struct {
	ctx context.Context
	end time.Time
}

// Pace implements vegeta.Pacer.
func (p *closedPacer) Pace(time.Duration, uint64) (wait time.Duration, stop bool) {
	return 0, p.ctx.Err() != nil || !time.Now().Before(p.end)
}

// Rate implements vegeta.Pacer; nothing asks for it.
func (p *closedPacer) Rate(time.Duration) float64 { return 0 }
