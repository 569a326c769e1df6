package experiments

import (
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

// A Step is one run of the plan.
type Step struct {
	Trial Trial
	Key   string
	Block int
	Users []string // the experiments that asked for the trial, by ID
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
		steps := blockOf(groups, block, random)
		if len(steps) == 0 {
			return plan
		}
		plan = append(plan, steps...)
	}
}

// Estimate is about how long the plan takes if no run has to be repeated.
func (p Plan) Estimate() time.Duration {
	var sum time.Duration
	for _, s := range p {
		sum += s.Trial.Estimate()
	}
	return sum
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
			if !slices.Contains(step.Users, e.ID) {
				step.Users = append(step.Users, e.ID)
			}
		}
	}
	groups := make(map[string][]Step)
	for _, s := range order {
		groups[s.Trial.Group] = append(groups[s.Trial.Group], *s)
	}
	return groups
}

func blockOf(groups map[string][]Step, block int, random *rand.Rand) Plan {
	names := slices.Sorted(maps.Keys(groups))
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var plan Plan
	for _, name := range names {
		var steps Plan
		for _, s := range groups[name] {
			if s.Block = block; block < s.Trial.Blocks {
				steps = append(steps, s)
			}
		}
		random.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
		plan = append(plan, steps...)
	}
	return plan
}
