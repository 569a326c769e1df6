package rig

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/proc"
)

// TestMain makes the test binary the server that the bench starts again through /proc/self/exe: the
// real one, its workers, or one that misbehaves as its first argument says.
func TestMain(m *testing.M) {
	if server.IsWorker() {
		os.Exit(server.RunWorker(catalog.Workers(), labApp))
	}
	if len(os.Args) > 1 && os.Args[1] == "panics" {
		panics()
	}
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		serveLab(os.Args[2:])
	}
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "fake-") {
		fake(os.Args[1])
	}
	goleak.VerifyTestMain(m)
}

func fake(behaviour string) {
	switch behaviour {
	case "fake-fails":
		fmt.Fprintln(os.Stderr, "workerlab: bind 127.0.0.1:80: permission denied")
		os.Exit(2)
	case "fake-hangs":
		fmt.Fprintln(os.Stderr, `{"msg":"booting"}`)
		select {}
	case "fake-deaf":
		signal.Ignore(syscall.SIGINT)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(os.Stderr, "{\"msg\":\"listening\",\"addr\":\"http://%s\"}\n", listener.Addr())
	fmt.Fprintf(os.Stderr, "{\"msg\":\"metrics\",\"addr\":\"%s\"}\n{\"msg\":\"ready\"}\n", listener.Addr())
	http.HandleFunc("/scoreboard", func(w http.ResponseWriter, _ *http.Request) {
		var set unix.CPUSet
		if err := unix.SchedGetaffinity(0, &set); err != nil {
			panic(err)
		}
		fmt.Fprintf(w, `{"workers":[{"slot":0,"pid":%d,"requests":%d}]}`, os.Getpid(), set.Count())
	})
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		if behaviour == "fake-broken" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	panic(http.Serve(listener, nil))
}

func newFake(t *testing.T, behaviour string, cpus []int) workerlab {
	t.Helper()
	launcher := launch.NewLauncher()
	t.Cleanup(launcher.Close)
	return workerlab{args: []string{behaviour}, cores: launcher.Cores(cpus)}
}

func allCPUs(t *testing.T) []int {
	t.Helper()
	cpus, err := proc.CPUs()
	if err != nil {
		t.Fatal(err)
	}
	return cpus
}

func TestServerStartsPinnedAndStops(t *testing.T) {
	running, err := newFake(t, "fake-good", allCPUs(t)[:1]).Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	workers, err := running.Scoreboard(t.Context())
	if err != nil || len(workers) != 1 || workers[0].PID != running.PID {
		t.Fatalf("scoreboard %+v, %v; want one row of process %d", workers, err, running.PID)
	}
	if cores := workers[0].Requests; cores != 1 { // where the fake tells its affinity
		t.Errorf("the server may use %d cores, want 1", cores)
	}
	if err := running.Stop(); err != nil {
		t.Error(err)
	}
	if err := running.Stop(); err != nil {
		t.Error("the second stop:", err)
	}
	gone(t, running.PID)
	http.DefaultClient.CloseIdleConnections()
}

func TestServerThatIgnoresItsEndIsKilled(t *testing.T) {
	running, err := newFake(t, "fake-deaf", allCPUs(t)).Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := running.Stop(); err == nil || !strings.Contains(err.Error(), "did not stop") {
		t.Errorf("stop said %v", err)
	}
	gone(t, running.PID)
}

func TestServerFailuresSayWhy(t *testing.T) {
	for behaviour, want := range map[string]string{
		"fake-fails":  "permission denied",
		"fake-broken": "500",
	} {
		_, err := newFake(t, behaviour, allCPUs(t)).Start(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want it to say %q", behaviour, err, want)
		}
	}
}

func TestServerStartEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	log := NewServerLog()
	go func() {
		defer cancel()
		for !strings.Contains(log.Tail(), "booting") && sleep(ctx, 5*ms) == nil {
		}
	}()
	_, err := newFake(t, "fake-hangs", allCPUs(t)).start(ctx, log)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "booting") {
		t.Errorf("%v: want the cancellation, and the server's last line", err)
	}
}

