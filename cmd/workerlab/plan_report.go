package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
	"github.com/workerlab/workerlab/results/text"
)

// print writes the plan for a person.
func (p *planned) print(w io.Writer, took time.Duration) {
	best := p.plan.Best
	if best != nil {
		paragraph(w, fmt.Sprintf("Deploy %s: %g requests/s with %s, about %s of memory.", sizeText(best.Size), p.goal.Rate, p.slo, analysis.Format(best.Memory, "bytes")))
	} else {
		paragraph(w, p.unmet())
	}
	fmt.Fprintln(w)
	p.table(w)
	fmt.Fprintln(w)
	d := &p.deployment
	paragraph(w, fmt.Sprintf("A request computes %s%s and waits %s; a worker takes %s, a further thread %s, and %s are shared. The fit predicts a load that it was not made from (%s, %.4g requests/s) so: p50 %s, measured %s; p99 %s, measured %s.",
		analysis.Format(d.CPU().Seconds(), "seconds"), growth(d), analysis.Format(d.Wait().Seconds(), "seconds"),
		analysis.Format(d.Worker, "bytes"), analysis.Format(d.Thread, "bytes"), analysis.Format(d.Base, "bytes"),
		p.check.Predicted.Size, p.check.Measured.Rate,
		rangeText(p.check.Predicted.P50), analysis.Format(p.check.Measured.P50.Seconds(), "seconds"),
		rangeText(p.check.Predicted.P99), analysis.Format(p.check.Measured.P99.Seconds(), "seconds")))
	if v := p.verified; v != nil {
		paragraph(w, fmt.Sprintf("Verified at %g requests/s, with the load generator on the same cores: p50 %s, measured %s; p95 %s, measured %s; p99 %s, measured %s; %.4g requests/s, %s of memory.",
			p.goal.Rate, rangeText(v.Predicted.P50), analysis.Format(v.Measured.P50.Seconds(), "seconds"),
			rangeText(v.Predicted.P95), analysis.Format(v.Measured.P95.Seconds(), "seconds"),
			rangeText(v.Predicted.P99), analysis.Format(v.Measured.P99.Seconds(), "seconds"),
			v.Measured.Throughput, analysis.Format(float64(v.Measured.PSS), "bytes")))
	}
	if best != nil {
		fmt.Fprintln(w, "\ngunicorn.conf.py:")
		_ = writeConfig(w, p)
	}
	fmt.Fprintf(w, "\ntook %v; %d sizes screened, %d simulated\n", took.Round(time.Second), p.plan.Screened, p.plan.Simulated)
}

func growth(d *capacity.Deployment) string {
	if d.Growth() < 0.005 {
		return ""
	}
	return fmt.Sprintf(" (%.0f %% more when all %d cores are busy)", 100*d.Growth(), d.Cores)
}

// unmet says why nothing is recommended, and what comes nearest.
func (p *planned) unmet() string {
	if n := p.plan.Nearest; n != nil {
		return fmt.Sprintf("No size meets %s at %g requests/s. The nearest is %s: p50 %s, p95 %s, p99 %s, limited by the %s.",
			p.slo, p.goal.Rate, sizeText(n.Size), rangeText(n.P50), rangeText(n.P95), rangeText(n.P99), n.Limit)
	}
	most := p.deployment.CPU().Seconds()
	return fmt.Sprintf("No size bears %g requests/s: a request computes %s, so %d cores bear %.4g/s at most%s. It takes more cores, or less work.",
		p.goal.Rate, analysis.Format(most, "seconds"), p.deployment.Cores, float64(p.deployment.Cores)/most, p.memoryNote())
}

func (p *planned) memoryNote() string {
	return ", in " + analysis.Format(p.goal.Memory, "bytes") + " of memory"
}

