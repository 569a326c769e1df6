package trial

import (
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

// BystanderDo is what everybody else asks for while a lone request keeps a worker busy.
const BystanderDo = "wait:5ms"

// LoneClasses are the worker classes that a lone request is tried under. Of gthread the lock is on:
// its main thread must come through even while another thread computes.
func LoneClasses() []spec.Server {
	return []spec.Server{
		{Class: "sync"},
		{Class: "gthread", Threads: 2, GIL: true},
		{Class: "gevent"},
		{Class: "eventlet"},
		{Class: "tornado"},
		{Class: "asgi"},
	}
}

// Lone is one request that keeps one of two workers busy for so long, waiting ("wait") or computing
// ("cpu"). It is sent at a drawn moment of a second, so that the heartbeats have any phase to it, and
// its client has patience. Beside it others ask for little, ten times a second.
//
// Servers that only wait run all at once. Those that compute share two cores, all at once too: what is
// read of them are seconds, which the arbiter counts and not the worker.
func Lone(s spec.Server, kind string, busy time.Duration, p Profile) Trial {
	s.Workers = 2
	t := Trial{
		Server: s, Place: Pin, Event: Watched, Memory: NotRead, Window: busy,
		Load:  spec.Load{Do: kind + ":" + busy.String(), Burst: 1, Phase: time.Second, Timeout: 40 * time.Second},
		Hog:   spec.Load{Do: BystanderDo, Rate: 10},
		Group: "timer", Together: true, Untimed: true, Blocks: Pick(p, 1, 2, 6, 12),
	}
	if kind == "cpu" {
		t.Place, t.Group = Share, "hang"
	}
	return t
}
