package task

import (
	"errors"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"
)

func work(t *T) {
	if t.CPU(2*time.Millisecond) != nil {
		return
	}
	if t.Wait(20*time.Millisecond) != nil {
		return
	}
	_ = t.CPU(time.Millisecond)
}

func TestStepsAreTheDemandsInOrder(t *testing.T) {
	got, err := Steps(nil, Of(work))
	want := []Step{{OnCPU, 2 * time.Millisecond}, {OffCPU, 20 * time.Millisecond}, {OnCPU, time.Millisecond}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

func TestStepsRefuseWhatNeedsAProcess(t *testing.T) {
	for name, demand := range map[string]func(*T){
		"Do":    func(t *T) { _ = t.Do(func() {}) },
		"IO":    func(t *T) { _, _, _ = t.Move(&Stream{}, nil, nil) },
		"Ready": func(t *T) { _ = t.Ready(&Stream{}, false) },
	} {
		if _, err := Steps(nil, Of(demand)); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAfterAStopNothingIsDemanded(t *testing.T) {
	var errs []error
	next, stop := iter.Pull(Of(func(t *T) {
		defer func() { errs = append(errs, t.Wait(1)) }()
		errs = append(errs, t.CPU(1))
	}))
	next()
	stop()
	if len(errs) != 2 || !errors.Is(errs[0], ErrStopped) || !errors.Is(errs[1], ErrStopped) {
		t.Errorf("got %v, want ErrStopped twice", errs)
	}
}

func TestAPanicReachesWhoPulls(t *testing.T) {
	next, _ := iter.Pull(Of(func(t *T) { _ = t.CPU(1); panic("boom") }))
	next()
	defer func() {
		if recover() != "boom" {
			t.Error("the panic was lost")
		}
	}()
	next()
}

// With pushes the demands of one function elsewhere, and gives them back even through a panic.
func TestWithRestoresTheConsumer(t *testing.T) {
	var outer, inner []Op
	x := &T{}
	x.Bind(func(op Op) bool { outer = append(outer, op); return true })
	func() {
		defer func() { _ = recover() }()
		x.With(func(op Op) bool { inner = append(inner, op); return true }, func() {
			_ = x.CPU(1)
			panic("boom")
		})
	}()
	_ = x.Wait(1)
	if len(outer) != 1 || len(inner) != 1 {
		t.Errorf("outer got %d demands, inner %d; want 1 and 1", len(outer), len(inner))
	}
}

func TestConnWritesAllAndReadsWhatComes(t *testing.T) {
	var sent strings.Builder
	perform := func(op Op) bool {
		io_ := op.(*IO)
		if len(io_.Out) > 0 {
			io_.Sent = min(3, len(io_.Out))
			sent.Write(io_.Out[:io_.Sent])
		} else {
			io_.Err = io.EOF
		}
		return true
	}
	x := &T{}
	x.Bind(perform)
	c := Conn{T: x, Stream: &Stream{}}
	if n, err := io.Copy(c, strings.NewReader("a longer text")); n != 13 || err != nil {
		t.Errorf("copied %d, %v", n, err)
	}
	if sent.String() != "a longer text" {
		t.Errorf("sent %q", sent.String())
	}
	if rest, err := io.ReadAll(c); len(rest) != 0 || err != nil {
		t.Errorf("read %q, %v", rest, err)
	}
}

// Ten thousand idle connections cost what they hold: none may hold the buffers of its last transfer.
func TestAMetDemandHoldsNothing(t *testing.T) {
	x := &T{}
	x.Bind(func(Op) bool { return true })
	out, in, heavy := new([4096]byte), new([4096]byte), new([4096]byte)
	held := []weak.Pointer[[4096]byte]{weak.Make(out), weak.Make(in), weak.Make(heavy)}
	_, _, _ = x.Move(&Stream{}, out[:], in[:])
	_ = x.Do(func() { heavy[0] = 1 })
	runtime.KeepAlive(heavy)
	runtime.GC()
	for i, p := range held {
		if p.Value() != nil {
			t.Errorf("object %d is still held", i)
		}
	}
	runtime.KeepAlive(x)
}

// The same handler in virtual time.
func TestPulledInVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		for op := range Of(work) {
			if w, ok := op.(*Wait); ok {
				time.Sleep(w.For) //nolint:forbidigo // virtual time
			}
		}
		if took := time.Since(start); took != 20*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestBurnerDoesWorkInProportion(t *testing.T) {
	count := func(work time.Duration) (pauses int) {
		Burner{Rate: 1e5}.Burn(work, func() { pauses++ })
		return pauses
	}
	// A pause every half microsecond of work, none at the end: 1 ms has 1999.
	if got := count(time.Millisecond); got != 1999 {
		t.Errorf("1 ms paused %d times, want 1999", got)
	}
	if got := count(10 * time.Millisecond); got != 19_999 {
		t.Errorf("10 ms paused %d times, want 19999", got)
	}
	if got := count(0); got != 0 {
		t.Errorf("no work paused %d times", got)
	}
}

func TestCalibrateFindsARate(t *testing.T) {
	if b := Calibrate(20 * time.Millisecond); b.Rate <= 0 {
		t.Errorf("rate %v", b.Rate)
	}
}

func BenchmarkPush(b *testing.B) {
	b.ReportAllocs()
	var steps []Step
	t := &T{}
	seq := Task(func(yield func(Op) bool) { t.Bind(yield); work(t) })
	for b.Loop() {
		steps, _ = Steps(steps[:0], seq)
	}
}

func BenchmarkPullSwitch(b *testing.B) {
	b.ReportAllocs()
	next, stop := iter.Pull(Of(func(t *T) {
		for t.CPU(1) == nil {
		}
	}))
	defer stop()
	for b.Loop() {
		next()
	}
}
