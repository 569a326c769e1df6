package trial

import (
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

// The loads that several claims are tried under. Equal trials run once, so the claims that share a
// load share its runs.

// WaitingDo is a request that mostly waits, for LongWait beside LittleWork, and ComputingDo one that only computes,
// for MuchWork. IdleDo does nothing but wait, and HiddenDo waits in a way that does not yield, both for LongWait.
const (
	WaitingDo   = "cpu:1ms,wait:20ms"
	ComputingDo = "cpu:5ms"
	IdleDo      = "wait:20ms"
	HiddenDo    = "block:20ms"

	LittleWork = time.Millisecond
	MuchWork   = 5 * time.Millisecond
	LongWait   = 20 * time.Millisecond
)

// Waiting is a server saturated with requests that mostly wait: 64 clients, more than any server here
// can serve at once, each with a connection per request; one core for the server.
func Waiting(s spec.Server, p Profile) Trial {
	return Trial{
		Server: s, Place: Pin, Load: spec.Load{Do: WaitingDo, Clients: 64},
		Window: Pick(p, 400*time.Millisecond, 800*time.Millisecond, 2*time.Second, 3*time.Second), Blocks: Pick(p, 1, 2, 6, 20), Group: "waiting",
	}
}

// Computing is a server saturated with requests that only compute, on two cores.
func Computing(s spec.Server, p Profile) Trial {
	return Trial{
		Server: s, Place: Share, Load: spec.Load{Do: ComputingDo, Clients: 16},
		Window: Pick(p, 400*time.Millisecond, 800*time.Millisecond, 2*time.Second, 3*time.Second), Blocks: Pick(p, 1, 4, 6, 20), Group: "computing",
	}
}

// Idlers are the clients of Idle.
const Idlers = 32

// Idle is a server saturated with requests that only wait, do being IdleDo or HiddenDo: 32 clients,
// each with a connection per request; one core for the server, far from busy where waits overlap.
func Idle(s spec.Server, do string, p Profile) Trial {
	return Trial{
		Server: s, Place: Pin, Load: spec.Load{Do: do, Clients: Idlers},
		Window: Pick(p, 400*time.Millisecond, 800*time.Millisecond, 2*time.Second, 3*time.Second), Blocks: Pick(p, 1, 3, 6, 20), Group: "waiting",
	}
}

// Arriving is a server to which 200 requests a second that only compute come at random (Poisson), on
// two cores that could do somewhat less than twice as many.
func Arriving(s spec.Server, p Profile) Trial {
	return Trial{
		Server: s, Place: Share, Load: spec.Load{Do: ComputingDo, Rate: 200, Arriving: spec.Exponential},
		Window: Pick(p, 400*time.Millisecond, 1500*time.Millisecond, 6*time.Second, 6*time.Second), Blocks: Pick(p, 1, 3, 6, 20), Group: "open",
	}
}
