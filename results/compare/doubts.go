package compare

import (
	"fmt"
	"math"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

const (
	sameSpeed = 0.05 // hosts that differ by less are equally fast
	sameShift = 0.02 // cells whose median moved by less stand still
	fewCells  = 5    // too few for a median to say anything of the host
)

// hostDoubts tells what of the machines, and of the way of measuring, is not the same.
func hostDoubts(a, b Run) (doubts []string) {
	doubt := func(format string, args ...any) { doubts = append(doubts, fmt.Sprintf(format, args...)) }
	if a.Manifest == nil || b.Manifest == nil {
		doubt("not both runs have a manifest: whether the hosts are the same is not known")
	} else {
		doubts = append(doubts, manifestDoubts(*a.Manifest, *b.Manifest)...)
	}
	if x, y := spin(a.Table), spin(b.Table); x > 0 && y > 0 && off(x/y) > sameSpeed {
		doubt("the same piece of CPU work took %s in the median of A's runs and %s of B's: the hosts were not equally fast",
			stat.Format(x, "seconds"), stat.Format(y, "seconds"))
	}
	return doubts
}

func manifestDoubts(a, b results.Manifest) (doubts []string) {
	doubt := func(format string, args ...any) { doubts = append(doubts, fmt.Sprintf(format, args...)) }
	for _, x := range []struct{ what, a, b string }{
		{"processors", a.Host.CPU, b.Host.CPU},
		{"numbers of cores", fmt.Sprint(a.Host.Cores), fmt.Sprint(b.Host.Cores)},
		{"usable cores", fmt.Sprint(a.Host.Usable), fmt.Sprint(b.Host.Usable)},
		{"CPU quotas", a.Host.Quota, b.Host.Quota},
		{"governors", a.Host.Governor, b.Host.Governor},
		{"operating systems", a.Host.OS + "/" + a.Host.Arch, b.Host.OS + "/" + b.Host.Arch},
		{"kernels", a.Host.Kernel, b.Host.Kernel},
		{"placements", a.Placement, b.Placement},
	} {
		if x.a != x.b {
			doubt("the hosts differ in their %s: %q and %q", x.what, x.a, x.b)
		}
	}
	if a.CPURate > 0 && b.CPURate > 0 && off(b.CPURate/a.CPURate) > sameSpeed {
		doubt("the hosts differ in their speed: B's core did %.0f %% of the work of A's when calibrated", 100*b.CPURate/a.CPURate)
	}
	if a.Profile != b.Profile {
		doubt("the profiles differ (%s and %s): windows are not equally long, and memory and cold starts show it", a.Profile, b.Profile)
	}
	return doubts
}

// spin is the median time of the fixed piece of work before each valid run; not a number: not recorded.
func spin(table results.Table) float64 { return stat.Median(table.Valid().Values("spin_before")) }

// doubtShift says where the median cell has moved: everything got slower, or the host did.
func (c *Comparison) doubtShift(metrics []Metric) {
	for _, m := range metrics {
		var ratios []float64
		for _, x := range c.Changes {
			if x.Metric == m.Name && x.fit != nil {
				ratios = append(ratios, x.Ratio.Estimate)
			}
		}
		if len(ratios) < fewCells {
			continue
		}
		if r := stat.Median(ratios); off(r) > sameShift {
			c.Doubts = append(c.Doubts, fmt.Sprintf(
				"%s of the median cell is %.3g × what it was: what moves all cells may be the change, or the host", m.Title, r))
		}
	}
}

// off is the distance of a ratio from 1, as a share.
func off(ratio float64) float64 { return math.Expm1(math.Abs(math.Log(ratio))) }
