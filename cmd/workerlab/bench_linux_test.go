package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/workerlab/workerlab/results"
)

// TestBenchScripts runs the real bench: servers, load, records, report. It is not parallel: it pins
// itself and its servers to cores.
func TestBenchScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/bench*.txt")
	scripts = slices.DeleteFunc(scripts, func(name string) bool { return name == plansAlone })
	if err != nil || len(scripts) == 0 {
		t.Fatalf("scripts %q: %v", scripts, err)
	}
	benchScripts(t, scripts...)
}

// plansAlone measures nothing, so it may run beside others.
const plansAlone = "testdata/bench_plan.txt"

func TestBenchPlans(t *testing.T) {
	t.Parallel()
	benchScripts(t, plansAlone)
}

func benchScripts(t *testing.T, scripts ...string) {
	t.Helper()
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Setup: exitAtOnce,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"recorded":    recorded,
			"append":      appendText,
			"appendline":  appendLine,
			"replace":     replace,
			"calibration": calibration,
			"sequential":  sequential,
			"orphans":     orphans,
		},
	})
}

// appendText FILE TEXT adds TEXT to the end of FILE.
func appendText(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteString(args[1])
	ts.Check(errors.Join(err, f.Close()))
}

// appendLine FILE TEXT adds TEXT as a line to the end of FILE.
func appendLine(ts *testscript.TestScript, neg bool, args []string) {
	appendText(ts, neg, []string{args[0], args[1] + "\n"})
}

// replace FILE OLD NEW replaces the first OLD in FILE by NEW.
func replace(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s holds no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
}

// calibration A B compares the CPU rates of two manifests.
func calibration(ts *testscript.TestScript, _ bool, args []string) {
	var rates []float64
	for _, file := range args {
		var m results.Manifest
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &m))
		rates = append(rates, m.CPURate)
	}
	if rates[0] <= 0 || rates[0] != rates[1] {
		ts.Fatalf("calibrations %v", rates)
	}
}

// recorded FILE N waits until FILE has N lines.
func recorded(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	for began := time.Now(); time.Since(began) < time.Minute; {
		data, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && strings.Count(string(data), "\n") >= want {
			return
		}
		<-time.After(5 * time.Millisecond)
	}
	ts.Fatalf("%s has no %s lines after a minute", args[0], args[1])
}

// sequential FILE fails unless every record of it was made once, in order.
func sequential(ts *testscript.TestScript, _ bool, args []string) {
	table, err := results.Read(strings.NewReader(ts.ReadFile(args[0])))
	ts.Check(err)
	seen := map[string]bool{}
	for i, r := range table {
		key := r.Trial + "/" + strconv.Itoa(r.Repetition)
		if r.Order != i || seen[key] {
			ts.Fatalf("record %d has order %d, its run was made before: %v", i, r.Order, seen[key])
		}
		seen[key] = true
	}
	if len(table) < 2 {
		ts.Fatalf("%d records", len(table))
	}
}

// orphans fails if a server that this test's bench started still runs.
func orphans(ts *testscript.TestScript, neg bool, _ []string) {
	if !neg {
		ts.Fatalf("usage: ! orphans")
	}
	commands, err := filepath.Glob("/proc/[0-9]*/environ")
	ts.Check(err)
	for _, path := range commands {
		environ, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(environ), "WORK="+ts.Getenv("WORK")+"\x00") {
			cmdline, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline")) // for the message
			ts.Fatalf("%s still runs: %q", filepath.Dir(path), cmdline)
		}
	}
}
