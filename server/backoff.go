package server

import "time"

// A backoff spaces attempts that fail again and again. The first failure costs no delay, each further
// one within the memory doubles it up to the limit.
type backoff struct {
	failures int
	last     time.Duration
}

const (
	firstDelay    = 100 * time.Millisecond
	delayLimit    = 10 * time.Second
	backoffMemory = 3 * delayLimit // a failure longer ago is forgotten
)

// failed counts a failure at now and returns how long to wait before the next attempt.
func (b *backoff) failed(now time.Duration) time.Duration {
	if b.failures > 0 && now-b.last > backoffMemory {
		b.failures = 0
	}
	b.failures++
	b.last = now
	if b.failures == 1 {
		return 0
	}
	return min(firstDelay<<min(b.failures-2, 16), delayLimit)
}
