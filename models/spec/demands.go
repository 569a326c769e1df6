package spec

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/workerlab/workerlab/server/task"
)

// Kind says what a demand asks for.
type Kind string

// The kinds of demand.
const (
	CPU   Kind = "cpu"   // calibrated work
	Wait  Kind = "wait"  // time off the cores
	Block Kind = "block" // a wait that does not yield: an event loop stands still meanwhile
	Touch Kind = "touch" // write to that share of the app memory: of every page the first byte, from the start
	Leak  Kind = "leak"  // keep so much memory for good; needs faults switched on
)

// A Demand is one step of what a request asks for.
type Demand struct {
	Kind  Kind
	For   time.Duration // of CPU, Wait and Block: the mean, where Law draws it anew for each request
	Law   Law
	CV    float64 // of Lognormal: standard deviation over mean
	Share float64 // of Touch, 0 to 1
	Bytes int64   // of Leak
}

// Bounds of a demand, so that a slip of the pen does not take the host down.
const (
	Longest     = time.Hour   // of one CPU, Wait or Block
	LongestMean = time.Minute // of one that is drawn, so that no draw exceeds Longest
	Largest     = 1 << 30     // bytes of one Leak
)

// Demands are what a request asks for, in order.
type Demands []Demand

// ParseDemands reads a list such as "cpu:2ms,wait:exp(20ms),cpu:lognormal(1ms/3)". The error names the step
// and what is wrong with it.
func ParseDemands(list string) (all Demands, err error) {
	for d, err := range Each(list) {
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// Each reads a list as ParseDemands does, step by step, and keeps nothing of it. It ends with the first
// error.
func Each(list string) iter.Seq2[Demand, error] {
	return func(yield func(Demand, error) bool) {
		for step := range strings.SplitSeq(list, ",") {
			if d, err := parseDemand(step); !yield(d, err) || err != nil {
				return
			}
		}
	}
}

func parseDemand(step string) (Demand, error) {
	kind, amount, _ := strings.Cut(step, ":")
	d := Demand{Kind: Kind(kind)}
	var err error
	switch d.Kind {
	case CPU, Wait, Block:
		err = d.parseTime(amount)
	case Touch:
		d.Share, err = parseShare(amount)
	case Leak:
		d.Bytes, err = ParseSize(amount)
	default:
		err = errors.New("the kind must be cpu, wait, block, touch or leak, as in cpu:2ms")
	}
	if err != nil {
		return Demand{}, fmt.Errorf("step %q: %w", step, err)
	}
	return d, nil
}

// parseTime reads a time, or the mean of one that is drawn.
func (d *Demand) parseTime(amount string) (err error) {
	name, inner, drawn := strings.Cut(amount, "(")
	if !drawn {
		d.For, err = parseDuration(amount)
		return err
	}
	inner, closed := strings.CutSuffix(inner, ")")
	mean, cv, varies := strings.Cut(inner, "/")
	switch {
	case !closed:
		return errors.New("the bracket is not closed, as in wait:exp(20ms)")
	case name == "exp" && !varies:
		d.Law = Exponential
	case name == "lognormal" && varies:
		d.Law = Lognormal
		if d.CV, err = strconv.ParseFloat(cv, 64); err != nil || !(d.CV > 0 && d.CV <= 10) {
			return fmt.Errorf("%q is no coefficient of variation: want more than 0, up to 10", cv)
		}
	default:
		return errors.New("a drawn time is exp(MEAN) or lognormal(MEAN/CV), as in wait:exp(20ms)")
	}
	if d.For, err = parseDuration(mean); err != nil {
		return err
	}
	if d.For < time.Microsecond || d.For > LongestMean {
		return fmt.Errorf("the mean is from 1µs to %v", LongestMean)
	}
	return nil
}

func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration such as 2ms or 1.5s", s)
	}
	if d < 0 || d > Longest {
		return 0, fmt.Errorf("a step takes from 0 to %v", Longest)
	}
	return d, nil
}

func parseShare(s string) (float64, error) {
	share, err := strconv.ParseFloat(s, 64)
	if err != nil || !(0 <= share && share <= 1) { // not a number is neither
		return 0, fmt.Errorf("%q is not a share of the app memory from 0 to 1, such as 0.5", s)
	}
	return share, nil
}

