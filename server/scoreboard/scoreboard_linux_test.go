package scoreboard

import (
	"maps"
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

func board(t *testing.T, slots int) *Board {
	t.Helper()
	b, err := Create(slots)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestAPageFitsItsSize(t *testing.T) {
	if n := unsafe.Sizeof(Page{}); n > PageSize {
		t.Errorf("a page of %d bytes does not fit in %d", n, PageSize)
	}
}

// What one mapping of the board writes, another reads: as arbiter and worker do.
func TestMappingsShareTheBoard(t *testing.T) {
	mine := board(t, 3)
	fd, err := unix.Dup(mine.FD())
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := Open(fd)
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	if theirs.Slots() != 3 {
		t.Errorf("%d slots, want 3", theirs.Slots())
	}
	for i := range 3 {
		theirs.Page(i).Requests.Store(int64(10 + i))
	}
	theirs.Page(1).Beat(42)
	for i := range 3 {
		if got := mine.Page(i).Requests.Load(); got != int64(10+i) {
			t.Errorf("slot %d has %d", i, got)
		}
	}
	if got := mine.Page(1).LastBeat.Load(); got != 42 {
		t.Errorf("beat %d", got)
	}
}

func TestClaimedSlotsAreFreshAndTakenOnceTheyHaveAProcess(t *testing.T) {
	b := board(t, 8)
	b.Page(2).Requests.Store(7)
	for _, slot := range []int{2, 5} {
		p := b.Claim(slot)
		if p.Requests.Load() != 0 || State(p.State.Load()) != Booting {
			t.Errorf("slot %d: %d requests, %v", slot, p.Requests.Load(), State(p.State.Load()))
		}
	}
	taken := func() []int { return slices.Collect(maps.Keys(maps.Collect(b.Taken()))) }
	if got := taken(); len(got) != 0 {
		t.Errorf("%v taken without a process", got)
	}
	b.Page(2).PID.Store(1)
	b.Page(5).PID.Store(2)
	got := taken()
	if slices.Sort(got); !slices.Equal(got, []int{2, 5}) {
		t.Errorf("taken %v", got)
	}
	b.Release(2)
	if got := taken(); !slices.Equal(got, []int{5}) {
		t.Errorf("taken %v after a release", got)
	}
	for range b.Taken() {
		break // must not panic
	}
}

// A large board costs what is used of it, also while it is read.
func TestUnusedSlotsCostNoMemory(t *testing.T) {
	b := board(t, 4096)
	b.Claim(0).PID.Store(1)
	for range b.Taken() {
	}
	var st unix.Stat_t
	if err := unix.Fstat(b.FD(), &st); err != nil {
		t.Fatal(err)
	}
	if used := st.Blocks * 512; used > 2*PageSize {
		t.Errorf("%d bytes in use, want a page or two", used)
	}
}

// All processes read one clock: At of a time and the kernel's monotonic clock agree.
func TestClockIsTheKernels(t *testing.T) {
	var before, after unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &before); err != nil {
		t.Fatal(err)
	}
	at, clock := At(time.Now()), Clock()
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &after); err != nil {
		t.Fatal(err)
	}
	const skew = time.Millisecond // between the two readings that fix the epoch
	low, high := time.Duration(before.Nano())-skew, time.Duration(after.Nano())+skew
	for _, got := range []time.Duration{at, clock} {
		if got < low || got > high {
			t.Errorf("%v is not between %v and %v", got, low, high)
		}
	}
}

func TestStateNames(t *testing.T) {
	for state, want := range map[State]string{
		Free: "free", Booting: "booting", Serving: "serving", Draining: "draining", 9: "State(9)",
	} {
		if state.String() != want {
			t.Errorf("%d is %q", state, state)
		}
	}
}

func TestOpenRefusesWhatIsNoBoard(t *testing.T) {
	if _, err := Open(-1); err == nil {
		t.Error("opened nothing")
	}
}
