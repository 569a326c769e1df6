package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

const smallScenario = `system: {class: sync, workers: 4}
handler: [{wait: 20ms, dist: exp}]
load: {rate: 140, duration: 100s}
`

// scenarioCommand runs simulate or predict on a scenario.
func scenarioCommand(t *testing.T, text, name string, args ...string) (string, error) {
	t.Helper()
	for _, cmd := range commands() {
		if cmd.Name() != name {
			continue
		}
		var out bytes.Buffer
		cmd.SetArgs(append([]string{"-"}, args...))
		cmd.SetIn(strings.NewReader(text))
		cmd.SetOut(&out)
		cmd.SetErr(io.Discard)
		cmd.SilenceUsage, cmd.SilenceErrors = true, true
		err := cmd.ExecuteContext(t.Context())
		return out.String(), err
	}
	t.Fatalf("no command %s", name)
	return "", nil
}

// The M/M/4 of 70 % load answers after 27.1 ms on average: the formula says so, and the simulation's interval
// holds it.
func TestPredictAndSimulateAgree(t *testing.T) {
	const want = 0.02714
	type answer struct {
		Figures []struct {
			Name             string
			Value, Low, High float64
		}
	}
	of := func(command string) (a answer) {
		out, err := scenarioCommand(t, smallScenario, command, "--format", "json")
		if err == nil {
			err = json.Unmarshal([]byte(out), &a)
		}
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, f := range of("predict").Figures {
		if f.Name == "mean response" && (f.Value < want*0.999 || f.Value > want*1.001) {
			t.Errorf("predicted %g s, want %g", f.Value, want)
		}
	}
	for _, f := range of("simulate").Figures {
		if f.Name == "mean response" && (f.Low > want || f.High < want) {
			t.Errorf("simulated %g–%g s, want %g within", f.Low, f.High, want)
		}
	}
}

func TestScenarioFaults(t *testing.T) {
	for name, c := range map[string]struct {
		text, command string
		args          []string
		want          string
	}{
		"unstable":         {strings.Replace(smallScenario, "140", "201", 1), "simulate", nil, "201 requests/s are offered and at most 200 can be served, limited by the workers"},
		"a mere capacity":  {strings.Replace(smallScenario, "140", "200", 1), "simulate", nil, "Lower load.rate, or take more workers"},
		"too long":         {strings.Replace(smallScenario, "100s", "24h", 1), "simulate", nil, "about 1.2e+07 requests, and a replication has at most 1e+07: want 19h50m"},
		"too long, closed": {"handler: [{cpu: 1us}]\nload: {arrivals: closed, clients: 2, think: 1us, duration: 1m}", "simulate", nil, "about 6.5e+07 requests"},
		"empty":            {"", "predict", nil, "stdin: scenario: the file is empty"},
		"no requests":      {smallScenario, "simulate", []string{"--trace", "t", "--trace-requests", "0"}, "want 1 or more"},
		"broken":           {"handler: [{cpu: fast}]", "simulate", nil, "[1:17]"},
		"format":           {smallScenario, "predict", []string{"--format", "xml"}, "want text, json or csv"},
		"one replication":  {smallScenario, "simulate", []string{"--replications", "1"}, "2 at least"},
		"no horizon":       {smallScenario, "simulate", []string{"--initial", "5"}, "--initial is of a course: add --transient"},
		"no step":          {smallScenario, "simulate", []string{"--transient", "5", "--steps", "0"}, "--steps 0 in --transient 5s: want from 1"},
		"a closed queue":   {"handler: [{wait: 1ms}]\nload: {arrivals: closed, clients: 2}", "simulate", []string{"--transient", "5s", "--initial", "9"}, "raise load.clients"},
		"no folder":        {smallScenario, "simulate", []string{"--transient", "5s", "--figure", "/no/such/c.svg"}, "there is no folder /no/such"},
		"a trace of it":    {smallScenario, "simulate", []string{"--transient", "5s", "--trace", "t"}, "leave out --transient"},
		"nothing to trace": {smallScenario, "simulate", []string{"--trace", "/no/such/folder/trace.json"}, "no such file"},
	} {
		_, err := scenarioCommand(t, c.text, c.command, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if name != "nothing to trace" && exitCode(err, io.Discard) != exitUsage {
			t.Errorf("%s: exit code %d", name, exitCode(err, io.Discard))
		}
	}
	if out, err := scenarioCommand(t, strings.Replace(smallScenario, "140", "201", 1), "predict"); err != nil || !strings.Contains(out, "the queue grows") {
		t.Errorf("predicting beyond the capacity: %q, %v", out, err)
	}
}

// Near the capacity a minute is too short, and the simulation says so.
func TestAQueueThatDoesNotSettleIsSaid(t *testing.T) {
	for rate, want := range map[string]bool{"140": false, "198": true} {
		out, err := scenarioCommand(t, strings.Replace(smallScenario, "140", rate, 1), "simulate", "--replications", "2")
		if err != nil || strings.Contains(out, "warning: at 99 %") != want {
			t.Errorf("%s/s: %v\n%s", rate, err, out)
		}
	}
}

// Ctrl-C ends a simulation with the code for it.
func TestASimulationIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, complaint bytes.Buffer
	code := run(ctx, []string{"simulate", "-"}, strings.NewReader(smallScenario), &out, &complaint)
	if code != exitInterrupted || out.Len() > 0 || !strings.HasSuffix(complaint.String(), "workerlab: interrupted\n") {
		t.Errorf("exit code %d, %q, %q", code, &out, &complaint)
	}
}

func TestSimulateWritesATrace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.json")
	if _, err := scenarioCommand(t, smallScenario, "simulate", "--trace", file, "--trace-requests", "10", "--replications", "2"); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil || !json.Valid(data) || strings.Count(string(data), `"served"`) != 10 {
		t.Errorf("%d bytes with %d requests, %v", len(data), strings.Count(string(data), `"served"`), errors.Join(err))
	}
}

