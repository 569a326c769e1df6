package planning

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// Print writes the plan for a person.
func (p *Plan) Print(w io.Writer) {
	text.Paragraph(w, p.headline())
	for _, sentence := range p.takes() {
		text.Paragraph(w, sentence)
	}
	fmt.Fprintln(w)
	p.table(w)
	fmt.Fprintln(w)
	if a := p.Found; a != nil {
		text.Paragraph(w, p.runs())
	}
	text.Paragraph(w, p.fitted())
	for _, assumption := range p.assumptions() {
		text.Paragraph(w, "Assumed: "+assumption)
	}
	for _, doubt := range p.doubts() {
		text.Paragraph(w, doubt)
	}
	if v := p.verified; v != nil {
		text.Paragraph(w, fmt.Sprintf("Verified: %s. At %g requests/s, with the load generator on the same cores: p50 %s, measured %s; p95 %s, measured %s; p99 %s, measured %s; %.4g requests/s, %s of memory.",
			p.kept(v.Measured), p.Goal.Rate, rangeText(v.Predicted.P50), stat.Format(v.Measured.P50.Seconds(), "seconds"),
			rangeText(v.Predicted.P95), stat.Format(v.Measured.P95.Seconds(), "seconds"),
			rangeText(v.Predicted.P99), stat.Format(v.Measured.P99.Seconds(), "seconds"),
			v.Measured.Throughput, stat.Format(float64(v.Measured.PSS), "bytes")))
	}
	if p.unverified != "" {
		text.Paragraph(w, p.unverified)
	}
	if p.Configured() {
		fmt.Fprintf(w, "\n%s:\n%s", gunicornConfig, p.config())
	} else if p.sizes.Best != nil {
		fmt.Fprintf(w, "\nworkerlab serve %s\n", p.flags())
	}
	fmt.Fprintf(w, "\ntook %v; %d sizes screened, %d simulated\n", p.Took.Round(time.Second), p.sizes.Screened, p.sizes.Simulated)
}

// kept says whether a run kept the objective.
func (p *Plan) kept(run capacity.Run) string {
	measured := map[float64]time.Duration{0.50: run.P50, 0.95: run.P95, 0.99: run.P99}
	for _, l := range p.Goal.Latencies {
		if measured[l.Quantile] > l.Limit {
			return fmt.Sprintf("p%g is %s, which misses %s", 100*l.Quantile, stat.Format(measured[l.Quantile].Seconds(), "seconds"), p.SLO)
		}
	}
	return p.SLO + " is kept"
}

// headline is the recommendation in a sentence, or that there is none.
func (p *Plan) headline() string {
	best := p.sizes.Best
	if best == nil {
		return p.unmet()
	}
	return fmt.Sprintf("Deploy %s: %g requests/s with %s, about %s of memory.", sizeText(best.Size), p.Goal.Rate, p.SLO, stat.Format(best.Memory, "bytes"))
}

// runs says what was found of a deployment that runs.
func (p *Plan) runs() string {
	a := p.Found
	var known []string
	for _, f := range a.Found {
		known = append(known, fmt.Sprintf("%s %s (%s)", f.What, f.Value, f.How))
	}
	return fmt.Sprintf("What runs at %s is %s, process %d: %s.", a.Address, a.Program, a.PID, strings.Join(known, ", "))
}

// fitted says what the runs say of the deployment, and how well that predicts one more.
func (p *Plan) fitted() string {
	d := &p.deployment
	said := fmt.Sprintf("A request computes %s%s and waits %s; a worker takes %s, a further thread %s, and %s are shared.",
		stat.Format(d.CPU().Seconds(), "seconds"), growth(d), stat.Format(d.Wait().Seconds(), "seconds"),
		stat.Format(d.Worker, "bytes"), stat.Format(d.Thread, "bytes"), stat.Format(d.Base, "bytes"))
	c := p.check
	if c == nil {
		return said + " No run counts that the fit was not made from, so it was held to none."
	}
	return said + fmt.Sprintf(" The fit predicts a load that it was not made from (%s, %.4g requests/s) so: p50 %s, measured %s; p99 %s, measured %s.%s",
		c.Predicted.Size, c.Measured.Rate,
		rangeText(c.Predicted.P50), stat.Format(c.Measured.P50.Seconds(), "seconds"),
		rangeText(c.Predicted.P99), stat.Format(c.Measured.P99.Seconds(), "seconds"), p.doubt())
}

