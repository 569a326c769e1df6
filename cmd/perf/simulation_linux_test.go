package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// simulatedBlock is a block in which the simulator keeps its promises.
func simulatedBlock() block {
	b := block{samples: make(map[string]sample)}
	for name, rate := range map[string]float64{engine: 8e6, engine + again: 8e6, simPy: 1e5, threadsModel: 1.2e6} {
		b.samples[name] = sample{Rate: rate, CPU: 1 / rate, OfForm: 1.001}
	}
	return b
}

func TestWhatIsFastAndWrongDoesNotCount(t *testing.T) {
	wait := form{What: "wait by Erlang C", Seconds: 0.0074}
	around := func(mean float64) []float64 {
		return slices.Repeat([]float64{mean * 0.99, mean, mean * 1.01, mean * 0.995, mean * 1.005}, 4)
	}
	for name, c := range map[string]struct {
		form form
		d    outcome
		want string // of the error; "": none
	}{
		"right":             {wait, outcome{Done: 1e6, Seconds: 1, CPU: 0.5, Means: around(0.0074)}, ""},
		"wrong by 5 %":      {wait, outcome{Done: 1e6, Seconds: 1, Means: around(0.0074 * 1.05)}, "the wait by Erlang C is 7.4 ms, and it came to 7.77"},
		"no wait at all":    {wait, outcome{Done: 1e9, Seconds: 1, Means: make([]float64, 20)}, "it came to 0 ±"},
		"no number":         {wait, outcome{Done: 1e6, Seconds: 1, Means: append(around(0.0074), math.NaN())}, "it came to NaN"},
		"one batch":         {wait, outcome{Done: 1e6, Seconds: 1, Means: []float64{0.0074}}, "say nothing of"},
		"nothing done":      {wait, outcome{}, "say nothing of"},
		"within the slack":  {form{"pool", 0.0074, 0.06}, outcome{Done: 1e6, Seconds: 1, Means: around(0.0074 * 1.05)}, ""},
		"beyond the slack ": {form{"pool", 0.0074, 0.02}, outcome{Done: 1e6, Seconds: 1, Means: around(0.0074 * 1.07)}, "it came to"},
	} {
		s, err := c.form.hold(c.d)
		if c.want == "" && (err != nil || s.Rate != 1e6 || math.Abs(s.OfForm-1) > 0.06) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestTheSimulatorsPromises(t *testing.T) {
	r := newReport(options{Suite: simulation(), Blocks: 2, Window: time.Second}, 0, 0)
	r.add(simulatedBlock())
	r.add(simulatedBlock())
	var text bytes.Buffer
	if err := r.write(&text); err != nil {
		t.Fatal(err)
	}
	for _, row := range r.Suite.Rows {
		if got := row.verdict(row.over(r.blocks)); got != "met" || !strings.Contains(text.String(), row.What) {
			t.Errorf("%s: %s, want met, in\n%s", row.What, got, &text)
		}
	}
	for _, want := range []string{"each on core 0", "of closed form", "wait by Erlang C, 7.45"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
	slow := simulatedBlock()
	slow.samples[engine] = sample{Rate: 4e6, CPU: 1 / 4e6}
	row := r.Suite.Rows[1]
	if got := row.verdict(row.over([]block{slow})); got != "missed" {
		t.Errorf("4 M customers/s: %s", got)
	}
}

// An interpreter without SimPy leaves it out, names the command, and the other rows remain.
func TestWithoutSimPyTheRestIsMeasured(t *testing.T) {
	b := &bench{options: options{Suite: simulation(), Python: "/no/such/python3"}}
	if err := b.leaveOut(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(b.Suite.Cells) != len(simulationCells())-1 || len(b.Suite.Rows) != len(simulationRows())-1 {
		t.Errorf("%d cells and %d rows are left", len(b.Suite.Cells), len(b.Suite.Rows))
	}
	if len(b.skipped) != 1 || !strings.Contains(b.skipped[0], "sudo apt-get install python3-simpy3") {
		t.Errorf("skipped: %q", b.skipped)
	}
	r := newReport(b.options, 0, 0)
	r.skipped = b.skipped
	r.add(simulatedBlock())
	var text, data bytes.Buffer
	if err := r.write(&text); err != nil {
		t.Fatal(err)
	}
	if err := r.writeJSON(&data); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{text.String(), data.String()} {
		if !strings.Contains(out, "python3-simpy3") {
			t.Errorf("nothing is said of it:\n%s", out)
		}
	}
}

// Our programs and SimPy's tell the same kind of outcome, and all hold their closed forms.
func TestSimulationsHoldTheirClosedForms(t *testing.T) {
	for _, c := range simulationCells() {
		t.Run(c.Name, func(t *testing.T) {
			var out []byte
			switch c.Name {
			case simPy:
				out = onSimPy(t, "0.1", "7")
			case threadsModel:
				out = simulateHere(t, "gthread", "0.1", "7")
			default:
				out = simulateHere(t, "mm4", "0.1", "7")
			}
			var d outcome
			if err := json.Unmarshal(out, &d); err != nil {
				t.Fatalf("%q: %v", out, err)
			}
			if _, err := c.Form.hold(d); err != nil || len(d.Means) < fewestBatches {
				t.Errorf("%d batches, %v", len(d.Means), err)
			}
		})
	}
}

func simulateHere(t *testing.T, args ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := run(append([]string{"simulate"}, args...), &out, os.Stderr); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func onSimPy(t *testing.T, args ...string) []byte {
	t.Helper()
	const python = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), python, "-c", "import simpy").Run(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%v: make real installs SimPy", err)
		}
		t.Skip("no SimPy: make real")
	}
	out, err := exec.CommandContext(t.Context(), python, append([]string{"apps/mm4.py"}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}
