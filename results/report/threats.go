package report

import (
	"slices"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

const (
	// maxGenerator is the share of its core beyond which a generator is taken for saturated: its
	// sends would begin to wait for each other.
	maxGenerator = 0.8
	mostInvalid  = 1. / 3
)

// threats looks into what could have made the claim's figures wrong.
func (c *Claim) threats(controls []Control) []page.Check {
	valid := c.Runs.Valid()
	all := []page.Check{generator(valid), lag(valid), c.invalid(), quiet(valid)}
	for _, control := range controls {
		if slices.Contains(control.Claims, c.Verdict.ID) {
			all = append(all, control.check())
		}
	}
	for _, w := range c.Verdict.Warnings {
		all = append(all, page.Check{Question: text.Of("A doubt of the judge"), Answer: w, State: page.Heed})
	}
	return all
}

func stateOf(ok bool) page.State {
	if ok {
		return page.Fine
	}
	return page.Heed
}

// generator asks whether the load generator was the bottleneck.
func generator(valid results.Table) page.Check {
	question := text.Of("Was the load generator the bottleneck?")
	pinned, shared := most(valid.Where("place", "pin"), "generator_cpu"), most(valid.Where("place", "share"), "generator_cpu")
	if pinned < 0 && shared < 0 {
		return page.Check{Question: question, Answer: text.Of("The runs do not tell."), State: page.Unknown}
	}
	var parts []text.Message
	if pinned >= 0 {
		parts = append(parts, text.Of("On a core of its own it was busy for at most %s of the time.", percent(pinned)))
	}
	if shared >= 0 {
		parts = append(parts, text.Of("Where it shared the server's cores it took at most %s of one.", percent(shared)))
	}
	return page.Check{Question: question, Answer: text.Join(" ", parts...), State: stateOf(max(pinned, shared) <= maxGenerator)}
}

// lag asks whether requests were sent when they were due.
func lag(valid results.Table) page.Check {
	question := text.Of("Were requests sent when they were due?")
	open := valid[:0:0]
	for _, r := range valid {
		if r.Offered > 0 {
			open = append(open, r)
		}
	}
	if len(open) == 0 && len(valid) > 0 {
		return page.Check{Question: question, Answer: text.Of("The load is closed: a client sends when it has its answer, so there is no schedule to fall behind."), State: page.Fine}
	}
	late, told, worst := 0, 0, 0.0
	for _, r := range open {
		p99, ok := r.Value("lag_p99")
		if !ok || r.Response.Count() == 0 {
			continue
		}
		told++
		worst = max(worst, p99)
		if median := float64(r.Response.ValueAtQuantile(50)) / 1e6; p99 > max(1e-3, median/10) {
			late++
		}
	}
	if told == 0 {
		return page.Check{Question: question, Answer: text.Of("The runs do not tell."), State: page.Unknown}
	}
	return page.Check{
		Question: question,
		Answer:   text.Of("99 %% of them within %s in every run; in %d of %d runs that was more than 1 ms and more than a tenth of the median latency.", stat.Format(worst, "seconds"), late, told),
		State:    stateOf(late == 0),
	}
}

// invalid asks whether much was thrown away.
func (c *Claim) invalid() page.Check {
	question := text.Of("Were many runs thrown away?")
	v := &c.Verdict
	if v.Runs == 0 {
		return page.Check{Question: question, Answer: text.Of("There was no run."), State: page.Unknown}
	}
	return page.Check{Question: question, Answer: counted(v).Then(text.Of(".")), State: stateOf(float64(v.Invalid) <= mostInvalid*float64(v.Runs))}
}

// quiet asks whether the host did anything else meanwhile.
func quiet(valid results.Table) page.Check {
	question := text.Of("Was the host quiet?")
	steal, foreign, drift := most(valid, "steal"), most(valid, "foreign_cpu"), most(valid, "spin_drift")
	if steal < 0 || foreign < 0 || drift < 0 {
		return page.Check{Question: question, Answer: text.Of("The runs do not tell."), State: page.Unknown}
	}
	return page.Check{
		Question: question,
		Answer:   text.Of("In the worst run that counts, other processes used %s of a core, the hypervisor took %s of one, and the core's speed moved by %s.", percent(foreign), percent(steal), percent(drift)),
		State:    stateOf(steal <= results.MaxSteal && foreign <= results.MaxForeign && drift <= results.MaxDrift),
	}
}

func (c Control) check() page.Check {
	question := text.Of("Do two identical trials agree?")
	figure := text.Of("%s of %s: %s.", c.Value, c.Trial, stat.FormatInterval(c.Ratio, "×"))
	return page.Check{Question: question, Answer: figure, State: stateOf(!c.Declared)}
}

// most is a value's largest among the runs; −1: none has it.
func most(t results.Table, value string) float64 {
	values := t.Values(value)
	if len(values) == 0 {
		return -1
	}
	return slices.Max(values)
}

func percent(share float64) string { return stat.Format(share, "share") }
