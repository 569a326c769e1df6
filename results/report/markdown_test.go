package report

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/host"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

func demoVerdicts() []results.Verdict {
	return []results.Verdict{
		{
			ID: "workers-concurrency", Claim: "Under sync, X(8)/X(1) ≥ 6.", Outcome: dep,
			Effect: results.Effect{Name: text.Of("throughput of 8 workers against 1"), Unit: "×", Interval: iv(6.97, 6.81, 7.14)},
			Runs:   24, Invalid: 3, Reasons: map[string]int{"steal | 7 % of a core": 1, "lag": 2},
			Why:      text.Of("Eight workers served 6.97 times what one did."),
			Others:   []results.Effect{{Name: text.Of("memory|worker"), Unit: "bytes", Interval: iv(14_100, 13_900, 14_300)}},
			Warnings: []text.Message{text.Of("server and generator shared cores")},
		},
		{ID: "timeout-is-not-a-request-limit", Outcome: sup, Effect: results.Effect{Name: text.Of("answered"), Unit: "share", Interval: iv(1, 0.69, 1)}, Runs: 10},
		{ID: "gil-cpu", System: "gunicorn", Outcome: ref, Effect: results.Effect{Unit: "×", Interval: iv(0.98, 0.95, 1.01)}, Runs: 11},
		{ID: "threads-io", Outcome: inc},
	}
}

func TestVerdictTable(t *testing.T) {
	for _, style := range []page.Terminal{{}, {Width: 76}, {Width: 120}, {Width: 1}, {Color: true}} {
		var b bytes.Buffer
		if err := VerdictTable(&b, demoVerdicts(), style); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if strings.Contains(text, "\x1b[") != style.Color {
			t.Errorf("%+v: colour is not as asked", style)
		}
		for _, code := range []string{"\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[36m", "\x1b[0m"} {
			text = strings.ReplaceAll(text, code, "")
		}
		limit := max(style.Width, minWidth)
		if style.Width == 0 {
			limit = 80
		}
		lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
		frame := utf8.RuneCountInString(lines[0])
		for _, line := range lines[:len(lines)-1] {
			if n := utf8.RuneCountInString(line); n > limit || n != frame {
				t.Errorf("%+v: %d columns: %s", style, n, line)
			}
		}
		for _, want := range []string{"│ claim", "effect (interval)", "6.97 × (6.81–7.14)", "refuted", "3 invalid", "timeout-is-not-a-"} {
			if !strings.Contains(text, want) {
				t.Errorf("%+v: no %q in\n%s", style, want, text)
			}
		}
		if last := lines[len(lines)-1]; last != "4 claims: 1 supported, 1 refuted, 1 depends, 1 inconclusive." {
			t.Errorf("the last line is %q", last)
		}
	}
}

