package des

import (
	"hash/fnv"
	"math/rand/v2"
)

// Streams are the random numbers of one replication. The same seed and replication give the same numbers
// for a purpose, whatever else is drawn: common random numbers (Law, Simulation Modeling and Analysis,
// section 11.2).
type Streams struct{ Seed, Replication uint64 }

// For is the stream of a purpose: "arrivals", "demands".
func (s Streams) For(purpose string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(purpose)) // it never fails
	return rand.New(rand.NewPCG(s.Seed, h.Sum64()^s.Replication*0x9e3779b97f4a7c15))
}
