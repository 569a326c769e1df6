package task

import "time"

// A Burner performs CPU demands as a fixed amount of work, so that contention shows: two burners on
// one core each take twice as long, as two computations would. The zero Burner does nothing.
type Burner struct {
	// Rate is the host's speed in rounds a millisecond of an idle core. It is measured once
	// (Calibrate) and handed to every worker, so that all of them mean the same work.
	Rate float64
}

// quantum is how much work runs between two looks at the interpreter lock's drop request. CPython looks as often:
// whether the thread that asked gets the lock, or the one that waits longest, is decided within a microsecond.
const quantum = 500 * time.Nanosecond

// Burn performs work and calls pause, if not nil, about every half microsecond of it.
func (b Burner) Burn(work time.Duration, pause func()) {
	rounds := int(b.Rate * work.Seconds() * 1e3)
	slice := max(1, int(b.Rate*float64(quantum)/1e6))
	for rounds > 0 {
		n := min(rounds, slice)
		spin(n)
		if rounds -= n; pause != nil && rounds > 0 {
			pause()
		}
	}
}

// Calibrate measures the rate as the fastest of several short trials over about d: the fastest is
// the one that nobody interrupted.
func Calibrate(d time.Duration) Burner {
	const trial = 2 * time.Millisecond
	rounds, best := 1<<12, 0.0
	for start := time.Now(); time.Since(start) < d; {
		t := time.Now()
		spin(rounds)
		took := time.Since(t)
		if took < trial {
			rounds *= 2
			continue
		}
		best = max(best, float64(rounds)/(took.Seconds()*1e3))
	}
	return Burner{Rate: best}
}

// spin is the work: a xorshift generator, all registers and no memory, so that neither cache nor
// memory bandwidth enters. It is not inlined, or the compiler would see that nobody reads the result.
//
//go:noinline
func spin(rounds int) uint64 {
	x := uint64(rounds) | 1
	for range rounds {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
	}
	return x
}
