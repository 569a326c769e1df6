package poll

import (
	"runtime"
	"time"
)

// A Stint is how long a thread has run without passing Go's scheduler, as one does whose waits are system
// calls. After 10 ms of it Go's monitor takes the thread's processor away in the next call, and having found
// that to do it looks again every 20 µs: under gthread that was a twentieth of a hello's CPU time, and with
// an app that computes as much as all the rest of the server's.
type Stint struct{ began time.Time }

const longestStint = 7 * time.Millisecond

// Rest passes the scheduler if it is time. It must not be called with a lock held that others wait for.
func (s *Stint) Rest(now time.Time) {
	if now.Sub(s.began) >= longestStint {
		s.began = now
		runtime.Gosched()
	}
}
