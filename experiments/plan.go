package experiments

import (
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// NewPlan merges the experiments' trials and orders them in randomised blocks: in each block the
// groups in random order, and within a group every trial that still needs a repetition, in random
// order. The same seed gives the same plan.
func NewPlan(experiments []Experiment, p trial.Profile, seed uint64) trial.Plan {
	groups := merge(experiments, p)
	random := rand.New(rand.NewPCG(seed, 0))
	var plan trial.Plan
	for block := 0; ; block++ {
		steps := blockOf(groups, random, func(s *trial.Step) bool {
			s.Block = block
			return block < s.Trial.Blocks
		})
		if len(steps) == 0 {
			return plan
		}
		plan = append(plan, steps...)
	}
}

// Extra is the blocks added for one claim before an interim analysis, all its trials in random order that the seed and the
// analysis' number give.
func Extra(experiments []Experiment, p trial.Profile, seed uint64, added results.Added) trial.Plan {
	groups := merge(experiments, p)
	random := rand.New(rand.NewPCG(seed, uint64(added.Look)))
	var plan trial.Plan
	for block := range added.Blocks {
		plan = append(plan, blockOf(groups, random, func(s *trial.Step) bool {
			s.Block, s.Look = added.Block+block, added.Look
			return slices.Contains(s.Users, added.Claim)
		})...)
	}
	return plan
}

// merge unites equal trials, by group. One that several experiments ask for runs as often as the
// most demanding of them says, in the group of the first.
func merge(experiments []Experiment, p trial.Profile) map[string][]trial.Step {
	var order []*trial.Step
	byKey := make(map[string]*trial.Step)
	for _, e := range experiments {
		for _, t := range e.Trials(p) {
			key := t.Key()
			step := byKey[key]
			if step == nil {
				step = &trial.Step{Trial: t, Key: key}
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
	groups := make(map[string][]trial.Step)
	for _, s := range order {
		groups[s.Trial.Group] = append(groups[s.Trial.Group], *s)
	}
	return groups
}

// blockOf takes the steps to keep, groups and the steps in each in random order.
func blockOf(groups map[string][]trial.Step, random *rand.Rand, keep func(*trial.Step) bool) trial.Plan {
	names := slices.Sorted(maps.Keys(groups))
	random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var plan trial.Plan
	for _, name := range names {
		var steps trial.Plan
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
