package planning

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/stat"
)

// exampleCalibration is one without a measurement.
func exampleCalibration() capacity.Calibration {
	const ms = time.Millisecond
	return capacity.Calibration{
		Cores: 2, Names: []string{"/"}, Weights: []float64{1},
		Runs: []capacity.Run{
			{Size: capacity.Size{Class: "sync", Workers: 1, Threads: 1}, Path: "/", Clients: 1, CPU: 3 * ms, Mean: 23 * ms},
			{Size: capacity.Size{Class: "sync", Workers: 1, Threads: 1}, Clients: 4, CPU: 3 * ms, Throughput: 43, PSS: 40 << 20},
			{Size: capacity.Size{Class: "sync", Workers: 2, Threads: 1}, Clients: 4, CPU: 3300 * time.Microsecond, Throughput: 85, PSS: 60 << 20},
			{Size: capacity.Size{Class: "gthread", Workers: 1, Threads: 4}, Clients: 8, CPU: 3 * ms, Throughput: 400, PSS: 46 << 20},
		},
	}
}

// examplePlan is one without a measurement: what is printed is looked at.
func examplePlan(t *testing.T, rate float64) *Plan {
	t.Helper()
	const ms = time.Millisecond
	calibration := exampleCalibration()
	d, err := capacity.Fit(calibration)
	if err != nil {
		t.Fatal(err)
	}
	goal := capacity.Goal{Rate: rate, Latencies: []capacity.Latency{{Quantile: 0.99, Limit: 250 * ms}}, Errors: 0.01, Memory: 1 << 30, Classes: []string{"sync", "gthread"}}
	d.Effort = capacity.Effort{Replications: 3, Window: 1500 * time.Millisecond}
	plan, err := capacity.New(t.Context(), &d, goal, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &Plan{
		Request: Request{
			Goal: goal, SLO: "p99=250ms", Design: calibrate.Design{Seed: 1, Classes: []string{"sync", "gthread"}},
			Command: calibrate.Command{Args: []string{"gunicorn", "app:app"}},
		},
		calibration: calibration, deployment: d, sizes: plan,
		check: &Check{Measured: capacity.Run{Size: capacity.Size{Class: "sync", Workers: 2, Threads: 1}, Rate: 50}},
	}
	if plan.Best == nil {
		remedy, err := d.Remedy(t.Context(), goal, plan, 1)
		if err != nil {
			t.Fatal(err)
		}
		p.remedy = &remedy
	}
	return p
}

func TestPlanIsPrinted(t *testing.T) {
	t.Parallel()
	for rate, want := range map[float64][]string{
		100: {"Deploy 1 gthread worker of ", "→ recommended", "2·cores+1", "gunicorn.conf.py:", `worker_class = "gthread"`},
		5e3: {"No size bears 5000 requests/s", "2 cores bear", "meets it up to"},
	} {
		p := examplePlan(t, rate)
		var out bytes.Buffer
		p.Print(&out)
		for _, part := range want {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%g/s lacks %q:\n%s", rate, part, out.String())
			}
		}
		for line := range strings.Lines(out.String()) {
			if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
				t.Errorf("%d columns: %q", n, line)
			}
		}
		var got map[string]any
		data, err := json.Marshal(p.json())
		if err != nil || json.Unmarshal(data, &got) != nil {
			t.Fatal(err)
		}
		if _, recommended := got["recommended"]; recommended != (rate == 100) {
			t.Errorf("%g/s as JSON: %.300s", rate, data)
		}
	}
}

// What would be met where nothing is, in sentences.
func TestWhatItWouldTake(t *testing.T) {
	p := &Plan{
		Request: Request{SLO: "p99=250ms", Goal: capacity.Goal{Rate: 900, Memory: 10 << 20, Latencies: []capacity.Latency{{Quantile: 0.99, Limit: 250 * time.Millisecond}}}},
		remedy:  &capacity.Remedy{Least: capacity.Size{Class: "sync", Workers: 1, Threads: 1}, Floor: 41.2 * (1 << 20), Memory: 61.3 * (1 << 20)},
	}
	said := p.unmet() + " " + strings.Join(p.takes(), " ")
	for _, part := range []string{"No size fits into 10.0 MiB", "1 sync worker, takes 41.2 MiB", "--memory 62MiB"} {
		if !strings.Contains(said, part) {
			t.Errorf("%q lacks %q", said, part)
		}
	}
	four := capacity.Size{Class: "sync", Workers: 4, Threads: 1}
	p.sizes = capacity.Plan{Screened: 9, Nearest: &capacity.Outcome{Size: four, Limit: "cores"}}
	p.remedy = &capacity.Remedy{Size: four, Rate: 512.3, Cores: 4, Grown: capacity.Size{Class: "sync", Workers: 8, Threads: 1}, Relaxed: []stat.Interval{{Estimate: 0.3, Low: 0.25, High: 0.3111}}}
	said = p.unmet() + " " + strings.Join(p.takes(), " ")
	for _, part := range []string{"The nearest is 4 sync workers", "4 sync workers meets it up to 512.3 requests/s", "With 4 cores 8 sync workers would meet it", "It would meet p99=320ms"} {
		if !strings.Contains(said, part) {
			t.Errorf("%q lacks %q", said, part)
		}
	}
	p.remedy = &capacity.Remedy{Size: four, Slow: true}
	if said := strings.Join(p.takes(), " "); !strings.Contains(said, "no size mends that") {
		t.Errorf("%q", said)
	}
}

