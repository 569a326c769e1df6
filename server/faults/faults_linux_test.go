package faults

import (
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/server/servertest"
)

// Clients enough that every worker has connections, few enough for a laptop.
const clients = 12

func TestReloadAndScalingLoseNothing(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		s := start(t, "-k", class, "-w", "4")
		l := steady(t, s.Addr, "/", clients)
		before := s.Scoreboard()
		for range 2 {
			s.AwaitReady(4, func() { s.Signal(s.PID, unix.SIGHUP) })
			l.answers(t, clients)
		}
		s.Until("all workers replaced", func(board []servertest.Worker) bool {
			return !slices.ContainsFunc(board, func(w servertest.Worker) bool {
				return slices.ContainsFunc(before, func(b servertest.Worker) bool { return b.PID == w.PID })
			})
		})
		s.AwaitReady(5, func() { s.Signal(s.PID, unix.SIGTTIN) })
		l.answers(t, clients)
		for workers := 4; workers >= 2; workers-- {
			s.AwaitReady(workers, func() { s.Signal(s.PID, unix.SIGTTOU) })
			l.answers(t, clients)
		}
		s.Until("two workers left", func(board []servertest.Worker) bool { return len(board) == 2 })
		nothingLost(t, l)
	})
}

func TestReloadAndScalingLoseNothingWithASocketPerWorker(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		s := start(t, "-k", class, "-w", "3", "--reuse-port")
		l := steady(t, s.Addr, "/", clients)
		s.AwaitReady(3, func() { s.Signal(s.PID, unix.SIGHUP) })
		l.answers(t, clients)
		s.AwaitReady(4, func() { s.Signal(s.PID, unix.SIGTTIN) })
		l.answers(t, clients)
		for workers := 3; workers >= 1; workers-- {
			s.AwaitReady(workers, func() { s.Signal(s.PID, unix.SIGTTOU) })
			l.answers(t, clients)
		}
		s.Until("one worker left", func(board []servertest.Worker) bool { return len(board) == 1 })
		l.answers(t, clients)
		nothingLost(t, l)
	})
}

func TestKilledWorkerLosesOnlyWhatItHeldAndIsBackWithinASecond(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		s := start(t, "-k", class, "-w", "4")
		l := steady(t, s.Addr, "/task?do=wait:20ms", clients)
		victim := s.Until("a worker is busy", busy)[0]
		for _, w := range s.Scoreboard() {
			if w.InFlight > 0 {
				victim = w
			}
		}
		// Stopped first, so that what it holds can be read at leisure.
		s.Signal(victim.PID, unix.SIGSTOP)
		patience.Eventually(t, "the victim is stopped", func() bool { return servertest.Stopped(victim.PID) })
		for _, w := range s.Scoreboard() {
			if w.PID == victim.PID {
				victim = w
			}
		}
		at := time.Now()
		s.Signal(victim.PID, unix.SIGKILL)
		exited := s.Await("worker exited", func(r servertest.Record) bool { return r.PID == victim.PID })
		if exited.Status != "SIGKILL" {
			t.Errorf("the arbiter saw %q", exited.Status)
		}
		back := s.Await("worker booted", func(r servertest.Record) bool { return r.At.After(at) })
		if took := back.At.Sub(at); took > time.Second {
			t.Errorf("replaced after %v", took)
		}
		l.answers(t, 3*clients)
		lost := l.stop()
		if len(lost) > victim.Connections {
			t.Errorf("%d requests lost; the victim held %d connections: %v", len(lost), victim.Connections, lost)
		}
		t.Logf("lost %d, in flight %d, connections %d", len(lost), victim.InFlight, victim.Connections)
	})
}

func busy(board []servertest.Worker) bool {
	return slices.ContainsFunc(board, func(w servertest.Worker) bool { return w.InFlight > 0 })
}

func TestTermFinishesWhatIsInFlight(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		s := start(t, "-k", class, "-w", "2")
		slow := send(t, s.Addr, "/task?do=wait:700ms")
		s.Until("the request is in flight", busy)
		s.Signal(s.PID, unix.SIGTERM)
		if err := <-slow.done; err != nil {
			t.Errorf("the request in flight: %v", err)
		}
		if code := s.Wait(); code != 0 {
			t.Errorf("exit code %d, want 0", code)
		}
	})
}

func TestGracefulTimeoutEndsWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	s := start(t, "-k", "gevent", "-w", "1", "--graceful-timeout", "1")
	slow := send(t, s.Addr, "/task?do=wait:60s")
	s.Until("the request is in flight", busy)
	at := time.Now()
	s.Signal(s.PID, unix.SIGTERM)
	if err := <-slow.done; err == nil {
		t.Error("a request of a minute was answered")
	}
	if code := s.Wait(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if took := time.Since(at); took < time.Second || took > patience.Grown(10*time.Second) {
		t.Errorf("stopped after %v, want the graceful timeout of 1s and a little", took)
	}
}

// A retired worker watches the graceful timeout itself; the arbiter's kill comes a second later.
func TestRetiredWorkerAbandonsWhatDoesNotEnd(t *testing.T) {
	t.Parallel()
	s := start(t, "-k", "gthread", "-w", "1", "--graceful-timeout", "1")
	slow := send(t, s.Addr, "/task?do=wait:60s")
	old := s.Until("the request is in flight", busy)[0]
	s.Signal(s.PID, unix.SIGHUP)
	if exited := s.Await("worker exited", nil); exited.PID != old.PID || exited.Status != "exit 0" {
		t.Errorf("%d ended with %s, want %d to leave by itself", exited.PID, exited.Status, old.PID)
	}
	if err := <-slow.done; err == nil {
		t.Error("a request of a minute was answered")
	}
}

