package compare

import (
	"strings"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/regress"
)

// A sample is one figure of all runs of a cell that obtained it.
type sample struct {
	above []float64 // those above zero
	zeros int
}

func newSample(m Metric, records results.Table) (s sample) {
	for i := range records {
		switch v, ok := m.of(&records[i]); {
		case !ok:
		case v > 0:
			s.above = append(s.above, v)
		default:
			s.zeros++
		}
	}
	return s
}

func (s sample) n() int { return len(s.above) + s.zeros }

// twins are the differences of one run's A/A pairs, by the load they were under.
type twins map[string]float64

func newTwins(m Metric, all cells) twins {
	t := make(twins)
	for name, records := range all {
		original := all[strings.Replace(name, "/twin=true", "", 1)]
		if on, _ := records[0].Cell["twin"].(bool); !on || original == nil {
			continue
		}
		if off, ok := difference(m, records, original); ok {
			load := loadOf(records[0].Cell)
			t[load] = max(t[load], off)
		}
	}
	return t
}

// difference is by what share identical cells differ, over the blocks in which both ran.
func difference(m Metric, a, b results.Table) (float64, bool) {
	var samples []regress.Sample
	for cell, records := range map[string]results.Table{"a": a, "b": b} {
		for i := range records {
			if v, ok := m.of(&records[i]); ok && v > 0 {
				samples = append(samples, regress.Sample{Block: records[i].Repetition, Cell: cell, Value: v})
			}
		}
	}
	fit, err := regress.FitBlocks(samples)
	if err != nil {
		return 0, false // too few: nothing is known of the noise
	}
	off, err := fit.Noise("a", "b")
	return off, err == nil
}

// noise is what identical cells under the same load differed by; where none was under it, the most
// that any did.
func (t twins) noise(cell results.Cell) float64 {
	if own, ok := t[loadOf(cell)]; ok {
		return own
	}
	most := 0.0
	for _, off := range t {
		most = max(most, off)
	}
	return most
}

// loadOf names what a cell's server is asked for.
func loadOf(cell results.Cell) string {
	load := make(results.Cell)
	for _, axis := range []string{"do", "arrivals", "clients", "rate", "burst", "place", "hog_do", "hog", "slow_clients", "event"} {
		if v, ok := cell[axis]; ok {
			load[axis] = v
		}
	}
	return load.String()
}
