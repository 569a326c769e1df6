package trial

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// draws are the random sources of a run. They depend on the session's seed, on the block and on what
// is drawn, but not on the trial: every server of a block is asked for the same at the same times, so
// that what differs between them is their own doing (common random numbers: Law, Simulation Modeling
// and Analysis, 11.2). A record's seed and repetition bring them back.
type Draws struct {
	Seed  uint64
	Block int
}

// seedFor separates the sources of one run by their purpose.
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

// times returns a function that draws times around mean, one after the other.
func (l Law) times(mean time.Duration, random *rand.Rand) func() time.Duration {
	const jitter = 0.1
	factor := func() float64 { return 1 }
	switch l {
	case Even:
	case Jittered:
		factor = func() float64 { return 1 - jitter + 2*jitter*random.Float64() }
	case Exponential:
		factor = random.ExpFloat64
	}
	return func() time.Duration { return time.Duration(factor() * float64(mean)) }
}

// A mix is a list of demands of which some have a length that is drawn: "cpu:1ms,wait:exp(20ms)".
type mix []demand

type demand struct {
	text string        // as it is asked for; of a drawn one the kind: "wait"
	mean time.Duration // of one whose length is drawn; 0: it is not
}

// longestMean bounds the means, so that no draw exceeds what a server takes in one step.
const longestMean = time.Minute

// parseMix reads a list. What is not to be drawn is left to the server to understand.
func parseMix(list string) (mix, error) {
	var m mix
	for step := range strings.SplitSeq(list, ",") {
		kind, amount, _ := strings.Cut(step, ":")
		inner, drawn := strings.CutPrefix(amount, "exp(")
		if !drawn {
			m = append(m, demand{text: step})
			continue
		}
		inner, closed := strings.CutSuffix(inner, ")")
		mean, err := time.ParseDuration(inner)
		switch {
		case !closed || err != nil:
			return nil, fmt.Errorf("demand %q: want a mean time, as in wait:exp(20ms)", step)
		case mean < time.Microsecond || mean > longestMean:
			return nil, fmt.Errorf("demand %q: the mean is from 1µs to %v", step, longestMean)
		}
		m = append(m, demand{kind, mean})
	}
	return m, nil
}

// fixed reports whether every request asks for the same.
func (m mix) fixed() bool {
	for _, d := range m {
		if d.mean > 0 {
			return false
		}
	}
	return true
}

// list is what each of n requests asks for; of a fixed mix one stands for all.
func (m mix) list(n int, random *rand.Rand) []string {
	if m.fixed() {
		n = 1
	}
	all := make([]string, n)
	for i := range all {
		all[i] = m.one(random)
	}
	return all
}

func (m mix) one(random *rand.Rand) string {
	var b strings.Builder
	for i, d := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(d.text)
		if d.mean > 0 {
			length := time.Duration(random.ExpFloat64() * float64(d.mean))
			b.WriteString(":" + length.Round(time.Microsecond).String())
		}
	}
	return b.String()
}

// means are the mean lengths of the mix's parts that compute and that do not.
func (m mix) means() (computing, waiting time.Duration) {
	for _, d := range m {
		switch kind, length := d.length(); kind {
		case "cpu":
			computing += length
		case "wait", "block":
			waiting += length
		}
	}
	return computing, waiting
}

// length is the demand's kind and its mean length; of kinds that take no time worth the name it is 0.
func (d demand) length() (kind string, mean time.Duration) {
	kind, amount, _ := strings.Cut(d.text, ":")
	if mean = d.mean; mean == 0 {
		mean, _ = time.ParseDuration(amount)
	}
	return kind, mean
}