// table shows the recommendation, its alternatives and the rule of thumb.
func (p *planned) table(w io.Writer) {
	const columns = "%-2s%-12s %-19s %-19s %9s %5s  %s\n"
	fmt.Fprintf(w, columns, "", "size", "p50", "p99", "memory", "cores", "limit")
	row := func(mark string, o capacity.Outcome) {
		p50, p99, cores := rangeText(o.P50), rangeText(o.P99), fmt.Sprintf("%.0f %%", 100*o.Utilisation)
		if o.Saturated {
			p50, p99, cores = fmt.Sprintf("beyond %.4g/s", o.Ceiling), "", ""
		}
		fmt.Fprintf(w, columns, mark, o.Size, p50, p99, analysis.Format(o.Memory, "bytes"), cores, o.Limit)
	}
	legend := "* the rule 2·cores+1"
	if p.plan.Best != nil {
		row("→", *p.plan.Best)
		legend = "→ recommended; " + legend
	}
	if p.plan.Nearest != nil {
		row("~", *p.plan.Nearest)
		legend = "~ the nearest; " + legend
	}
	for _, o := range p.plan.Alternatives {
		row("", o)
	}
	row("*", p.plan.Rule)
	fmt.Fprintln(w, legend)
}

func sizeText(s capacity.Size) string {
	workers := text.Count(s.Workers, s.Class+" worker")
	if s.Threads > 1 {
		return fmt.Sprintf("%s of %d threads", workers, s.Threads)
	}
	return workers
}

func rangeText(r capacity.Range) string {
	return analysis.FormatInterval(results.Interval{Estimate: r.Value, Low: r.Low, High: r.High, Confidence: 0.9}, "seconds")
}

// writeConfig writes the recommendation as gunicorn reads it.
func writeConfig(w io.Writer, p *planned) error {
	best := p.plan.Best
	var b strings.Builder
	fmt.Fprintf(&b, "# For %g requests/s with %s, by workerlab plan.\n", p.goal.Rate, p.slo)
	fmt.Fprintf(&b, "worker_class = %q\nworkers = %d\n", best.Class, best.Workers)
	if best.Class == "gthread" {
		fmt.Fprintf(&b, "threads = %d\n", best.Threads)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// json is everything, for programs: times in seconds, memory in bytes, rates per second.
func (p *planned) json() any {
	type run struct {
		Class      string  `json:"class"`
		Workers    int     `json:"workers"`
		Threads    int     `json:"threads"`
		Clients    int     `json:"clients,omitempty"`
		Rate       float64 `json:"rate,omitempty"`
		Throughput float64 `json:"throughput"`
		CPU        float64 `json:"cpu_per_request_seconds"`
		P50        float64 `json:"p50_seconds"`
		P95        float64 `json:"p95_seconds"`
		P99        float64 `json:"p99_seconds"`
		PSS        uint64  `json:"pss_bytes"`
	}
	of := func(r capacity.Run) run {
		return run{r.Class, r.Workers, r.Threads, r.Clients, r.Rate, r.Throughput, r.CPU.Seconds(), r.P50.Seconds(), r.P95.Seconds(), r.P99.Seconds(), r.PSS}
	}
	d := &p.deployment
	out := map[string]any{
		"rate": p.goal.Rate, "slo": p.slo, "cores": d.Cores, "memory_bytes": p.goal.Memory,
		"deployment": map[string]any{
			"cpu_seconds": d.CPU().Seconds(), "wait_seconds": d.Wait().Seconds(), "outside_lock_seconds": d.Outside.Seconds(),
			"growth": d.Growth(), "error": d.Error, "base_bytes": d.Base, "worker_bytes": d.Worker, "thread_bytes": d.Thread,
		},
		"check":    map[string]any{"predicted": p.check.Predicted, "measured": of(p.check.Measured)},
		"screened": p.plan.Screened, "simulated": p.plan.Simulated, "rule_of_thumb": p.plan.Rule, "alternatives": p.plan.Alternatives,
	}
	calibration := []run{of(p.calibration.One), of(p.calibration.Full), of(p.calibration.Threads)}
	for _, r := range p.calibration.Alone {
		calibration = append(calibration, of(r))
	}
	out["calibration"] = calibration
	if p.plan.Best != nil {
		out["recommended"] = p.plan.Best
	}
	if p.plan.Nearest != nil {
		out["nearest"] = p.plan.Nearest
	}
	if p.verified != nil {
		out["verified"] = map[string]any{"predicted": p.verified.Predicted, "measured": of(p.verified.Measured)}
	}
	return out
}
