package experiments

import (
	"slices"
	"time"

	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
)

// mostAnalyses is how many interim analyses there are at most of a claim that the planned blocks left undecided. The
// planned analysis rests on 95 % intervals and every interim one on 99 %, so that an interval on which a claim
// rests misses the truth, in any of them, with a probability of at most 5 % + 5 · 1 % = 10 %.
const mostAnalyses = 5

// Interim adds blocks for claims that are undecided: a rig asks it what to run in the time that a plan leaves.
type Interim struct {
	Chosen  []Experiment
	Profile trial.Profile
	Seed    uint64
}

// Next chooses what to add, see nextBlocks.
func (i Interim) Next(table results.Table, left time.Duration, pace func(time.Duration) time.Duration) (results.Added, bool) {
	return nextBlocks(i.Chosen, i.Profile, table, left, pace)
}

// Plan is the runs of what is added.
func (i Interim) Plan(added results.Added) trial.Plan {
	return Extra(i.Chosen, i.Profile, i.Seed, added)
}

// nextBlocks chooses what to run when time is left: more blocks of all trials of one undecided claim, the
// one of which a block costs least per claim it may settle, where a claim that needs n blocks counts
// 1/n. They are as many as its need makes for each interim analysis that it may still have, one at least: no more,
// since a claim may be settled sooner than it seems. It is false if nothing can be settled in the time
// left, or was analysed too often. pace corrects estimates by the host's pace. It only chooses, so that
// it can be tested.
func nextBlocks(chosen []Experiment, p trial.Profile, table results.Table, left time.Duration, pace func(time.Duration) time.Duration) (results.Added, bool) {
	var best results.Added
	least := 0.0
	open := undecided(chosen, p, table)
	for _, c := range open {
		cost := pace(c.plan.Estimate())
		if c.more < 1 || c.analyses < 1 || time.Duration(c.more)*cost > left {
			continue
		}
		if score := cost.Seconds() / settled(c, open); best.Claim == "" || score < least {
			best = results.Added{Claim: c.id, Block: blocks(table), Blocks: (c.more + c.analyses - 1) / c.analyses}
			least = score
		}
	}
	return best, best.Claim != ""
}

// A candidate is an undecided claim that more blocks may settle.
type candidate struct {
	id       string
	more     int        // blocks it needs, about
	analyses int        // interim ones that it may still have
	plan     trial.Plan // one of them
}

func undecided(chosen []Experiment, p trial.Profile, table results.Table) (open []candidate) {
	for _, v := range Verdicts(chosen, table) {
		if v.Outcome != results.Inconclusive || v.More == 0 {
			continue
		}
		plan := Extra(chosen, p, 0, results.Added{Claim: v.Name(), Blocks: 1})
		if !futile(plan, table) {
			open = append(open, candidate{v.Name(), v.More, mostAnalyses - analysesOf(plan, table), plan})
		}
	}
	return open
}

// settled is how many of the open claims a block of c may settle: all whose trials are among c's.
func settled(c candidate, open []candidate) (sum float64) {
	for _, other := range open {
		if !slices.ContainsFunc(other.plan, func(s trial.Step) bool { return !has(c.plan, s.Key) }) {
			sum += 1 / float64(other.more)
		}
	}
	return sum
}

// futile reports whether the last added block that held all the trials gave not one valid run: on such
// a host, or with such servers, another one would not either.
func futile(plan trial.Plan, table results.Table) bool {
	last := 0
	for i := range table {
		if has(plan, table[i].Trial) {
			last = max(last, table[i].Look)
		}
	}
	return last > 0 && !slices.ContainsFunc(table, func(r results.Record) bool {
		return r.Look == last && r.Valid() && has(plan, r.Trial)
	})
}

// analysesOf counts the interim analyses that valid runs of the plan's trials were added for.
func analysesOf(plan trial.Plan, table results.Table) int {
	seen := make(map[int]bool)
	for i := range table {
		if table[i].Look > 0 && table[i].Valid() && has(plan, table[i].Trial) {
			seen[table[i].Look] = true
		}
	}
	return len(seen)
}

func has(plan trial.Plan, key string) bool {
	return slices.ContainsFunc(plan, func(s trial.Step) bool { return s.Key == key })
}

// blocks is the first repetition that no record has.
func blocks(table results.Table) (n int) {
	for i := range table {
		n = max(n, table[i].Repetition+1)
	}
	return n
}
