package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// Files of a plan's folder.
const (
	planPage       = "plan.html"
	planMarkdown   = "plan.md"
	planJSON       = "plan.json"
	gunicornConfig = "gunicorn.conf.py"

	byPlan = "by workerlab plan." // in every configuration that a plan writes
)

// write writes the plan into a folder: the page, its figures, everything for programs, and the configuration.
func (p *planned) write(dir string, command []string) error {
	page := p.page(command)
	if err := os.MkdirAll(filepath.Join(dir, figures), 0o755); err != nil {
		return err
	}
	var failed []error
	for _, s := range page.Sections {
		for _, f := range s.Figures {
			failed = append(failed, f.Chart.WriteSVG(filepath.Join(dir, f.File)),
				f.Chart.WritePNG(filepath.Join(dir, strings.TrimSuffix(f.File, ".svg")+".png")))
		}
	}
	failed = append(failed,
		results.WriteFile(filepath.Join(dir, planPage), page.WriteHTML),
		results.WriteFile(filepath.Join(dir, planMarkdown), page.WriteMarkdown),
		results.WriteFile(filepath.Join(dir, planJSON), func(w io.Writer) error { return writeJSON(w, p.json()) }))
	config := filepath.Join(dir, gunicornConfig)
	if p.plan.Best != nil {
		failed = append(failed, results.WriteFile(config, func(w io.Writer) error { return writeConfig(w, p) }))
	} else if err := os.Remove(config); !errors.Is(err, fs.ErrNotExist) { // an earlier plan's, which this one does not confirm
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// writeConfig writes the recommendation as gunicorn reads it.
func writeConfig(w io.Writer, p *planned) error {
	best := p.plan.Best
	var b strings.Builder
	fmt.Fprintf(&b, "# For %g requests/s with %s, %s\n", p.goal.Rate, p.slo, byPlan)
	fmt.Fprintf(&b, "worker_class = %q\nworkers = %d\n", best.Class, best.Workers)
	if best.Class == "gthread" {
		fmt.Fprintf(&b, "threads = %d\n", best.Threads)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// A runJSON is a run for programs.
type runJSON struct {
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

func newRunJSON(r capacity.Run) runJSON {
	return runJSON{r.Class, r.Workers, r.Threads, r.Clients, r.Rate, r.Throughput, r.CPU.Seconds(), r.P50.Seconds(), r.P95.Seconds(), r.P99.Seconds(), r.PSS}
}

// json is everything, for programs: times in seconds, memory in bytes, rates per second.
func (p *planned) json() any {
	d := &p.deployment
	out := map[string]any{
		"rate": p.goal.Rate, "slo": p.slo, "seed": p.seed, "cores": d.Cores, "memory_bytes": p.goal.Memory, "planned_for": p.command,
		"deployment": map[string]any{
			"cpu_seconds": d.CPU().Seconds(), "wait_seconds": d.Wait().Seconds(), "outside_lock_seconds": d.Outside.Seconds(),
			"growth": d.Growth(), "error": d.Error, "base_bytes": d.Base, "worker_bytes": d.Worker, "thread_bytes": d.Thread,
			"outside_lock_spread_seconds": d.Spread.Outside.Seconds(), "worker_spread_bytes": d.Spread.Worker, "thread_spread_bytes": d.Spread.Thread,
		},
		"check":    map[string]any{"predicted": p.check.Predicted, "measured": newRunJSON(p.check.Measured)},
		"screened": p.plan.Screened, "simulated": p.plan.Simulated, "rule_of_thumb": p.plan.Rule, "alternatives": p.plan.Alternatives,
		"tried": p.plan.Tried, "assumed": append([]capacity.Assumption{}, p.deployment.Assumed...),
	}
	var calibration []runJSON
	for _, r := range p.measured() {
		calibration = append(calibration, newRunJSON(r))
	}
	out["calibration"] = calibration
	for name, part := range map[string]any{
		"recommended": orNothing(p.plan.Best), "nearest": orNothing(p.plan.Nearest), "runs_now": orNothing(p.now),
		"attached": orNothing(p.attached), "would_take": orNothing(p.remedy), "under_load": orNothing(p.loadJSON()),
	} {
		if part != nil {
			out[name] = part
		}
	}
	if p.verified != nil {
		out["verified"] = map[string]any{"predicted": p.verified.Predicted, "measured": newRunJSON(p.verified.Measured)}
	}
	return out
}

// orNothing is nil where there is nothing, so that it is left out.
func orNothing[T any](v *T) any {
	if v == nil {
		return nil
	}
	return v
}

// A curveJSON is a size under more and more load. Breaks is the load, in requests/s, from which on the objective
// is not met; null: it is met at every load looked at.
type curveJSON struct {
	Size     capacity.Size      `json:"size"`
	Breaks   stat.Interval      `json:"breaks"`
	Outcomes []capacity.Outcome `json:"outcomes"`
}

func (p *planned) loadJSON() *curveJSON {
	if p.curve == nil {
		return nil
	}
	return &curveJSON{p.curve.Size, p.curve.Breaks, p.curve.Outcomes}
}

// measured are the calibration's runs, in the order in which they are told.
func (p *planned) measured() []capacity.Run {
	c := &p.calibration
	if c.Only != nil {
		return append(append([]capacity.Run{}, c.Alone...), *c.Only)
	}
	return slices.Concat([]capacity.Run{c.One, c.Full, c.Threads}, c.Others, c.Sparse(), c.Alone)
}