func TestVerdictTableEmpty(t *testing.T) {
	var b bytes.Buffer
	if err := VerdictTable(&b, nil, page.Terminal{}); err != nil || !strings.Contains(b.String(), "No claims") {
		t.Errorf("%v, %q", err, b.String())
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestWritersTellErrors(t *testing.T) {
	w := failingWriter{io.ErrClosedPipe}
	if err := VerdictTable(w, demoVerdicts(), page.Terminal{}); !errors.Is(err, w.err) {
		t.Errorf("table: %v", err)
	}
	rep := demoReport()
	if err := rep.WriteMarkdown(w); !errors.Is(err, w.err) {
		t.Errorf("Markdown: %v", err)
	}
	if err := rep.WriteHTML(w); !errors.Is(err, w.err) {
		t.Errorf("HTML: %v", err)
	}
}

func demoReport() *Report {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	rep := &Report{
		Manifest: results.Manifest{
			Run: "r", Profile: "quick", Seed: 7, Command: []string{"workerlab", "bench"}, Started: start,
			Finished: start.Add(5 * time.Minute), Versions: map[string]string{"gunicorn": "20.1"},
			Host: host.Host{OS: "linux", Arch: "amd64", CPU: "AMD EPYC", Cores: 2, Usable: []int{0, 1}, Memory: 8 << 30, Governor: "performance"},
		},
		Records:  demoRecords(),
		Controls: []Control{{Trial: "sync 4×1", Value: "throughput", Ratio: iv(1.01, 0.98, 1.04), Claims: []string{"gil-cpu"}}},
		Files:    []string{"records.jsonl"},
	}
	for _, v := range demoVerdicts() {
		rep.Claims = append(rep.Claims, Claim{Verdict: v})
	}
	first := &rep.Claims[0]
	first.Said, first.Runs = "More workers, the folklore says.", demoRecords()
	first.Explanation = "More workers.\n\nThe claim. Closed loop, 64 clients.\n\n\tX(W) < 2\n"
	first.Figures = []page.Figure{{Chart: demoChart(), File: "figures/workers concurrency.svg"}}
	return rep
}

func demoChart() chart.Chart {
	return chart.Chart{
		ID: "throughput", Title: "Throughput", XLabel: "workers", YLabel: "throughput (requests/s)",
		Series: []chart.Series{
			{Name: "sync", X: []float64{1, 2, 4}, Y: []stat.Interval{iv(43, 41, 45), iv(88, 85, 91), iv(164, 160, 170)}, Raw: [][]float64{{43}, {88, 87}, {164}}},
			{Name: "W/(D+I)", Kind: chart.Line, X: []float64{1, 8}, Y: []stat.Interval{{Estimate: 44}, {Estimate: 350}}},
		},
	}
}

func demoRecords() results.Table {
	var t results.Table
	for i := range 6 {
		r := results.Record{Origin: results.Measured, Cell: results.Cell{"place": "pin"}, Repetition: i}
		r.Set("generator_cpu", 0.1*float64(i), "cores")
		r.Set("steal", 0.01, "cores")
		r.Set("foreign_cpu", 0.02, "cores")
		r.Set("spin_drift", 0.03, "share")
		if i == 5 {
			r.Invalid = []string{"lag"}
		}
		t = append(t, r)
	}
	return t
}

func iv(e, l, h float64) stat.Interval {
	return stat.Interval{Estimate: e, Low: l, High: h, Confidence: 0.95}
}

const (
	inc = results.Inconclusive
	sup = results.Supported
	ref = results.Refuted
	dep = results.Depends
)

func TestWriteMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := demoReport().WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		"**4 claims about worker models were put to the test: 1 supported, 1 refuted, 1 depending on conditions, 1 inconclusive.**",
		"6 runs", "1 of these broke a validity rule", "Profile quick, seed 7",
		"Commonly said: More workers, the folklore says.", "busy for at most 40.0 % of the time", "0 of 1 pairs", "| sync 4×1 | throughput | 1.01 × (0.98–1.04) | no |",
		"| [workers-concurrency](#workers-concurrency) | ◐ depends | throughput of 8 workers against 1: 6.97 × (6.81–7.14) | 24 | 3 |",
		"[gil-cpu on gunicorn](#gil-cpu-on-gunicorn)", "## gil-cpu on gunicorn",
		"> Under sync, X(8)/X(1) ≥ 6.", "95 % interval. Eight workers served",
		"![Throughput](figures/workers%20concurrency.svg)", "Closed loop, 64 clients.",
		`| memory\|worker | 13.8 KiB | 13.6–14.0 |`,
		`24 runs, 3 invalid: lag (2); steal \| 7 % of a core (1).`, "server and generator shared cores",
		"`workerlab bench --profile quick --only workers-concurrency --seed 7`",
		"`workerlab bench --profile quick --only gil-cpu --systems gunicorn --seed 7`",
		"| gunicorn | 20.1 |", "| took | 5m0s |", "| memory | 8.00 GiB |", "| governor | performance |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	checkTables(t, text)
}

// checkTables counts every table row's cells: an unescaped "|" makes one too many.
func checkTables(t *testing.T, text string) {
	t.Helper()
	cells := 0
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.HasPrefix(line, "|") {
			cells = 0
			continue
		}
		n := strings.Count(line, "|") - strings.Count(line, `\|`)
		if cells != 0 && n != cells {
			t.Errorf("a row of %d borders among those of %d: %s", n, cells, line)
		}
		cells = n
	}
}

func TestWriteMarkdownInterrupted(t *testing.T) {
	var b bytes.Buffer
	rep := Report{Manifest: results.Manifest{Interrupted: "stopped after 3 of 9 cells", Warnings: []string{"a noisy machine"}}}
	if err := rep.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"not complete", "3 of 9 cells", "> - a noisy machine", "No claims were judged."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("a|b", "c\nd", "`e`")
	f.Fuzz(func(t *testing.T, name, why, reason string) {
		v := results.Verdict{ID: name, Claim: why, Why: text.Plain(why), Reasons: map[string]int{reason: 1}, Others: []results.Effect{{Name: text.Plain(name)}}}
		v.Effect.Name = text.Plain(reason)
		var b bytes.Buffer
		rep := Report{Claims: []Claim{{Verdict: v, Said: reason}}}
		if err := rep.WriteMarkdown(&b); err != nil {
			t.Fatal(err)
		}
		checkTables(t, strings.ReplaceAll(b.String(), `\\`, ""))
		if err := VerdictTable(io.Discard, []results.Verdict{v}, page.Terminal{}); err != nil {
			t.Fatal(err)
		}
	})
}
