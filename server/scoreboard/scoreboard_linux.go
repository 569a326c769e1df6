package scoreboard

import (
	"iter"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

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