// A course is shown of what is refused otherwise; its table fits a terminal, and its formats say the same.
func TestTheCourseOfAnOverload(t *testing.T) {
	const overload = "{system: {workers: 2, timeout: 2s, backlog: 20}, handler: [{wait: 5s}], load: {rate: 20, patience: 10s}}"
	course := func(format string) string {
		out, err := scenarioCommand(t, overload, "simulate", "--transient", "20s", "--steps", "4", "--replications", "5", "--format", format)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	table := course("text")
	for _, want := range []string{"until", "in server", "answered/s", "given up/s", "mean response", "retries/s", "restarts", "20.0 s", "clients give up after 10s (load.patience)"} {
		if !strings.Contains(strings.Join(strings.Fields(table), " "), want) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
	for line := range strings.Lines(table) {
		if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > terminalWidth {
			t.Errorf("%d wide: %s", utf8.RuneCountInString(line), line)
		}
	}
	var file struct {
		Steps []struct {
			Until float64 `json:"until_seconds"`
			Held  struct{ Value, Low, High float64 }
			Mean  *struct{} `json:"mean_response"`
		}
	}
	if err := json.Unmarshal([]byte(course("json")), &file); err != nil || len(file.Steps) != 4 {
		t.Fatalf("%+v, %v", file, err)
	}
	if last := file.Steps[3]; last.Until != 20 || last.Held.Value < 20 || last.Held.Low > last.Held.Value || last.Mean != nil {
		t.Errorf("%+v", last)
	}
	figure := filepath.Join(t.TempDir(), "course.svg")
	if _, err := scenarioCommand(t, overload, "simulate", "--transient", "20s", "--steps", "4", "--replications", "2", "--figure", figure); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(figure); err != nil || !strings.Contains(string(data), "given up") {
		t.Errorf("%d bytes of a figure, %v", len(data), err)
	}
	if out := course("csv"); !strings.HasPrefix(out, "until,name,value,low,high\n") || !strings.Contains(out, "\n20,restarts,") {
		t.Error(out)
	}
}

// A prediction that no form has is the simulation's, under another name, in every format.
func TestWhatIsDeclinedIsPrintedAsSimulated(t *testing.T) {
	const text = "{system: {max_requests: 100}, handler: [{wait: 20ms}], load: {rate: 40}}"
	for format, want := range map[string]string{
		"text": "No closed form has the response: workers are replaced (max_requests).",
		"json": `"name": "mean response (simulated)"`,
		"csv":  "predicted,mean response (simulated),0.0",
	} {
		out, err := scenarioCommand(t, text, "predict", "--replications", "5", "--format", format)
		if err != nil || !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("%v, want %q:\n%s", err, want, out)
		}
	}
}

// Nobody waits for what takes longer than they have patience, and no mean is told of nobody.
func TestNoneIsAnswered(t *testing.T) {
	out, err := scenarioCommand(t, "{handler: [{wait: 5s}], load: {rate: 0.1, patience: 1s}}", "simulate", "--replications", "2")
	if err != nil || !strings.Contains(out, "mean response              none answered\n") || !strings.Contains(out, "load.patience") {
		t.Errorf("%v\n%s", err, out)
	}
}
