// Package scoreboard is the memory that the arbiter shares with its workers: one page a worker, in
// which the worker counts and beats and which the arbiter, the metrics and the bench read. Reading
// it never touches a worker.
package scoreboard

import (
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"
)

// PageSize is the size of a worker's page in bytes.
const PageSize = 4096

// A Page is one worker's page. Only its worker writes it, except that the arbiter clears it before
// the slot is used again.
type Page struct {
	PID         atomic.Int64 // of the worker's process; 0: the slot is free
	State       atomic.Int64 // a State
	LastBeat    atomic.Int64 // Clock at the last heartbeat; 0: none yet
	BootedAt    atomic.Int64 // Clock when the worker began to serve
	Accepted    atomic.Int64 // connections accepted
	Connections atomic.Int64 // connections open now
	Requests    atomic.Int64 // requests begun
	InFlight    atomic.Int64 // requests begun and not yet answered
	Errors      atomic.Int64 // responses with status 500 and above
	Refused     atomic.Int64 // requests refused by the parser
	Busy        atomic.Int64 // nanoseconds spent serving, summed over threads
	BytesIn     atomic.Int64
	BytesOut    atomic.Int64
	LockTaken   atomic.Int64 // acquisitions of the emulated interpreter lock
	LockForced  atomic.Int64 // of those, after a drop request
}

// State is what a worker is doing.
type State int64

// The states of a worker, in the order it passes through them.
const (
	Free State = iota
	Booting
	Serving
	Draining
)

// String is the state's name in logs, metrics and `workerlab top`.
func (s State) String() string {
	switch s {
	case Free:
		return "free"
	case Booting:
		return "booting"
	case Serving:
		return "serving"
	case Draining:
		return "draining"
	}
	return fmt.Sprintf("State(%d)", int64(s))
}

// Beat records a heartbeat at now, a reading of Clock.
func (p *Page) Beat(now time.Duration) { p.LastBeat.Store(int64(now)) }

// Reset empties the page, word by word, so that a reader sees each count as it was or as zero.
func (p *Page) Reset() {
	words := (*[PageSize / 8]atomic.Int64)(unsafe.Pointer(p))
	for i := range words {
		words[i].Store(0)
	}
}
