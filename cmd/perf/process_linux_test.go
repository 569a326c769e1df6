package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/cmd/perf/reference"
	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/internal/patience"
)

// asPerf makes the test binary the command itself, which starts itself to be measured.
const asPerf = "PERF_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asPerf) == "" {
		os.Exit(m.Run())
	}
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

// own is the command's own path, for children that are to be it.
func own(t *testing.T) string {
	t.Helper()
	t.Setenv(asPerf, "1")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return self
}

func TestAServerIsPinnedReadAndEnded(t *testing.T) {
	self := own(t)
	on := firstCore(t)
	cpu := on.CPUs[0]
	p, err := start(t.Context(), on, []string{self, "reference", reference.NetHTTP}, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	var its unix.CPUSet
	if err := unix.SchedGetaffinity(p.PID, &its); err != nil {
		t.Fatal(err)
	}
	if its.Count() != 1 || !its.IsSet(cpu) {
		t.Errorf("the server may use cores %v, want %d alone", its, cpu)
	}
	before, err := read(p.PID)
	if err != nil {
		t.Fatal(err)
	}
	if err := greet(t.Context(), p.addr, false); err != nil {
		t.Fatal(err)
	}
	after, err := read(p.PID)
	if err != nil {
		t.Fatal(err)
	}
	if after.server <= before.server {
		t.Errorf("%d requests took no CPU time: %v, then %v", greetings, before.server, after.server)
	}
	p.stop()
	if err := syscall.Kill(p.PID, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("process %d is still there: %v", p.PID, err)
	}
}

func TestAServerThatCannotStartSaysWhy(t *testing.T) {
	self := own(t)
	_, err := start(t.Context(), firstCore(t), []string{self, "reference", "apache"}, 0)
	if err == nil || !strings.Contains(err.Error(), `no reference server "apache"`) {
		t.Errorf("error %v", err)
	}
}

func TestAnInterruptEndsServerAndWait(t *testing.T) {
	self := own(t)
	ctx, interrupt := context.WithCancel(t.Context())
	p, err := start(ctx, firstCore(t), []string{self, "reference", reference.Epoll}, 0)
	if err != nil {
		t.Fatal(err)
	}
	interrupt()
	patience.Eventually(t, "the server has ended with the interrupt", func() bool {
		return errors.Is(syscall.Kill(p.PID, 0), syscall.ESRCH)
	})
}

// firstCore is the first core that this process may use.
func firstCore(t *testing.T) launch.Cores {
	t.Helper()
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		t.Fatal(err)
	}
	cpu := 0
	for !set.IsSet(cpu) {
		cpu++
	}
	l := launch.NewLauncher()
	t.Cleanup(l.Close)
	return l.Cores([]int{cpu})
}

func TestAccountShares(t *testing.T) {
	begin := reading{at: time.Unix(0, 0)}
	end := reading{at: time.Unix(2, 0), server: 1800 * time.Millisecond}
	end.host.Busy = 3600 * time.Millisecond
	end.host.Steal = 20 * time.Millisecond
	got := since(begin, end, 1600*time.Millisecond)
	want := account{Server: 0.9, Generator: 0.8, Foreign: 0.1, Steal: 0.01}
	for _, pair := range [][2]float64{
		{got.Server, want.Server}, {got.Generator, want.Generator}, {got.Foreign, want.Foreign}, {got.Steal, want.Steal},
	} {
		if d := pair[0] - pair[1]; d > 1e-9 || d < -1e-9 {
			t.Errorf("got %+v, want %+v", got, want)
			break
		}
	}
}
