package main

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/calibrate"
	"github.com/workerlab/workerlab/models/capacity"
)

func TestParsePaths(t *testing.T) {
	paths, weights, err := parsePaths([]string{"/", "/search?q=x=3", "/slow 0.5", "/x=y"})
	if err != nil || !slices.Equal(paths, []string{"/", "/search?q=x", "/slow", "/x=y"}) || !slices.Equal(weights, []float64{1, 3, 0.5, 1}) {
		t.Errorf("%q %v, %v", paths, weights, err)
	}
	for _, bad := range []string{"search", "/x=0", "/x=-1", "/a b"} {
		if _, _, err := parsePaths([]string{bad}); err == nil || exitCode(err, io.Discard) != exitUsage {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestPlanMistakes(t *testing.T) {
	for want, args := range map[string][]string{
		"after --":                     {"--rate", "10", "--slo", "p99=1s"},
		"--rate 0":                     {"--slo", "p99=1s", "--", "gunicorn", "app:app"},
		"no objective":                 {"--rate", "10", "--", "gunicorn", "app:app"},
		"not of p99.9":                 {"--rate", "10", "--slo", "p99.9=1s", "--", "gunicorn", "app:app"},
		"--classes asyncio":            {"--rate", "10", "--slo", "p99=1s", "--classes", "asyncio", "--", "gunicorn", "app:app"},
		"want gunicorn … or workerlab": {"--rate", "10", "--slo", "p99=1s", "--", "uwsgi", "app.ini"},
	} {
		cmd := newPlanCommand()
		cmd.SetArgs(args)
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		if err := cmd.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), want) || exitCode(err, io.Discard) != exitUsage {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}

// examplePlan is one without a measurement: what is printed is looked at.
func examplePlan(t *testing.T, rate float64) *planned {
	t.Helper()
	const ms = time.Millisecond
	calibration := capacity.Calibration{
		Cores: 2, Names: []string{"/"}, Weights: []float64{1},
		Alone:   []capacity.Run{{CPU: 3 * ms, Mean: 23 * ms}},
		One:     capacity.Run{Workers: 1, CPU: 3 * ms, Throughput: 43, PSS: 40 << 20},
		Full:    capacity.Run{Workers: 2, CPU: 3300 * time.Microsecond, Throughput: 85, PSS: 60 << 20},
		Threads: capacity.Run{Class: "gthread", Workers: 1, Threads: 4, CPU: 3 * ms, Throughput: 400, PSS: 46 << 20},
	}
	d, err := capacity.Fit(calibration)
	if err != nil {
		t.Fatal(err)
	}
	goal := capacity.Goal{Rate: rate, Latencies: []capacity.Latency{{Quantile: 0.99, Limit: 250 * ms}}, Errors: 0.01, Memory: 1 << 30, Classes: []string{"sync", "gthread"}}
	plan, err := capacity.New(t.Context(), &d, goal, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &planned{goal: goal, slo: "p99=250ms", calibration: calibration, deployment: d, check: calibrate.Check{Measured: capacity.Run{Rate: 50}}, plan: plan}
}

func TestPlanIsPrinted(t *testing.T) {
	for rate, want := range map[float64][]string{
		100: {"Deploy 1 gthread worker of ", "→ recommended", "2·cores+1", "gunicorn.conf.py:", `worker_class = "gthread"`},
		5e3: {"No size bears 5000 requests/s", "two cores", ""},
	} {
		p := examplePlan(t, rate)
		var out bytes.Buffer
		p.print(&out)
		for i, part := range want {
			if rate == 5e3 && i == 1 {
				part = "2 cores bear"
			}
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