// doubts are what is missing or happened beside, and what that does to the plan.
func (p *Plan) doubts() (all []string) {
	if n := len(p.missing); n > 0 {
		var each []string
		for _, m := range p.missing {
			each = append(each, m.String())
		}
		said := fmt.Sprintf("Missing: %d of %d runs, which widens the ranges: %s.", n, n+len(p.calibration.Runs), strings.Join(each, "; "))
		if p.records != "" {
			said += fmt.Sprintf(" They are made again by: workerlab plan --resume %s", p.records)
		}
		all = append(all, said)
	}
	if n := p.disturbed(); n > 0 {
		all = append(all, fmt.Sprintf("Others were at work on this machine during %d of %d runs: their figures are less sure, and the ranges wider.", n, len(p.calibration.Runs)))
	}
	return append(all, p.notes...)
}

// disturbed is how many runs were.
func (p *Plan) disturbed() (n int) {
	for _, r := range p.calibration.Runs {
		if r.Disturbed {
			n++
		}
	}
	return n
}

// doubt says that the check came out otherwise than predicted.
func (p *Plan) doubt() string {
	predicted, measured := p.check.Predicted, p.check.Measured
	var off []string
	for _, q := range []struct {
		name     string
		range90  stat.Interval
		measured float64
	}{{"p50", predicted.P50, measured.P50.Seconds()}, {"p99", predicted.P99, measured.P99.Seconds()}} {
		if q.measured < q.range90.Low || q.measured > q.range90.High {
			off = append(off, q.name)
		}
	}
	if len(off) == 0 {
		return ""
	}
	return fmt.Sprintf(" So the fit is off at %s, and may be by as much elsewhere: this machine may be busy with other things, or the model lacks something.", strings.Join(off, " and "))
}

