package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
)

func TestBenchExitCodes(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want int
	}{
		"a list":             {[]string{"bench", "--list"}, exitOK},
		"unknown claim":      {[]string{"bench", "--only", "x"}, exitUsage},
		"expect beyond only": {[]string{"bench", "--only", "gil-cpu", "--expect", "workers-memory"}, exitUsage},
		"unknown expect":     {[]string{"bench", "--expect", "x"}, exitUsage},
		"unknown profile":    {[]string{"bench", "--profile", "x"}, exitUsage},
		"unknown flag":       {[]string{"bench", "--fast"}, exitUsage},
		"bad seed":           {[]string{"bench", "--seed", "x"}, exitUsage},
		"explain nothing":    {[]string{"bench", "--explain", "x"}, exitUsage},
		"report nowhere":     {[]string{"report", t.TempDir()}, exitUsage},
		"unwritable":         {[]string{"bench", "--out", "/dev/null/run"}, exitInternal},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), c.args, nil, &out, &errs); code != c.want {
			t.Errorf("%s: exit code %d, want %d; stderr %q", name, code, c.want, errs.String())
		}
		if c.want != exitOK && strings.Count(errs.String(), "\n") != 1 {
			t.Errorf("%s: not one line on stderr: %q", name, errs.String())
		}
	}
}

func TestExpectedTurnsVerdictsIntoExitCodes(t *testing.T) {
	verdicts := []results.Verdict{
		{ID: "yes", Outcome: results.Supported},
		{ID: "no", Outcome: results.Refuted},
		{ID: "partly", Outcome: results.Depends},
		{ID: "open", Outcome: results.Inconclusive},
	}
	for _, c := range []struct {
		expect []string
		want   int
	}{
		{nil, exitOK},
		{[]string{"yes"}, exitOK},
		{[]string{"yes", "no"}, exitRefuted},
		{[]string{"partly"}, exitRefuted},
		{[]string{"open"}, exitUndecided},
		{[]string{"open", "no"}, exitRefuted},
		{[]string{"not judged"}, exitUndecided},
	} {
		o := benchOptions{expect: c.expect}
		err, code := o.expected(verdicts), exitOK
		var exit exitError
		if errors.As(err, &exit) {
			code = exit.code
		}
		if code != c.want {
			t.Errorf("--expect %v: exit code %d (%v), want %d", c.expect, code, err, c.want)
		}
	}
}

func TestProgressLine(t *testing.T) {
	step := trial.Step{Trial: trial.Trial{Server: spec.Server{Class: "gthread", Workers: 2, Threads: 4}, Load: spec.Load{Do: "cpu:5ms", Clients: 16}}}
	at := rig.Progress{Steps: []trial.Step{step}, Try: 2, Done: 11, Total: 132, Left: 83 * time.Second}

	var plain bytes.Buffer
	line := newProgressLine(&plain)
	line.show(at)
	line.show(at) // within the pause: not told again
	line.end()
	if got, want := plain.String(), "[ 12/132] 1m23s left  gthread 2×4 cpu:5ms n=16 (try 2)\n"; got != want {
		t.Errorf("off a terminal %q, want %q", got, want)
	}

	plain.Reset()
	line = newProgressLine(&plain)
	several := at
	several.Steps, several.Try = []trial.Step{step, step, step}, 1
	several.Steps[0].Trial.Group, several.Added = "hang", results.Added{Look: 1, Claim: "timeout-too-high"}
	line.show(several)
	if got, want := plain.String(), "[ 12/132] 1m23s left  added for timeout-too-high: 3 at once (hang)\n"; got != want {
		t.Errorf("an added block %q, want %q", got, want)
	}

	var screen bytes.Buffer
	line = &progressLine{w: &screen, terminal: true}
	at.Steps[0].Trial.Load.Do = strings.Repeat("cpu:5ms,", 20)
	line.show(at)
	if text := strings.TrimPrefix(screen.String(), "\r"); len([]rune(text)) != terminalWidth || strings.Contains(text, "\n") {
		t.Errorf("on a terminal the line is %d columns wide, want %d: %q", len([]rune(text)), terminalWidth, text)
	}
	line.end()
	if !strings.HasSuffix(screen.String(), " \r") {
		t.Error("the line is not taken away at the end")
	}
}
