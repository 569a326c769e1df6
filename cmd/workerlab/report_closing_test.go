package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/preflight"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/report"
)

func TestClosingTellsWhatAReaderMustKnow(t *testing.T) {
	claims := []report.Claim{
		{Verdict: results.Verdict{ID: "a"}},
		{Verdict: results.Verdict{ID: "b", Runs: 4, Lost: 2}},
		{Verdict: results.Verdict{ID: "c", Runs: 4, Outcome: results.Supported, Lost: 1}},
	}
	for name, c := range map[string]struct {
		manifest results.Manifest
		want     []string
		not      string
	}{
		"complete":    {results.Manifest{Finished: time.Unix(9, 0)}, []string{"Not run: a.", "runs lost that do not count: b."}, "complete"},
		"interrupted": {results.Manifest{Finished: time.Unix(9, 0), Interrupted: "interrupted"}, []string{"The run is not complete: interrupted."}, "ended"},
		"killed":      {results.Manifest{}, []string{"ended without a word"}, "added"},
		"extended":    {results.Manifest{Finished: time.Unix(9, 0), Added: []results.Added{{Blocks: 2}, {Blocks: 1}}}, []string{"Blocks added for undecided claims: 3."}, "complete"},
	} {
		var out bytes.Buffer
		closing(&out, &report.Report{Manifest: c.manifest, Claims: claims})
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %q lacks %q", name, out.String(), want)
			}
		}
		if strings.Contains(out.String(), c.not) {
			t.Errorf("%s: %q has %q", name, out.String(), c.not)
		}
	}
}

func TestPrescribe(t *testing.T) {
	good := preflight.Check{Name: "cores", Found: "2 of 2 usable", Means: "Two are needed."}
	warn := preflight.Check{Name: "steal", Status: preflight.Warn, Found: "0.3 of a core", Means: strings.Repeat("It costs runs. ", 9), Mend: "true"}
	fatal := preflight.Check{Name: "PSS", Status: preflight.Missing, Fatal: true, Found: "not there", Means: "Nothing can be read."}
	tool := preflight.Check{Name: "wrk", Status: preflight.Missing, Tool: true, Found: "none", Means: "No comparison.", Mend: "apt-get"}
	for name, c := range map[string]struct {
		checks []preflight.Check
		want   string
		unfit  bool
	}{
		"good":         {[]preflight.Check{good, tool}, "\nFit to measure on.\n", false},
		"with a doubt": {[]preflight.Check{good, warn}, "        $ true\n\nFit to measure on, with 1 doubts", false},
		"unfit":        {[]preflight.Check{good, fatal}, "missing PSS ", true},
	} {
		var out bytes.Buffer
		err := prescribe(&out, c.checks, false, false)
		if !strings.Contains(out.String(), c.want) || errors.Is(err, errUnfit) != c.unfit {
			t.Errorf("%s: %q, %v", name, out.String(), err)
		}
		for line := range strings.Lines(out.String()) {
			if len(line) > 81 || strings.Contains(line, "\x1b") {
				t.Errorf("%s: line %q", name, line)
			}
		}
		out.Reset()
		err = prescribe(&out, c.checks, true, false)
		var got struct{ Fit bool }
		if json.Unmarshal(out.Bytes(), &got) != nil || got.Fit == c.unfit || exitCode(err, &out) != map[bool]int{false: exitOK, true: exitInternal}[c.unfit] {
			t.Errorf("%s as JSON: %s, %v", name, out.String(), err)
		}
	}
}
