package server

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestLanesFollowTheWorkers(t *testing.T) {
	play(t, func(s *Settings) { s.ReusePort = true }, func(f *fake) {
		wantLanes := func(n int) {
			t.Helper()
			var lanes []int
			for _, p := range f.wantServing(n) {
				lanes = append(lanes, p.lane)
			}
			slices.Sort(lanes)
			for i := range n {
				if lanes[i] != i {
					t.Fatalf("lanes %v, want one worker on each of %d", lanes, n)
				}
			}
			if f.wanted != n || f.usedMost != n {
				t.Errorf("fitted to %d lanes of %d in use, want %d of %d", f.wanted, f.usedMost, n, n)
			}
		}
		f.after(settled)
		wantLanes(4)
		f.die(f.spawns()[1].pid, unix.WaitStatus(unix.SIGKILL))
		f.after(settled)
		wantLanes(4)
		f.send(unix.SIGTTOU)
		f.after(settled)
		wantLanes(3)
		f.send(unix.SIGTTIN)
		f.send(unix.SIGTTIN)
		f.after(settled)
		wantLanes(5)
		f.send(unix.SIGHUP)
		f.after(2 * settled)
		wantLanes(4)
	})
}

func TestLaneIsEmptiedBeforeItsWorkerRetires(t *testing.T) {
	for _, test := range []struct {
		name           string
		backlog, leave time.Duration // after the signal: the backlog is empty, the worker must leave
	}{
		{"empty: handshakes may still be under way", 0, handshakes},
		{"busy: when it is empty", 3 * time.Second, 3 * time.Second},
		{"never empty: after the graceful timeout", time.Hour, 30 * time.Second},
	} {
		play(t, func(s *Settings) { s.ReusePort = true }, func(f *fake) {
			f.after(settled)
			f.with(func() { f.drainedAt = f.now() + test.backlog })
			at := f.now()
			f.send(unix.SIGTTOU)
			f.after(time.Minute)
			last := f.spawns()[3]
			if got := last.received(unix.SIGTERM) - at; last.lane != 3 || got < test.leave || got > test.leave+backlogLook {
				t.Errorf("%s: the worker of lane %d was told to leave after %v, want %v", test.name, last.lane, got, test.leave)
			}
		})
	}
}
