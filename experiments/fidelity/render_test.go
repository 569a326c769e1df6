package fidelity

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/workerlab/workerlab/results/host"
)

// report is a small one in which everything occurs.
func report() Report {
	origin := Origin{
		Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Seconds: 75, Seed: 7, Warnings: []string{"load average: 3"},
		Host:     host.Host{OS: "linux", Arch: "amd64", Kernel: "6.18.0", CPU: "Intel Xeon", Cores: 2, Usable: []int{0, 1}, Memory: 8 << 30},
		Versions: map[string]string{"workerlab": "(devel)", Theirs: "20.1.0"},
	}
	table := measured(0.001, 1, 1, 0.7)
	table[0].Invalid = []string{"host: steal above 5 % of a core"}
	shape := &Shape{Origin: origin, Blocks: 4, Costs: []Cost{took}, Left: 1}
	shape.Runs, shape.Invalid, shape.Reasons = table.Validity()
	shape.Curves = []Curve{
		syncs.curve(throughput, took, measured(0.001, 1, 1.01, 1)),
		syncs.curve(throughput, took, table),
		syncs.curve(throughput, took, measured(0.1, 1, 1, 1)),
		syncs.curve(throughput, took, nil),
	}
	return Report{Schema: 1, Shape: shape, Behaviour: &Behaved{Origin: origin, Rows: []Row{
		row("keep-alive", "gthread", closes, closes),
		row("keep-alive", "gevent", closes, seen(Event{"", "200 hello", 0}, Event{"", fin, 2.4})),
		row("keep-alive", "tornado", closes, stays),
		row("hup", "gevent", Observation{Failed: "no request in flight within 10s"}, closes),
		row("bad-line", "sync", seen(Event{"", "400, the last", 0}), seen(Event{"", "200 a|b", 0})),
	}}}
}

func TestTheReportIsSetForATerminal(t *testing.T) {
	var b bytes.Buffer
	if err := report().Print(&b); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
	golden(t, "report.txt", b.String())
}

func TestTheReportAsMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := report().WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.md", b.String())
}

// golden compares a text with the one in a file; UPDATE=1 writes the file anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed (UPDATE=1 go test writes it anew):\n%s", path, got)
	}
}

func TestAStoredReportIsReadBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "fidelity")
	if empty, err := Read(dir); err != nil || empty.Shape != nil || empty.Behaviour != nil {
		t.Fatalf("of no folder: %+v, %v", empty, err)
	}
	want := report()
	if err := want.Store(dir); err != nil {
		t.Fatal(err)
	}
	got, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	// As far as it is stored: intervals to ten digits, and neither what is done nor how finely it was counted.
	var read, stored strings.Builder
	if err := errors.Join(got.WriteJSON(&read), want.WriteJSON(&stored)); err != nil || read.String() != stored.String() || got.Behaviour == nil {
		t.Errorf("got  %s\nwant %s, %v", read.String(), stored.String(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, JSONFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("of half a file: %v", err)
	}
}

func TestUnexplainedDifferencesAreNamed(t *testing.T) {
	rows := report().Unexplained()
	if len(rows) != 2 || rows[0].Behaviour != "hup" || rows[1].Behaviour != "bad-line" {
		t.Errorf("%+v", rows)
	}
	if rows := (Report{}).Unexplained(); rows != nil {
		t.Errorf("of nothing: %+v", rows)
	}
}