func TestTermRefusesNewConnectionsWhileItDrains(t *testing.T) {
	t.Parallel()
	for class := range catalog.Workers() {
		if class == "sync" || class == "tornado" {
			continue // they look at nothing while they serve a request, so their backlog stays open
		}
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			termRefuses(t, class)
		})
	}
}

func termRefuses(t *testing.T, class string) {
	s := start(t, "-k", class, "-w", "2")
	slow := send(t, s.Addr, "/task?do=wait:2s")
	s.Until("the request is in flight", busy)
	s.Signal(s.PID, unix.SIGTERM)
	patience.Eventually(t, "connections are refused", func() bool {
		c, err := net.Dial("tcp", s.Addr)
		if err == nil {
			c.Close()
		}
		return errors.Is(err, unix.ECONNREFUSED)
	})
	if len(slow.done) > 0 {
		t.Error("refused only once the slow request was done")
	}
	if err := <-slow.done; err != nil {
		t.Errorf("the request in flight: %v", err)
	}
}

func TestHungHandlerIsKilledWithinTwoSecondsOfTheTimeout(t *testing.T) {
	const timeout = time.Second
	for _, hang := range []struct{ name, path string }{
		{"sleeping", "/hang"},
		{"computing", "/task?do=cpu:60s"},
	} {
		t.Run(hang.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, "-k", "sync", "-w", "2", "-t", "1")
			l := steady(t, s.Addr, "/", 2)
			at := time.Now()
			hung := send(t, s.Addr, hang.path)
			if err := <-hung.done; err == nil {
				t.Error("the hung request was answered")
			}
			if took := time.Since(at); took < timeout || took > timeout+patience.Grown(2*time.Second) {
				t.Errorf("killed after %v, want %v to %v", took, timeout, timeout+2*time.Second)
			}
			s.Await("worker booted", func(r servertest.Record) bool { return r.At.After(at) })
			nothingLost(t, l)
		})
	}
}

// Whoever has nothing to do still shows in time that it lives, even where the timeout is as short as
// the second that loops otherwise rest. All classes idle side by side: nobody waits for them one by one.
func TestIdleWorkersOutliveAShortTimeout(t *testing.T) {
	t.Parallel()
	const timeouts = 3
	servers := make(map[string]*servertest.Server)
	first := make(map[string][]servertest.Worker)
	for class := range catalog.Workers() {
		servers[class] = start(t, "-k", class, "-w", "2", "-t", "1")
		first[class] = servers[class].Scoreboard()
	}
	for class, s := range servers {
		s.Until("they have served for several timeouts, or one is gone", func(board []servertest.Worker) bool {
			return !slices.EqualFunc(board, first[class], func(a, b servertest.Worker) bool { return a.PID == b.PID }) ||
				!slices.ContainsFunc(board, func(w servertest.Worker) bool { return w.Serving < timeouts })
		})
		for _, w := range first[class] {
			if !servertest.Running(w.PID) {
				t.Errorf("%s worker %d, which had nothing to do, is gone", class, w.PID)
			}
		}
	}
}

func TestNoOrphanTwoSecondsAfterTheArbitersDeath(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		s := start(t, "-k", class, "-w", "3")
		send(t, s.Addr, "/task?do=cpu:60s") // one worker computes and looks at nothing
		send(t, s.Addr, "/hang")            // one blocks
		board := s.Until("both requests have reached a worker", func(board []servertest.Worker) bool {
			connections := 0
			for _, w := range board {
				connections += w.Connections
			}
			return connections == 2 && busy(board)
		})
		at := time.Now()
		s.Signal(s.PID, unix.SIGKILL)
		s.Wait()
		for _, w := range board {
			patience.Eventually(t, "the worker has gone", func() bool { return !servertest.Running(w.PID) })
		}
		if took := time.Since(at); took > patience.Grown(2*time.Second) {
			t.Errorf("the last orphan left after %v", took)
		}
	})
}

func TestQuickStop(t *testing.T) {
	for _, sig := range []unix.Signal{unix.SIGINT, unix.SIGQUIT} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			s := start(t, "-k", "gthread", "-w", "2")
			send(t, s.Addr, "/hang")
			board := s.Until("the request is in flight", busy)
			s.Signal(s.PID, sig)
			if code := s.Wait(); code != 0 {
				t.Errorf("exit code %d, want 0", code)
			}
			for _, w := range board {
				if servertest.Running(w.PID) {
					t.Errorf("worker %d is left", w.PID)
				}
			}
		})
	}
}

func TestMaxRequestsReplacesWorkersAndLosesNothing(t *testing.T) {
	servertest.EachClass(t, func(t *testing.T, class string) {
		s := start(t, "-k", class, "-w", "4", "--max-requests", "100", "--max-requests-jitter", "100")
		l := steady(t, s.Addr, "/", clients)
		first := s.Scoreboard()
		s.Until("all workers replaced", func(board []servertest.Worker) bool {
			return !slices.ContainsFunc(board, func(w servertest.Worker) bool {
				return slices.ContainsFunc(first, func(b servertest.Worker) bool { return b.PID == w.PID })
			})
		})
		nothingLost(t, l)
	})
}
