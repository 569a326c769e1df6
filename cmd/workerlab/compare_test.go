package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

// TestCompareScripts compares made-up runs: before, same (as before, other luck), and slower, where
// sync workers serve 20 % less and one claim is no longer supported.
func TestCompareScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/compare*.txt")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("scripts %q: %v", scripts, err)
	}
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Setup: func(env *testscript.Env) error {
			for name, speed := range map[string]float64{"before": 1, "same": 1, "slower": 0.8} {
				if err := makeRun(filepath.Join(env.WorkDir, name), speed, uint64(len(name))); err != nil {
					return err
				}
			}
			return exitAtOnce(env)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"damage": damage, "copyline": copyLine},
	})
}

// damage FILE leaves half a line at the end of FILE, as a crash does.
func damage(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteString(`{"schema":1`)
	ts.Check(errors.Join(err, f.Close()))
}

// copyLine FILE N puts a copy of its line N, from 1, at the end of FILE.
func copyLine(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	lines := slices.Collect(strings.Lines(text))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text+lines[n-1]), 0o600))
}

// Exit codes are the pipeline's contract.
func TestCompareExitCodes(t *testing.T) {
	dir := t.TempDir()
	before, slower := filepath.Join(dir, "before"), filepath.Join(dir, "slower")
	if err := errors.Join(makeRun(before, 1, 1), makeRun(slower, 0.8, 2)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{before, slower}, exitOK},
		{[]string{before, slower, "--fail-above", "50%"}, exitOK},
		{[]string{before, slower, "--fail-above", "5%"}, exitRefuted},
		{[]string{slower, before, "--fail-above", "5%"}, exitOK},
		{[]string{before, slower, "--metric", "p50"}, exitOK},
		{[]string{before, slower, "--metric", "p50", "--fail-above", "5%"}, exitUndecided}, // no latencies there
		{[]string{before, filepath.Join(dir, "none")}, exitUsage},
		{[]string{before, slower, "--fail-above", "-1%"}, exitUsage},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"compare"}, c.args...), nil, &out, &errs); code != c.want {
			t.Errorf("compare %q: exit %d, want %d; %s", c.args, code, c.want, &errs)
		}
	}
}

func makeRun(dir string, syncSpeed float64, seed uint64) error {
	store, err := results.Create(dir)
	if err != nil {
		return err
	}
	defer store.Close()
	noise := rand.New(rand.NewPCG(seed, 1))
	order := 0
	for block := range 4 {
		for _, class := range []string{"sync", "gthread", "gevent"} {
			for workers := 1; workers <= 4; workers++ {
				x := 100 * float64(workers) * (1 + 0.01*noise.NormFloat64())
				if class == "sync" {
					x *= syncSpeed
				}
				cell := results.Cell{"class": class, "workers": workers, "do": "cpu:2ms"}
				r := results.Record{Run: filepath.Base(dir), Cell: cell, Trial: cell.Key(), Repetition: block, Order: order, Try: 1, Origin: results.Measured, System: "workerlab"}
				order++
				r.Set("throughput", x, "requests/s")
				r.Set("pss", 1<<20, "bytes")
				if err := store.Append(r); err != nil {
					return err
				}
			}
		}
	}
	outcome := results.Supported
	if syncSpeed < 1 {
		outcome = results.Inconclusive
	}
	if err := results.WriteVerdicts(dir, []results.Verdict{{ID: "workers-concurrency", Outcome: outcome}}); err != nil {
		return err
	}
	return store.WriteManifest(results.Manifest{Run: filepath.Base(dir), Profile: "quick", Host: host.Host{CPU: "made up"}})
}
