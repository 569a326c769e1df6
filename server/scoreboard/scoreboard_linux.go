// Package scoreboard is the memory that the arbiter shares with its workers: one page a worker, in
// which the worker counts and beats and which the arbiter, the metrics and the bench read. Reading
// it never touches a worker.
package scoreboard

import (
	"fmt"
	"iter"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
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

// A Board is the shared memory of all slots.
type Board struct {
	fd    int
	pages []byte
	used  atomic.Int64 // slots that this process has claimed so far are below it
}

// Create makes a board with the given number of slots. Untouched slots cost no memory.
func Create(slots int) (*Board, error) {
	fd, err := unix.MemfdCreate("workerlab-scoreboard", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	if err := unix.Ftruncate(fd, int64(slots)*PageSize); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("ftruncate", err)
	}
	return Open(fd)
}

// Open maps the board behind fd, which Create made, perhaps in another process. The board owns fd.
func Open(fd int) (*Board, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, os.NewSyscallError("fstat", err)
	}
	pages, err := unix.Mmap(fd, 0, int(st.Size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("mmap", err)
	}
	return &Board{fd: fd, pages: pages}, nil
}

// FD is the descriptor that a worker inherits.
func (b *Board) FD() int { return b.fd }

// Slots is the number of pages.
func (b *Board) Slots() int { return len(b.pages) / PageSize }

// Claim empties the page of slot i for a new worker.
func (b *Board) Claim(i int) *Page {
	p := b.Page(i)
	p.Reset()
	p.State.Store(int64(Booting))
	b.used.Store(max(b.used.Load(), int64(i)+1))
	return p
}

// Release frees slot i.
func (b *Board) Release(i int) { b.Page(i).Reset() }

// Taken are the slots that this process has claimed and not released. It does not look at slots that
// were never claimed: reading one would make the kernel allocate its page.
func (b *Board) Taken() iter.Seq2[int, *Page] {
	return func(yield func(int, *Page) bool) {
		for i := range int(b.used.Load()) {
			if p := b.Page(i); p.PID.Load() != 0 && !yield(i, p) {
				return
			}
		}
	}
}

// Page is the page of slot i, 0 ≤ i < Slots.
func (b *Board) Page(i int) *Page { return (*Page)(unsafe.Pointer(&b.pages[i*PageSize])) }

// Close unmaps the board; its Pages must not be used afterwards.
func (b *Board) Close() error {
	err := unix.Munmap(b.pages)
	unix.Close(b.fd)
	return os.NewSyscallError("munmap", err)
}

// Clock reads the time since the host booted, which all processes share and nobody sets.
func Clock() time.Duration { return time.Since(epoch) + epochClock }

// At is what Clock read at t, a time.Now of this process.
func At(t time.Time) time.Duration { return t.Sub(epoch) + epochClock }

// Note: time.Since is a read of the vDSO (about 40 ns); clock_gettime through x/sys is a system call.
var epoch, epochClock = func() (time.Time, time.Duration) {
	var ts unix.Timespec
	t := time.Now()
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic(os.NewSyscallError("clock_gettime", err))
	}
	return t, time.Duration(ts.Nano())
}()