// ParseSize reads a number of bytes: plain (12000000, 1e6), or with a unit, decimal or binary.
func ParseSize(s string) (int64, error) {
	number := strings.TrimRight(s, "BKMGki")
	unit, known := map[string]float64{
		"": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
	}[s[len(number):]]
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || !known || !(0 <= n && n*unit <= Largest) {
		return 0, fmt.Errorf("%q is not a number of bytes from 0 to %d, such as 1e6 or 64KiB", s, Largest)
	}
	return int64(math.Round(n * unit)), nil
}

// String is the list as ParseDemands reads it.
func (all Demands) String() string {
	var b strings.Builder
	for i, d := range all {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(d.String())
	}
	return b.String()
}

// String is the demand as a list has it.
func (d Demand) String() string {
	amount := d.For.String()
	switch {
	case d.Kind == Touch:
		amount = strconv.FormatFloat(d.Share, 'g', -1, 64)
	case d.Kind == Leak:
		amount = strconv.FormatInt(d.Bytes, 10)
	case d.Law == Exponential:
		amount = "exp(" + amount + ")"
	case d.Law == Lognormal:
		amount = fmt.Sprintf("lognormal(%s/%g)", amount, d.CV)
	}
	return string(d.Kind) + ":" + amount
}

// Fixed reports whether every request asks for the same.
func (all Demands) Fixed() bool {
	for _, d := range all {
		if d.Law != Even {
			return false
		}
	}
	return true
}

// Draw is what one request asks for: every length that is drawn is fixed, to the microsecond, as a URL has
// it.
func (all Demands) Draw(random *rand.Rand) Demands {
	drawn := make(Demands, len(all))
	for i, d := range all {
		if d.Law != Even {
			d.For, d.Law, d.CV = min(Longest, d.Law.Draw(d.For, d.CV, random)).Round(time.Microsecond), Even, 0
		}
		drawn[i] = d
	}
	return drawn
}

// Lists are what each of n requests asks for, as lists; of demands that are fixed one stands for all.
func (all Demands) Lists(n int, random *rand.Rand) []string {
	if all.Fixed() {
		return []string{all.String()}
	}
	lists := make([]string, n)
	for i := range lists {
		lists[i] = all.Draw(random).String()
	}
	return lists
}

// Steps appends what one request takes of a core and of time off it, drawn. Demands that take no time worth
// the name are left out.
func (all Demands) Steps(dst []task.Step, random *rand.Rand) []task.Step {
	for _, d := range all {
		switch d.Kind {
		case CPU:
			dst = append(dst, task.Step{Kind: task.OnCPU, For: d.Law.Draw(d.For, d.CV, random)})
		case Wait, Block:
			dst = append(dst, task.Step{Kind: task.OffCPU, For: d.Law.Draw(d.For, d.CV, random)})
		case Touch, Leak:
		}
	}
	return dst
}

// Works is how many of the demands are work on a core.
func (all Demands) Works() int { return all.count(CPU) }

// Blocks reports whether a demand is a wait that does not yield.
func (all Demands) Blocks() bool { return all.count(Block) > 0 }

// Waits is how many of the demands are waits.
func (all Demands) Waits() int { return all.count(Wait) + all.count(Block) }

func (all Demands) count(k Kind) (n int) {
	for _, d := range all {
		if d.Kind == k && d.For > 0 {
			n++
		}
	}
	return n
}

// Moments are the mean and the variance of a random time, in seconds and seconds².
type Moments struct{ Mean, Variance float64 }

// CV is the coefficient of variation; 0 of no time.
func (m Moments) CV() float64 {
	if m.Mean == 0 {
		return 0
	}
	return math.Sqrt(max(0, m.Variance)) / m.Mean
}

// Duration is the mean.
func (m Moments) Duration() time.Duration { return time.Duration(math.Round(m.Mean * 1e9)) }

// Moments are those of a request's work and of its waits, whose steps are independent.
func (all Demands) Moments() (work, wait Moments) {
	for _, d := range all {
		m := &wait
		switch d.Kind {
		case CPU:
			m = &work
		case Wait, Block:
		case Touch, Leak:
			continue
		}
		deviation := d.Law.CV(d.CV) * d.For.Seconds()
		m.Mean, m.Variance = m.Mean+d.For.Seconds(), m.Variance+deviation*deviation
	}
	return work, wait
}
