package server

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestTermDrainsAndKillsAfterTheGracefulTimeout(t *testing.T) {
	const graceful = 5 * time.Second
	play(t, func(s *Settings) { s.Graceful = graceful }, func(f *fake) {
		f.next(func(n int) behaviour { return behaviour{boot: 1, drain: time.Second, deaf: n == 1} })
		f.after(settled)
		at := f.now()
		f.send(unix.SIGTERM)
		if f.unlistened != at {
			t.Errorf("listeners closed at %v, want %v", f.unlistened, at)
		}
		if err := f.wait(); err != nil {
			t.Error(err)
		}
		if took := f.now() - at; took != graceful {
			t.Errorf("stopped after %v, want the deaf worker's kill at %v", took, graceful)
		}
		for i, p := range f.spawns() {
			if killed := p.received(unix.SIGKILL) >= 0; p.received(unix.SIGTERM) != at || killed != (i == 1) {
				t.Errorf("%v", p)
			}
		}
	})
}

func TestQuickStopDoesNotWaitAndHurriesAGracefulOne(t *testing.T) {
	for _, sig := range []unix.Signal{unix.SIGINT, unix.SIGQUIT} {
		play(t, nil, func(f *fake) {
			f.next(func(n int) behaviour { return behaviour{boot: 1, drain: time.Minute, deaf: n == 0} })
			f.after(settled)
			f.send(unix.SIGTERM)
			f.after(settled)
			at := f.now()
			f.send(sig)
			if n := f.left(); n != 1 {
				t.Errorf("%d processes left at once, want the deaf one", n)
			}
			if err := f.wait(); err != nil || f.now()-at != tick {
				t.Errorf("stopped after %v, %v; want %v", f.now()-at, err, tick)
			}
		})
	}
}

func TestQuickStopDoesNotPutOffAKillThatIsDue(t *testing.T) {
	const graceful = tick / 2
	play(t, func(s *Settings) { s.Graceful = graceful }, func(f *fake) {
		f.next(func(int) behaviour { return behaviour{boot: 1, deaf: true} })
		f.after(settled)
		at := f.now()
		f.send(unix.SIGTERM)
		f.send(unix.SIGINT)
		if err := f.wait(); err != nil || f.now()-at != graceful {
			t.Errorf("stopped after %v, %v; want %v", f.now()-at, err, graceful)
		}
	})
}

func TestNothingIsStartedWhileStopping(t *testing.T) {
	play(t, nil, func(f *fake) {
		f.next(func(int) behaviour { return behaviour{boot: 1, drain: 10 * time.Second} })
		f.after(settled)
		f.send(unix.SIGTERM)
		for _, sig := range []unix.Signal{unix.SIGHUP, unix.SIGTTIN, unix.SIGUSR2, unix.SIGWINCH, unix.SIGTTOU} {
			f.send(sig)
		}
		f.die(f.spawns()[0].pid, unix.WaitStatus(unix.SIGKILL))
		f.after(5 * time.Second)
		if len(f.spawns()) != 4 || f.upgrades != 0 {
			t.Errorf("%d spawns, %d upgrades", len(f.spawns()), f.upgrades)
		}
	})
}
