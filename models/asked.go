package models

import (
	"math/rand/v2"
	"time"

	"github.com/workerlab/workerlab/models/spec"
)

// asked is what a request asks of a server, and what the server does besides for it.
type asked struct {
	mix     []spec.Endpoint
	besides time.Duration // work of the server itself

	work, wait, whole spec.Moments  // on a core, off it, and both together
	waits             int           // of one request at most
	waiting           float64       // share of the requests that wait
	again             bool          // work comes after a wait
	blocks            bool          // a wait does not yield
	memoryless        bool          // the whole is exponential: one step is all there is
	exponential       bool          // the work is: one step is all there is of it
	longest           time.Duration // work, where no work is drawn; 0: some is
}

// askedOf is what requests of several kinds ask, for each of which the server does something besides, after the app
// too if it does so half and half.
func askedOf(mix []spec.Endpoint, besides time.Duration, half bool) asked {
	a := asked{mix: mix, besides: besides, memoryless: besides == 0, exponential: besides == 0}
	drawn := false
	total := 0.0
	for _, e := range mix {
		total += e.Weight
	}
	var work, wait, whole squares
	for _, e := range mix {
		w, i := e.Do.Moments()
		w.Mean += besides.Seconds()
		share := e.Weight / total
		work.add(w, share)
		wait.add(i, share)
		whole.add(spec.Moments{Mean: w.Mean + i.Mean, Variance: w.Variance + i.Variance}, share)
		if a.waits = max(a.waits, e.Do.Waits()); e.Do.Waits() > 0 {
			a.waiting += share
		}
		a.again = a.again || half && e.Do.Waits() > 0 || worksAfterWaiting(e.Do)
		a.blocks = a.blocks || e.Do.Blocks()
		whole, first := single(e.Do, true), single(mix[0].Do, true)
		a.memoryless = a.memoryless && whole > 0 && whole == first
		ofWork, first := single(e.Do, false), single(mix[0].Do, false)
		a.exponential = a.exponential && ofWork > 0 && ofWork == first
		a.longest, drawn = max(a.longest, w.Duration()), drawn || w.Variance > 0
	}
	if drawn {
		a.longest = 0
	}
	a.work, a.wait, a.whole = work.moments(), wait.moments(), whole.moments()
	return a
}

// squares are a time's first two moments, of which those of a mixture are sums.
type squares struct{ mean, square float64 }

func (s *squares) add(m spec.Moments, share float64) {
	s.mean += share * m.Mean
	s.square += share * (m.Variance + m.Mean*m.Mean)
}

// moments are those with what rounding leaves of no variance taken for none.
func (s squares) moments() spec.Moments {
	variance := s.square - s.mean*s.mean
	if variance < 1e-12*s.square {
		variance = 0
	}
	return spec.Moments{Mean: s.mean, Variance: variance}
}

func worksAfterWaiting(do spec.Demands) bool {
	waited := false
	for _, d := range do {
		switch d.Kind {
		case spec.Wait, spec.Block:
			waited = waited || d.For > 0
		case spec.CPU:
			if waited && d.For > 0 {
				return true
			}
		case spec.Touch, spec.Leak:
		}
	}
	return false
}

// single is the mean of a request's one step, or of its one step of work, where that is exponential; 0 where not.
func single(do spec.Demands, waits bool) (mean time.Duration) {
	for _, d := range do {
		switch {
		case d.For == 0 || !waits && d.Kind != spec.CPU:
		case mean > 0 || d.Law != spec.Exponential:
			return 0
		default:
			mean = d.For
		}
	}
	return mean
}

// even reports whether every request asks for the same.
func (a asked) even() bool {
	return a.work.Variance == 0 && a.wait.Variance == 0 && a.whole.Variance == 0
}

// sample draws how long requests take by themselves, in seconds. It is always the same sample.
func (a asked) sample() []float64 {
	const size = 200_000
	random, draw := rand.New(rand.NewPCG(1, 2)), spec.Steps(a.mix)
	all := make([]float64, size)
	for i := range all {
		whole := a.besides
		for _, step := range draw(random) {
			whole += step.For
		}
		all[i] = whole.Seconds()
	}
	return all
}
