package trial

import (
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

// OthersDo is what everybody else asks for next to clients that take their time, OthersWait, and OthersRate how
// many a second do: OthersBusy of a worker. Dawdling is how long such a client takes for a head, an answer or a
// body. An answer has DawdledAnswer bytes, more than the kernel buffers, and a body DawdledBody.
const (
	OthersDo      = "wait:10ms"
	OthersWait    = 10 * time.Millisecond
	OthersRate    = 20
	OthersBusy    = float64(OthersRate*OthersWait) / float64(time.Second)
	Dawdling      = 5 * time.Second
	DawdledAnswer = 12_000_000
	DawdledBody   = 100
)

// Senders are so many clients that send a head slowly.
func Senders(n int) Slow { return Slow{Clients: n} }

// Readers are as many that take an answer slowly.
func Readers(n int) Slow { return Slow{Clients: n, Read: DawdledAnswer} }

// Posters are as many that send a body slowly.
func Posters(n int) Slow { return Slow{Clients: n, Post: DawdledBody} }

// Dawdled is a server with everybody else, next to clients of one kind that take their time, if there are
// any.
func Dawdled(s spec.Server, slow Slow, p Profile) Trial {
	t := Trial{
		Server: s, Place: Pin, Load: spec.Load{Do: OthersDo, Rate: OthersRate}, Memory: NotRead,
		Window: Dawdling, Group: "timer", Together: true, Untimed: true, Blocks: Pick(p, 1, 2, 6, 12),
	}
	if slow.Clients > 0 {
		slow.Over = Dawdling
		t.Slow = slow
	}
	return t
}

// GivenUp is the number of seconds after which the generator gives a request up.
const GivenUp = 10.0
