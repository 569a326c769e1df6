package trial

import (
	"slices"
	"time"

	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

// OthersDo is what everybody else asks for beside clients that take their time, and OthersRate how many a
// second do: 0.2 of a worker. Dawdling is how long such a client takes for a head, an answer or a body. An
// answer has DawdledAnswer bytes, more than the kernel buffers, and a body DawdledBody: one every 50 ms.
const (
	OthersDo      = "wait:10ms"
	OthersRate    = 20
	Dawdling      = 5 * time.Second
	DawdledAnswer = 12_000_000
	DawdledBody   = 100
)

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

// OthersCell are the axes that all Dawdled trials share.
func OthersCell() results.Cell {
	return results.Cell{"do": OthersDo, "arrivals": "constant", "rate": OthersRate}
}

// SlowSenders are the runs with clients that send a head slowly, or with none. Records from before there
// were any other clients that send do not say so.
func SlowSenders(t results.Table) results.Table {
	return slices.DeleteFunc(slices.Clone(t), func(r results.Record) bool {
		read, _ := r.Cell.Number("slow_read_bytes")
		post, _ := r.Cell.Number("slow_post_bytes")
		return read > 0 || post > 0
	})
}

// SlowReaders are those with clients that take an answer slowly.
func SlowReaders(t results.Table) results.Table { return t.Where("slow_read_bytes", DawdledAnswer) }

// SlowPosters are those with clients that send a body slowly.
func SlowPosters(t results.Table) results.Table { return t.Where("slow_post_bytes", DawdledBody) }

// GivenUp is the number of seconds after which the generator gives a request up.
const GivenUp = 10.0
