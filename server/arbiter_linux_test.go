package server

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/internal/soak"
)

const settled = time.Second // longer than four spaced spawns, shorter than any timeout here

func TestSpawnsInBulkAreSpacedAndALoneOneIsImmediate(t *testing.T) {
	play(t, nil, func(f *fake) {
		f.after(settled)
		f.wantServing(4)
		spread := f.spawns()[3].at - f.spawns()[0].at
		for i := 1; i < 4; i++ {
			if pause := f.spawns()[i].at - f.spawns()[i-1].at; pause < 0 || pause > maxPause {
				t.Errorf("spawn %d came %v after the one before, want at most %v", i, pause, maxPause)
			}
		}
		if spread == 0 {
			t.Error("four spawns at one instant")
		}
		died := f.now()
		f.die(f.spawns()[2].pid, unix.WaitStatus(unix.SIGKILL))
		f.after(0)
		if len(f.spawns()) != 5 || f.spawns()[4].at != died {
			t.Errorf("a lone death at %v was not made good at once: %v", died, f.spawns()[4:])
		}
	})
}

func TestDeathsAtBootAreBackedOffFrom(t *testing.T) {
	play(t, func(s *Settings) { s.Workers = 1 }, func(f *fake) {
		f.next(func(int) behaviour { return behaviour{die: time.Millisecond, status: exits(1)} })
		f.after(2 * time.Minute)
		var pauses []time.Duration
		for i := 1; i < len(f.spawns()); i++ {
			pauses = append(pauses, f.spawns()[i].at-f.spawns()[i-1].at)
		}
		if len(pauses) < 10 || len(pauses) > 30 {
			t.Fatalf("%d attempts in two minutes: %v", len(pauses)+1, pauses)
		}
		if pauses[0] > maxPause {
			t.Errorf("the first death alone delayed the next attempt by %v", pauses[0])
		}
		if last := pauses[len(pauses)-1]; last < delayLimit || last > delayLimit+maxPause {
			t.Errorf("the last pause is %v, want the limit %v", last, delayLimit)
		}
		f.next(nil)
		f.after(delayLimit + settled)
		f.wantServing(1)
		f.after(2 * backoffMemory)
		before := len(f.spawns())
		f.next(func(n int) behaviour {
			if n == before {
				return behaviour{die: time.Millisecond, status: exits(1)}
			}
			return healthy
		})
		f.die(f.spawns()[before-1].pid, exits(1))
		f.after(settled)
		f.wantServing(1)
		if all := f.spawns(); len(all) != before+2 || all[before+1].at-all[before].at > maxPause {
			t.Errorf("a death long after the bad time was held against the next worker: %v", all[before:])
		}
	})
}

func TestWorkersThatDieOnceBootedAreBackedOffFromToo(t *testing.T) {
	play(t, func(s *Settings) { s.Workers = 1 }, func(f *fake) {
		f.next(func(int) behaviour { return behaviour{boot: 1, die: time.Millisecond, status: exits(1)} })
		f.after(time.Minute)
		if n := len(f.spawns()); n > 20 {
			t.Errorf("%d attempts in a minute", n)
		}
	})
}

func TestWorkersThatServedAreReplacedWithoutDelay(t *testing.T) {
	play(t, func(s *Settings) { s.Workers = 1 }, func(f *fake) {
		// As max-requests 1 does it under load.
		f.next(func(int) behaviour { return behaviour{boot: 1, die: 150 * time.Millisecond, serves: 1} })
		f.after(30 * time.Second)
		if n := len(f.spawns()); n < 195 {
			t.Errorf("%d workers in 30s that lived 150ms each: replacements were delayed", n)
		}
	})
}

func TestFailedForksAreRetried(t *testing.T) {
	play(t, nil, func(f *fake) {
		f.with(func() { f.trouble = errFork })
		f.after(settled)
		f.with(func() { f.trouble = nil })
		f.after(delayLimit + settled)
		f.wantServing(4)
	})
}

func TestExitThatASecondTryWouldNotMendStopsTheServer(t *testing.T) {
	for _, code := range []int{exitBoot, exitApp} {
		play(t, nil, func(f *fake) {
			f.next(func(n int) behaviour {
				if n == 2 {
					return behaviour{die: time.Millisecond, status: exits(code)}
				}
				return healthy
			})
			var exit *ExitError
			if err := f.wait(); !errors.As(err, &exit) || exit.Code != code {
				t.Errorf("got %v, want an ExitError of %d", err, code)
			}
			if f.left() != 0 || f.unlistened < 0 {
				t.Errorf("%d left behind, listeners closed at %v", f.left(), f.unlistened)
			}
		})
	}
}

