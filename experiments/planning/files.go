package planning

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/workerlab/workerlab/experiments/calibrate"
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

	figures = "figures"

	byPlan = "by workerlab plan." // in every configuration that a plan writes
)

// CheckFolder makes a plan's folder before anything is measured, and refuses to write over a configuration that no
// plan wrote.
func CheckFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(dir, gunicornConfig))
	if err == nil && !strings.Contains(string(text), byPlan) {
		return fmt.Errorf("%s: %s there was not written by a plan: name another folder", dir, gunicornConfig)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Page is the page's file in a plan's folder.
const Page = planPage

// Write writes the plan into a folder: the page, its figures, everything for programs, and the configuration. command
// is what makes it again.
func (p *Plan) Write(dir string, command []string) error {
	d := p.document(command)
	if err := os.MkdirAll(filepath.Join(dir, figures), 0o755); err != nil {
		return err
	}
	var failed []error
	for _, f := range d.Figures() {
		failed = append(failed, f.Chart.WriteSVG(filepath.Join(dir, f.File)),
			f.Chart.WritePNG(filepath.Join(dir, strings.TrimSuffix(f.File, ".svg")+".png")))
	}
	failed = append(failed,
		results.WriteFile(filepath.Join(dir, planPage), d.WriteHTML),
		results.WriteFile(filepath.Join(dir, planMarkdown), d.WriteMarkdown),
		results.WriteFile(filepath.Join(dir, planJSON), p.WriteJSON))
	config := filepath.Join(dir, gunicornConfig)
	if p.Configured() {
		failed = append(failed, p.WriteConfig(config))
	} else if err := os.Remove(config); !errors.Is(err, fs.ErrNotExist) { // an earlier plan's, which this one does not confirm
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// WriteJSON writes the plan for programs.
func (p *Plan) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(p.json())
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
func (p *Plan) json() any {
	d := &p.deployment
	out := map[string]any{
		"rate": p.Goal.Rate, "slo": p.SLO, "seed": p.Design.Seed, "cores": d.Cores, "memory_bytes": p.Goal.Memory, "planned_for": p.what(),
		"deployment": map[string]any{
			"cpu_seconds": d.CPU().Seconds(), "wait_seconds": d.Wait().Seconds(), "outside_lock_seconds": d.Outside.Seconds(),
			"growth": d.Growth(), "error": d.Error, "base_bytes": d.Base, "worker_bytes": d.Worker, "thread_bytes": d.Thread,
			"outside_lock_spread_seconds": d.Spread.Outside.Seconds(), "worker_spread_bytes": d.Spread.Worker, "thread_spread_bytes": d.Spread.Thread,
		},
		"served_by": p.Command.Class.Name, "missing": append([]calibrate.Missing{}, p.missing...), "notes": append([]string{}, p.notes...),
		"screened": p.sizes.Screened, "simulated": p.sizes.Simulated, "rule_of_thumb": p.sizes.Rule, "alternatives": p.sizes.Alternatives,
		"tried": p.sizes.Tried, "assumed": append([]capacity.Assumption{}, p.deployment.Assumed...),
	}
	var calibration []runJSON
	for _, r := range p.calibration.Means() {
		calibration = append(calibration, newRunJSON(r))
	}
	out["calibration"] = calibration
	for name, part := range map[string]any{
		"recommended": orNothing(p.sizes.Best), "nearest": orNothing(p.sizes.Nearest), "runs_now": orNothing(p.now),
		"attached": orNothing(p.Found), "would_take": orNothing(p.remedy), "under_load": orNothing(p.loadJSON()),
	} {
		if part != nil {
			out[name] = part
		}
	}
	for name, c := range map[string]*Check{"check": p.check, "verified": p.verified} {
		if c != nil {
			out[name] = map[string]any{"predicted": c.Predicted, "measured": newRunJSON(c.Measured)}
		}
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

func (p *Plan) loadJSON() *curveJSON {
	if p.curve == nil {
		return nil
	}
	return &curveJSON{p.curve.Size, p.curve.Breaks, p.curve.Outcomes}
}
