package trial

import (
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

// Sends are what clients send in one run of a trial, for whoever lets something else than a real server answer
// them.
type Sends struct {
	At       []time.Duration      // open loop: the intended sends, from the window's start; nil: a closed loop
	Do       []string             // what the requests ask for, taken in turn, those of the warm-up first
	Think    func() time.Duration // between an answer and the next request of a closed loop; nil: nothing
	WarmUp   time.Duration        // before the window; in an open loop it plays the window's first requests
	Patience time.Duration        // after which a client gives up
}

// Sends are those of the trial's load in a block of a session with that seed: what the real server is sent there.
func (t Trial) Sends(seed uint64, block int) (Sends, error) {
	d := Draws{seed, block}
	parts, err := t.Deal(t.Load, 1, d, "")
	if err != nil {
		return Sends{}, err
	}
	return Sends{
		At: parts[0].At, Do: parts[0].Do, Think: Thoughts(t.Load, d, ""),
		WarmUp: t.WarmUpOf(t.Load), Patience: t.Load.Patience(),
	}, nil
}

// Thoughts draws how long the clients of a closed load think, one time after the other; nil: not at all.
func Thoughts(l spec.Load, d Draws, purpose string) func() time.Duration {
	if l.Clients == 0 || l.Think == 0 {
		return nil
	}
	return l.Thinking.Times(l.Think, d.random(purpose+"think"))
}

// Cores is how many the server has in that place, on a host of which so many can be used; unknown (0) are two.
func (p Place) Cores(usable int) int {
	switch {
	case p == Pin || usable == 1:
		return 1
	case p == All && usable > 0:
		return usable
	}
	return 2
}