func TestSilentWorkerIsAbortedAtItsTimeout(t *testing.T) {
	const timeout = 3 * time.Second
	play(t, func(s *Settings) { s.Timeout, s.Workers = timeout, 2 }, func(f *fake) {
		f.next(func(n int) behaviour {
			b := healthy
			b.silent = n == 0
			return b
		})
		f.after(timeout + settled)
		p := f.spawns()[0]
		if got, want := p.received(unix.SIGABRT), p.bootedAt+timeout; got != want {
			t.Errorf("aborted at %v, want %v", got, want)
		}
		if p.received(unix.SIGKILL) >= 0 {
			t.Error("killed although it obeyed")
		}
		if f.spawns()[1].received(unix.SIGABRT) >= 0 {
			t.Error("a worker that beats was aborted")
		}
		f.wantServing(2)
	})
}

func TestDeafWorkerIsKilledATickLaterAndReplacedAfterItsExit(t *testing.T) {
	const timeout = 3 * time.Second
	play(t, func(s *Settings) { s.Timeout, s.Workers = timeout, 1 }, func(f *fake) {
		f.next(func(n int) behaviour {
			b := healthy
			b.silent, b.deaf = n == 0, n == 0
			return b
		})
		f.after(timeout + 2*tick)
		p := f.spawns()[0]
		if got, want := p.received(unix.SIGKILL), p.bootedAt+timeout+tick; got != want {
			t.Errorf("killed at %v, want %v", got, want)
		}
		if f.spawns()[1].at < p.received(unix.SIGKILL) {
			t.Error("replaced before it was gone")
		}
		f.wantServing(1)
	})
}

func TestHangWhileBootingIsTimedToo(t *testing.T) {
	const timeout = 3 * time.Second
	play(t, func(s *Settings) { s.Timeout, s.Workers = timeout, 1 }, func(f *fake) {
		f.next(func(n int) behaviour {
			if n == 0 {
				return behaviour{}
			}
			return healthy
		})
		f.after(timeout + settled)
		if got := f.spawns()[0].received(unix.SIGABRT); got != timeout {
			t.Errorf("aborted at %v, want %v", got, timeout)
		}
		f.wantServing(1)
	})
}

func TestTimeoutOfZeroIsNever(t *testing.T) {
	play(t, func(s *Settings) { s.Timeout = 0 }, func(f *fake) {
		f.next(func(int) behaviour { return behaviour{boot: 1, silent: true} })
		f.after(24 * time.Hour)
		for _, p := range f.spawns() {
			if len(p.got) > 0 {
				t.Errorf("%v", p)
			}
		}
	})
}

func TestReloadRetiresTheOldOnlyAsTheNewServe(t *testing.T) {
	const boot = 2 * time.Second
	play(t, nil, func(f *fake) {
		f.after(settled)
		old := f.wantServing(4)
		f.next(func(int) behaviour { return behaviour{boot: boot} })
		f.send(unix.SIGHUP)
		f.after(boot - time.Millisecond)
		if still := f.wantServing(4); !slices.Equal(pids(still), pids(old)) {
			t.Fatal("old workers were retired before new ones served")
		}
		for range 100 { // the whole hand-over, in steps
			f.after(20 * time.Millisecond)
			if n := len(f.serving()); n < 4 {
				t.Fatalf("only %d workers serve at %v", n, f.now())
			}
		}
		for _, p := range f.wantServing(4) {
			if slices.Contains(pids(old), p.pid) {
				t.Errorf("%v survived the reload", p)
			}
		}
		all := f.spawns()
		for i := 1; i < len(old); i++ {
			if all[i].received(unix.SIGTERM) < all[i-1].received(unix.SIGTERM) {
				t.Error("not the oldest first")
			}
		}
		if f.reopened != 1 {
			t.Errorf("logs reopened %d times, want once", f.reopened)
		}
	})
}

func TestReloadThatCannotBootKeepsTheOldWorkers(t *testing.T) {
	play(t, nil, func(f *fake) {
		f.after(settled)
		old := f.wantServing(4)
		f.next(func(int) behaviour { return behaviour{die: time.Millisecond, status: exits(1)} })
		f.send(unix.SIGHUP)
		f.after(time.Minute)
		if still := f.wantServing(4); !slices.Equal(pids(still), pids(old)) {
			t.Error("old workers were given up for new ones that never served")
		}
	})
}

func TestScaleUpAndDown(t *testing.T) {
	play(t, nil, func(f *fake) {
		f.after(settled)
		f.send(unix.SIGTTIN)
		f.after(settled)
		all := f.wantServing(5)
		f.send(unix.SIGTTOU)
		f.send(unix.SIGTTOU)
		f.after(settled)
		left := f.wantServing(3)
		if !slices.Equal(pids(left), pids(all[2:])) {
			t.Errorf("not the oldest were retired: %v of %v are left", left, all)
		}
		for range 5 {
			f.send(unix.SIGTTOU)
		}
		f.after(settled)
		f.wantServing(1)
	})
}

