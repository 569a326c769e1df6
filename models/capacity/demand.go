package capacity

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// A Demand is how much longer a request's work takes when so many cores are busy: for caches and cores that are
// shared it grows, and it shrinks where a core that sleeps in between is slow to wake.
type Demand struct {
	Busy      float64 // cores
	Factor    float64 // of the paths' CPU
	Generator float64 // seconds that a client beside the server works for a request, likewise
	Pace      float64 // of the machine then, in seconds (Run.Pace)
}

// Demands are some, by rising Busy.
type Demands []Demand

const alike = 0.1 // cores

// with has more demands, one that is nearly there drawn to the middle of both.
func (all Demands) with(more ...Demand) Demands {
	for _, m := range more {
		i := slices.IndexFunc(all, func(p Demand) bool { return math.Abs(p.Busy-m.Busy) < alike })
		if i < 0 {
			all = append(all, m)
			continue
		}
		p := all[i]
		all[i] = Demand{(p.Busy + m.Busy) / 2, (p.Factor + m.Factor) / 2, (p.Generator + m.Generator) / 2, (p.Pace + m.Pace) / 2}
	}
	slices.SortFunc(all, func(a, b Demand) int { return cmp.Compare(a.Busy, b.Busy) })
	return all
}

// at is between the demands a straight line, and constant beyond them; there is one at least.
func (all Demands) at(busy float64) Demand {
	for i, now := range all {
		if busy > now.Busy {
			continue
		}
		if i == 0 {
			return now
		}
		before := all[i-1]
		part := (busy - before.Busy) / (now.Busy - before.Busy)
		between := func(a, b float64) float64 { return a + part*(b-a) }
		return Demand{busy, between(before.Factor, now.Factor), between(before.Generator, now.Generator), between(before.Pace, now.Pace)}
	}
	return all[len(all)-1]
}

// at is the demand while so many cores are busy, of arrivals at random or of clients in a loop.
func (d *Deployment) at(busy float64, random bool) (Demand, bool) {
	all := d.Busy
	if random && len(d.Random) > 0 {
		all = d.Random
	}
	if len(all) == 0 {
		return Demand{}, false
	}
	return all.at(busy), true
}

// Paced is the deployment on a machine whose pace is known. What is known of its work is known better then.
func (d *Deployment) Paced(pace time.Duration) *Deployment {
	if pace <= 0 {
		return d
	}
	paced := *d
	paced.pace, paced.Error = pace, d.Settled
	return &paced
}

// slower is how much longer the work takes at the machine's pace, if that is known, than when the demand was measured.
func (d *Deployment) slower(at Demand) float64 {
	if d.pace <= 0 || at.Pace <= 0 {
		return 1
	}
	return math.Pow(d.pace.Seconds()/at.Pace, d.Elasticity)
}

// factor is how much longer than the paths' CPU the work takes under a class while so many cores are busy.
func (d *Deployment) factor(class string, busy float64, random bool) float64 {
	work := 1.0
	if c, ok := d.Classes[class]; ok {
		if work = c.Work; random && c.Random > 0 {
			work = c.Random
		}
	}
	return work * d.load(busy, random)
}

// load is how much longer the work takes while so many cores are busy.
func (d *Deployment) load(busy float64, random bool) float64 {
	at, known := d.at(busy, random)
	switch {
	case !known:
		return 1
	case d.steady:
		return d.slower(at)
	}
	return at.Factor * d.slower(at)
}

// generator is the work of a client for a request while so many cores are busy.
func (d *Deployment) generator(busy float64, random bool) time.Duration {
	at, known := d.at(busy, random)
	if d.clientless || !known {
		return 0
	}
	return time.Duration(at.Generator * d.slower(at) * float64(time.Second))
}