// A server whose bench is gone must not go on. The launcher's thread stands for the bench here: the
// kernel sends the signal when the thread that forked the server ends.
func TestServerEndsWithItsLauncher(t *testing.T) {
	launcher := launch.NewLauncher()
	running, err := workerlab{args: []string{"fake-good"}, cores: launcher.Cores(allCPUs(t))}.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Stop() }) // it is gone, if all is well
	launcher.Close()
	gone(t, running.PID)
}

// gone waits until there is no such process any more.
func gone(t *testing.T, pid int) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for syscall.Kill(pid, 0) == nil {
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still there", pid)
		}
		if err := sleep(t.Context(), 5*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
}

func TestServerLogSurvivesAnyBytes(t *testing.T) {
	l := NewServerLog()
	for _, part := range []string{"not json\n{\"msg\":", "\"listening\",\"addr\":\"http://127.0.0.1:1\"}\n\n", "{}\n[1]\n{\"msg\":\"ready\"}\n{\"msg\":\"ready\"}\nlast"} {
		if n, err := l.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	running, err := l.Wait(t.Context(), &launch.Process{})
	if err != nil || running.URL != "http://127.0.0.1:1" {
		t.Errorf("%+v, %v", running, err)
	}
	if tail := l.Tail(); !strings.Contains(tail, "not json") {
		t.Errorf("the tail lacks a line: %q", tail)
	}
}

// The log dates the workers' starts and ends, whenever it is read; and a line of the arbiter's is found
// though it stands in the midst of a worker's long one, which was written in two.
func TestServerLogTellsOfWorkers(t *testing.T) {
	began := time.Now()
	line := func(after time.Duration, msg string, pid int) string {
		return fmt.Sprintf(`{"time":%q,"level":"INFO","msg":%q,"pid":%d,"slot":0}`+"\n", began.Add(after).Format(time.RFC3339Nano), msg, pid)
	}
	stacks := fmt.Sprintf(`{"time":%q,"level":"ERROR","msg":"worker aborted","stacks":"goroutine 1 [runn`, began.Format(time.RFC3339Nano))
	l := NewServerLog()
	for _, text := range []string{
		line(-2*time.Second, "worker booted", 7), line(-time.Second, "worker timeout", 7),
		stacks + line(-900*ms, "worker exited", 7) + `ing]:\nmain()"}` + "\n",
		line(-800*ms, "worker booted", 8),
	} {
		if _, err := l.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	want := []Change{{7, false, began.Add(-2 * time.Second)}, {7, true, began.Add(-900 * ms)}, {8, false, began.Add(-800 * ms)}}
	got := l.Changes()
	if len(got) != len(want) {
		t.Fatalf("%+v, want %+v", got, want)
	}
	for i, c := range got {
		if off := c.At.Sub(want[i].At); c.PID != want[i].PID || c.Ended != want[i].Ended || off.Abs() > 100*ms {
			t.Errorf("change %d: %+v, off by %v; want %+v", i, c, off, want[i])
		}
	}
}

func TestBoardURL(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:9":                "http://127.0.0.1:9/scoreboard",
		"http://127.0.0.1:9":         "http://127.0.0.1:9/scoreboard",
		"http://127.0.0.1:9/metrics": "http://127.0.0.1:9/scoreboard",
	} {
		if got := boardURL(addr); got != want {
			t.Errorf("boardURL(%q) = %q, want %q", addr, got, want)
		}
	}
}

func FuzzServerLog(f *testing.F) {
	f.Add([]byte("{\"msg\":\"ready\"}\n"), 3)
	f.Add([]byte("{\"msg\":\"listening\",\"addr\":5}\nx"), 0)
	f.Fuzz(func(t *testing.T, data []byte, split int) {
		whole, parts := NewServerLog(), NewServerLog()
		at := 0
		if len(data) > 0 {
			at = max(0, split) % len(data)
		}
		for log, p := range map[*ServerLog][][]byte{whole: {data}, parts: {data[:at], data[at:]}} {
			for _, part := range p {
				if n, err := log.Write(part); n != len(part) || err != nil {
					t.Fatal(n, err)
				}
			}
		}
		if whole.Tail() != parts.Tail() || whole.server.URL != parts.server.URL || (whole.server.Board == nil) != (parts.server.Board == nil) {
			t.Errorf("split at %d reads %q, whole %q", at, parts.Tail(), whole.Tail())
		}
	})
}