// assumptions are what one configuration alone does not tell.
func (p *Plan) assumptions() (all []string) {
	for _, a := range p.deployment.Assumed {
		all = append(all, fmt.Sprintf("%s: %s. %s.", a.What, stat.FormatInterval(a.Taken, a.Unit), capital(a.Why)))
	}
	return all
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func growth(d *capacity.Deployment) string {
	if d.Growth() < 0.005 {
		return ""
	}
	return fmt.Sprintf(" (%.0f %% more when all %d cores are busy)", 100*d.Growth(), d.Cores)
}

// unmet says why nothing is recommended, and what comes nearest.
func (p *Plan) unmet() string {
	n, r := p.sizes.Nearest, p.remedy
	switch {
	case p.sizes.Screened == 0 && r != nil:
		return fmt.Sprintf("No size fits into %s of memory: the smallest, %s, takes %s.",
			stat.Format(p.Goal.Memory, "bytes"), sizeText(r.Least), stat.Format(r.Floor, "bytes"))
	case n != nil && !n.Saturated:
		return fmt.Sprintf("No size meets %s at %g requests/s. The nearest is %s: p50 %s, p95 %s, p99 %s, limited by the %s.",
			p.SLO, p.Goal.Rate, sizeText(n.Size), rangeText(n.P50), rangeText(n.P95), rangeText(n.P99), n.Limit)
	}
	most := p.deployment.CPU().Seconds()
	return fmt.Sprintf("No size bears %g requests/s: a request computes %s, so %d cores bear %.4g/s at most, in %s of memory.",
		p.Goal.Rate, stat.Format(most, "seconds"), p.deployment.Cores, float64(p.deployment.Cores)/most, stat.Format(p.Goal.Memory, "bytes"))
}

// takes says what it would take to meet the objective: each alone would do.
func (p *Plan) takes() (sentences []string) {
	r := p.remedy
	if r == nil {
		return nil
	}
	if r.Memory > 0 {
		sentences = append(sentences, fmt.Sprintf("With %s of memory a size meets it: --memory %s.", stat.Format(r.Memory, "bytes"), wholeMiB(r.Memory)))
	}
	if r.Slow {
		sentences = append(sentences, "Even under little load it is not met: the requests themselves take too long, and no size mends that.")
	} else if r.Rate > 0 && r.Rate < p.Goal.Rate {
		sentences = append(sentences, fmt.Sprintf("%s meets it up to %.4g requests/s.", capital(sizeText(r.Size)), r.Rate))
	}
	if r.Cores > 0 {
		sentences = append(sentences, fmt.Sprintf("With %d cores %s would meet it.", r.Cores, sizeText(r.Grown)))
	}
	if len(r.Relaxed) > 0 {
		var parts []string
		for i, l := range p.Goal.Latencies {
			parts = append(parts, fmt.Sprintf("p%g=%v", 100*l.Quantile, roundUp(max(l.Limit.Seconds(), r.Relaxed[i].High))))
		}
		sentences = append(sentences, fmt.Sprintf("It would meet %s.", strings.Join(parts, ",")))
	}
	return sentences
}

// roundUp is a time of so many seconds with two digits, not less.
func roundUp(seconds float64) time.Duration {
	unit := time.Millisecond
	for float64(unit)*100 < seconds*float64(time.Second) {
		unit *= 10
	}
	return time.Duration(math.Ceil(seconds*float64(time.Second)/float64(unit))) * unit
}

// wholeMiB is so much memory or a little more, as a flag is given it.
func wholeMiB(bytes float64) string { return fmt.Sprintf("%.0fMiB", math.Ceil(bytes/(1<<20))) }

// table shows the recommendation, its alternatives and the rule of thumb.
func (p *Plan) table(w io.Writer) {
	const columns = "%-2s%-12s %-19s %-19s %9s %5s  %s\n"
	fmt.Fprintf(w, columns, "", "size", "p50", "p99", "memory", "cores", "limit")
	row := func(mark string, o capacity.Outcome) {
		p50, p99, cores := rangeText(o.P50), rangeText(o.P99), fmt.Sprintf("%.0f %%", 100*o.Utilisation)
		if o.Saturated {
			p50, p99, cores = fmt.Sprintf("beyond %.4g/s", o.Ceiling), "", ""
		}
		fmt.Fprintf(w, columns, mark, o.Size, p50, p99, stat.Format(o.Memory, "bytes"), cores, o.Limit)
	}
	legend := "* the rule 2·cores+1"
	if p.sizes.Best != nil {
		row("→", *p.sizes.Best)
		legend = "→ recommended; " + legend
	}
	if p.sizes.Nearest != nil {
		row("~", *p.sizes.Nearest)
		legend = "~ the nearest; " + legend
	}
	for _, o := range p.sizes.Alternatives {
		row("", o)
	}
	if p.now != nil {
		if !p.listed(p.now.Size) {
			row("=", *p.now)
		}
		legend += fmt.Sprintf("; what runs now: %v", p.now.Size)
	}
	row("*", p.sizes.Rule)
	fmt.Fprintln(w, legend)
}

// listed reports whether a size is among those that the table shows anyway.
func (p *Plan) listed(s capacity.Size) bool {
	is := func(o capacity.Outcome) bool { return o.Size == s }
	best := p.sizes.Best
	if best == nil {
		best = p.sizes.Nearest
	}
	return best != nil && is(*best) || is(p.sizes.Rule) || slices.ContainsFunc(p.sizes.Alternatives, is)
}

func sizeText(s capacity.Size) string {
	workers := text.Count(s.Workers, s.Class+" worker")
	if s.Threads > 1 {
		return fmt.Sprintf("%s of %d threads", workers, s.Threads)
	}
	return workers
}

func rangeText(i stat.Interval) string { return stat.FormatInterval(i, "seconds") }
