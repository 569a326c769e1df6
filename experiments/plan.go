package experiments

import (
	"iter"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/workerlab/workerlab/results"
)

// A Step is one run of the plan.
type Step struct {
	Trial Trial
	Key   string
	Block int
	Users []string // the experiments that asked for the trial, by Name
	Look  int      // as in results.Record: 0 for what was planned from the start
}

// A Plan is a session's runs in order.
type Plan []Step

// NewPlan merges the experiments' trials and orders them in randomised blocks: in each block the
// groups in random order, and within a group every trial that still needs a repetition, in random
// order. The same seed gives the same plan.
func NewPlan(experiments []Experiment, p Profile, seed uint64) Plan {
	groups := merge(experiments, p)
	random := rand.New(rand.NewPCG(seed, 0))
	var plan Plan
	for block := 0; ; block++ {
		steps := blockOf(groups, random, func(s *Step) bool {
			s.Block = block
			return block < s.Trial.Blocks
		})
		if len(steps) == 0 {
			return plan
		}
		plan = append(plan, steps...)
	}
}

// Extra is one look's blocks of all trials of one claim, in random order that the seed and the look give.
func Extra(experiments []Experiment, p Profile, seed uint64, added results.Added) Plan {
	groups := merge(experiments, p)
	random := rand.New(rand.NewPCG(seed, uint64(added.Look)))
	var plan Plan
	for block := range added.Blocks {
		plan = append(plan, blockOf(groups, random, func(s *Step) bool {
			s.Block, s.Look = added.Block+block, added.Look
			return slices.Contains(s.Users, added.Claim)
		})...)
	}
	return plan
}

// Estimate is about how long the plan takes if no run has to be repeated.
func (p Plan) Estimate() (sum time.Duration) {
	for batch := range p.batches() {
		sum += batch.estimate()
	}
	return sum
}

// batches are the runs in order, those that are carried out at the same time in one.
func (p Plan) batches() iter.Seq[Plan] {
	return func(yield func(Plan) bool) {
		for rest := p; len(rest) > 0; {
			n := len(rest.head())
			if !yield(rest[:n]) {
				return
			}
			rest = rest[n:]
		}
	}
}

// head is the first batch: one step, or the Together steps of a group and block.
func (p Plan) head() Plan {
	n := min(1, len(p))
	for n > 0 && n < len(p) && p[0].Trial.Together && p[n].Trial.Together && beside(p[0], p[n]) {
		n++
	}
	return p[:n]
}

// beside reports whether the steps are of one group and block: compared with each other.
func beside(a, b Step) bool { return a.Block == b.Block && a.Trial.Group == b.Trial.Group }

// starting is about what each of several servers that are started at once adds to a run.
const starting = 40 * time.Millisecond

// estimate is about how long the steps take, which are one batch.
func (p Plan) estimate() (d time.Duration) {
	for _, s := range p {
		d = max(d, s.Trial.Estimate())
	}
	if len(p) > 1 {
		for _, s := range p {
			d += time.Duration(max(1, s.Trial.Pods)) * starting
		}
	}
	return d
}

// Trials is the number of different trials.
func (p Plan) Trials() int {
	keys := make(map[string]bool)
	for _, s := range p {
		keys[s.Key] = true
	}
	return len(keys)
}

// merge unites equal trials, by group. One that several experiments ask for runs as often as the
// most demanding of them says, in the group of the first.
func merge(experiments []Experiment, p Profile) map[string][]Step {
	var order []*Step
	byKey := make(map[string]*Step)
	for _, e := range experiments {
		for _, t := range e.Trials(p) {
			key := t.Key()
			step := byKey[key]
			if step == nil {
				step = &Step{Trial: t, Key: key}
				byKey[key], order = step, append(order, step)
			}
			step.Trial.Blocks = max(step.Trial.Blocks, t.Blocks)
			step.Trial.Untimed = step.Trial.Untimed && t.Untimed
			step.Trial.Traced = step.Trial.Traced || t.Traced
			if !slices.Contains(step.Users, e.Name()) {
				step.Users = append(step.Users, e.Name())
			}
		}
	}
	groups := make(map[string][]Step)
	for _, s := range order {
		groups[s.Trial.Group] = append(groups[s.Trial.Group], *s)
	}
	return groups
}

// blockOf takes the steps to keep, groups and the steps in each in random order.
func blockOf(groups map[string][]Step, random *rand.Rand, keep func(*Step) bool) Plan {
	names := slices.Sorted(maps.Keys(groups))
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var plan Plan
	for _, name := range names {
		var steps Plan
		for _, s := range groups[name] {
			if keep(&s) {
				steps = append(steps, s)
			}
		}
		random.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		plan = append(plan, steps...)
	}
	return plan
}
