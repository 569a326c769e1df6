package trial

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"
)

// Draws are the random sources of a run. They depend on the session's seed, on the block and on what
// is drawn, but not on the trial: every server of a block is asked for the same at the same times, so
// that what differs between them is their own doing (common random numbers: Law, Simulation Modeling
// and Analysis, 11.2). A record's seed and repetition bring them back.
type Draws struct {
	Seed  uint64
	Block int
}

// arriving is what the arrivals of a load are drawn for.
const arriving = "arrivals"

// Arrivals is the seed of a trial's arrivals, where they are a Poisson process (arrival.Poisson).
func (d Draws) Arrivals() uint64 { return d.SeedFor(arriving) }

// SeedFor separates the sources of one run by their purpose.
func (d Draws) SeedFor(purpose string) uint64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d/%s", d.Seed, d.Block, purpose))
	return binary.BigEndian.Uint64(sum[:])
}

func (d Draws) random(purpose string) *rand.Rand {
	return rand.New(rand.NewPCG(d.SeedFor(purpose), 0))
}

// within draws a time from 0 to limit.
func (d Draws) within(limit time.Duration, purpose string) time.Duration {
	return time.Duration(d.random(purpose).Float64() * float64(limit))
}