// The folder of a plan, of one that is met and was verified and of one that is not; the second takes the first
// one's configuration away.
func TestPlanIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, rate := range []float64{100, 5e3} {
		p := examplePlan(t, rate)
		curve, err := p.deployment.Curve(t.Context(), *p.shown(), capacity.Load{}, p.Goal, 1)
		if err != nil {
			t.Fatal(err)
		}
		p.curve = &curve
		met := p.sizes.Best != nil
		if met {
			p.verified = &Check{Predicted: *p.sizes.Best, Measured: capacity.Run{P50: 20 * time.Millisecond, P95: time.Second, Throughput: 100, PSS: 1 << 20}}
		}
		if err := p.Write(dir, []string{"/bin/workerlab", "plan", "--slo", "p99=250ms,errors<1%"}); err != nil {
			t.Fatal(err)
		}
		page := read(t, dir, planPage)
		for part, want := range map[string]bool{
			p.headline(): true, "rule 2·cores": true, "workerlab plan --slo &#39;p99=250ms,errors&lt;1%&#39;": true,
			"http://": false, "<svg class=\"chart\"": true, "✔ as predicted": met, "▲ outside the range": met,
			"What it would take": !met, "worker_class = &#34;gthread&#34;": met, "objective: p99 ≤ 250 ms": true,
		} {
			if strings.Contains(page, part) != want {
				t.Errorf("%g/s: page with %q is %v, want %v", rate, part, !want, want)
			}
		}
		if text := read(t, dir, planMarkdown); !strings.HasPrefix(text, "# A deployment's plan\n\n**"+strings.ReplaceAll(p.headline(), "_", `\_`)) || !strings.Contains(text, "](figures/plan-load.svg)") {
			t.Errorf("%g/s: %.300s", rate, text)
		}
		var all map[string]any
		if err := json.Unmarshal([]byte(read(t, dir, planJSON)), &all); err != nil || all["under_load"] == nil {
			t.Errorf("%g/s: %v", rate, err)
		}
		if _, err := os.Stat(filepath.Join(dir, gunicornConfig)); (err == nil) != met {
			t.Errorf("%g/s: configuration %v", rate, err)
		}
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A verification says first whether the objective was kept.
func TestVerified(t *testing.T) {
	p := examplePlan(t, 100)
	for p99, want := range map[time.Duration]string{
		200 * time.Millisecond: "Verified: p99=250ms is kept. At 100",
		time.Second:            "Verified: p99 is 1.00 s, which misses p99=250ms. At 100",
	} {
		p.verified = &Check{Predicted: *p.sizes.Best, Measured: capacity.Run{P50: 20 * time.Millisecond, P99: p99}}
		var out bytes.Buffer
		p.Print(&out)
		if text := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// The runs of further classes are told like the others, on the page and for programs.
func TestPlanTellsOfFurtherClasses(t *testing.T) {
	p := examplePlan(t, 100)
	c := p.calibration
	c.Runs = append(c.Runs, capacity.Run{Size: capacity.Size{Class: "gevent", Workers: 2, Threads: 1}, Clients: 28, CPU: 3 * time.Millisecond, Throughput: 600, PSS: 80 << 20})
	d, err := capacity.Fit(c)
	if err != nil {
		t.Fatal(err)
	}
	p.calibration, p.deployment = c, d
	section := p.calibrated()
	table, _ := section.Blocks[1].(page.Table)
	i := slices.IndexFunc(table.Rows, func(row page.Row) bool { return row.Cells[0].Text.String() == "gevent 2×1" })
	if i < 0 || !strings.Contains(table.Rows[i].Cells[7].Text.String(), "× the work of sync; a worker takes 30.0 MiB") {
		t.Errorf("%+v", table.Rows)
	}
	if runs := p.calibration.Means(); !slices.ContainsFunc(runs, func(r capacity.Run) bool { return r.Class == "gevent" }) {
		t.Errorf("%+v", runs)
	}
}