func TestWinchRetiresAllAndReloadBringsThemBack(t *testing.T) {
	play(t, nil, func(f *fake) {
		f.after(settled)
		f.send(unix.SIGWINCH)
		f.after(settled)
		f.wantServing(0)
		if f.unlistened >= 0 {
			t.Error("the listeners were closed")
		}
		f.send(unix.SIGHUP)
		f.after(settled)
		f.wantServing(4)
	})
}

func TestRetiredWorkerThatDoesNotLeaveIsKilled(t *testing.T) {
	play(t, func(s *Settings) { s.Graceful = 5 * time.Second }, func(f *fake) {
		f.next(func(int) behaviour { return behaviour{boot: 1, deaf: true} })
		f.after(settled)
		f.send(unix.SIGTTOU)
		at := f.now()
		f.after(10 * time.Second)
		if got, want := f.spawns()[0].received(unix.SIGKILL), at+5*time.Second+tick; got != want {
			t.Errorf("killed at %v, want %v", got, want)
		}
		f.wantServing(3)
	})
}

func TestReopenIsPassedOn(t *testing.T) {
	play(t, nil, func(f *fake) {
		f.after(settled)
		f.send(unix.SIGUSR1)
		for _, p := range f.spawns() {
			if p.received(unix.SIGUSR1) < 0 {
				t.Errorf("%v", p)
			}
		}
		if f.reopened != 1 {
			t.Errorf("reopened %d times", f.reopened)
		}
	})
}

func TestUpgradeStartsOneSuccessor(t *testing.T) {
	play(t, nil, func(f *fake) {
		f.after(settled)
		f.with(func() { f.trouble = errFork })
		f.send(unix.SIGUSR2) // fails, and can be tried again
		f.with(func() { f.trouble = nil })
		f.send(unix.SIGUSR2)
		f.send(unix.SIGUSR2)
		if f.upgrades != 1 {
			t.Errorf("%d successors, want 1", f.upgrades)
		}
		f.wantServing(4)
		f.die(f.successor, exits(1))
		f.after(settled)
		f.send(unix.SIGUSR2)
		if f.upgrades != 2 {
			t.Error("no second attempt after the successor's death")
		}
	})
}

func TestSuccessorIsPromotedWhenItsPredecessorHasGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.gone = make(chan struct{})
		f.run(nil, func(f *fake) {
			f.after(settled)
			f.send(unix.SIGUSR2)
			if f.upgrades != 0 || f.promoted {
				t.Errorf("%d upgrades, promoted %v while the predecessor stands", f.upgrades, f.promoted)
			}
			close(f.gone)
			f.after(0)
			f.send(unix.SIGUSR2)
			if f.upgrades != 1 || !f.promoted {
				t.Errorf("%d upgrades, promoted %v after it has gone", f.upgrades, f.promoted)
			}
			f.wantServing(4)
		})
	})
}

// Whatever happens, in whatever order: once it is quiet, as many workers serve as are wanted, and the
// server stops when it is told to.
func TestAnyHistoryEndsWithTheWantedWorkers(t *testing.T) {
	for seed := range uint64(soak.Times(t, 200)) {
		play(t, func(s *Settings) { s.ReusePort = seed%2 == 1 }, func(f *fake) {
			rng := rand.New(rand.NewPCG(seed, 0))
			f.next(func(n int) behaviour { return anyBehaviour(seed, n) })
			wanted := 4
			for range 40 {
				switch rng.IntN(8) {
				case 0:
					f.send(unix.SIGHUP)
					wanted = 4
				case 1:
					f.send(unix.SIGTTIN)
					wanted++
				case 2:
					f.send(unix.SIGTTOU)
					wanted = max(1, wanted-1)
				case 3, 4:
					if list := f.serving(); len(list) > 0 {
						f.die(list[rng.IntN(len(list))].pid, unix.WaitStatus(unix.SIGKILL))
					}
				default:
					f.after(time.Duration(rng.IntN(500)) * time.Millisecond)
				}
			}
			f.next(nil)
			f.after(5 * time.Minute)
			if n := len(f.serving()); n != wanted || f.left() != wanted {
				t.Errorf("seed %d: %d serve of %d, want %d", seed, n, f.left(), wanted)
			}
		})
	}
}

// anyBehaviour is how the nth process of a history behaves: mostly well.
func anyBehaviour(seed uint64, n int) behaviour {
	rng := rand.New(rand.NewPCG(seed, uint64(n)+1))
	b := behaviour{boot: time.Duration(1+rng.IntN(400)) * time.Millisecond, drain: time.Duration(rng.IntN(3000)) * time.Millisecond}
	switch rng.IntN(10) {
	case 0:
		b.boot = 0 // hangs
	case 1:
		b.die, b.status = time.Duration(1+rng.IntN(500))*time.Millisecond, exits(1)
	case 2:
		b.silent = true
	case 3:
		b.deaf = true
	}
	return b
}
