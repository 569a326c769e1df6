package giltest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"
)

var (
	record  = flag.String("record", "", "trace these interpreters, separated by commas, and write testdata/cpython.json")
	only    = flag.String("only", "", "trace patterns with this in their name, and keep the others")
	seconds = flag.Int("seconds", 6, "for which each pattern is traced")
)

// TestRecord makes the traces anew, on a machine with two cores and nothing else to do:
//
//	go test ./server/gil/giltest -run TestRecord -record python3.11,python3.12,python3.13 -v -timeout 1h
func TestRecord(t *testing.T) {
	if *record == "" {
		t.Skip("records only with -record INTERPRETERS")
	}
	all, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Patterns() {
		if !strings.Contains(p.String(), *only) {
			continue
		}
		all[p.String()] = nil
		for _, python := range strings.Split(*record, ",") {
			s := trace(t, python, p)
			t.Logf("%v: %s: %d holds", p, s.Version, s.Holds)
			all[p.String()] = append(all[p.String()], s)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	text = append(bytes.ReplaceAll(text, []byte(`],"`), []byte("],\n\"")), '\n')
	text = bytes.ReplaceAll(text, []byte(`},{`), []byte("},\n{"))
	if err := os.WriteFile("testdata/cpython.json", text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// trace traces an interpreter, and leaves a second out in which the threads start.
func trace(t *testing.T, python string, p Pattern) Summary {
	args := append([]string{"testdata/trace.py", fmt.Sprint(*seconds + 1)}, strings.Fields(p.String())...)
	out, err := exec.CommandContext(t.Context(), python, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", python, err)
	}
	version, err := exec.CommandContext(t.Context(), python, "-c", "import platform as p; print(p.python_version(), p.release(), *p.libc_ver(), end='')").Output()
	if err != nil {
		t.Fatalf("%s: %v", python, err)
	}
	s := Summarize(p, parse(t, out), time.Second)
	s.Version = string(version)
	for _, list := range [][]float64{s.Waits, s.Gaps, {s.Kept}} {
		for i, x := range list {
			list[i] = round(x)
		}
	}
	s.Kept = round(s.Kept)
	return s
}

func round(x float64) float64 { return float64(int(x*1e3+0.5)) / 1e3 }

// parse reads what trace.py prints.
func parse(t *testing.T, out []byte) (holds []Hold) {
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var thread int
		var wanted, began, ended float64
		var end string
		if _, err := fmt.Sscan(lines.Text(), &thread, &wanted, &began, &ended, &end); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		at := func(seconds float64) time.Duration { return time.Duration(seconds * 1e9) }
		holds = append(holds, Hold{thread, at(wanted), at(began), at(ended), End(end[0])})
	}
	return holds
}

func TestSummary(t *testing.T) {
	const ms = time.Millisecond
	p := Pattern{{Threads: 1}, {Threads: 2, Work: ms}}
	s := Summarize(p, []Hold{
		{0, 0, 0, 5 * ms, Forced},
		{1, 0, 5 * ms, 6 * ms, Called},       // and has it again
		{1, 6 * ms, 6 * ms, 8 * ms, Called},  // and loses it
		{2, 3 * ms, 8 * ms, 9 * ms, Called},  // and loses it
		{0, 5 * ms, 9 * ms, 14 * ms, Forced}, // after two others
		{1, 8 * ms, 14 * ms, 15 * ms, Called},
	}, 0)
	if s.Holds != 5 || s.Kept != 1./3 {
		t.Errorf("%d holds, %g of the short calls kept the lock; want 5 and a third", s.Holds, s.Kept)
	}
	if want := []float64{0, 1, 1}; !reflect.DeepEqual(s.Gaps[:3], want) {
		t.Errorf("gaps %v, want %v: both after two others", s.Gaps[:3], want)
	}
	if first, last := s.Waits[0], s.Waits[Quantiles-1]; first != 1 || last != 1.2 {
		t.Errorf("waits from %g to %g intervals, want from 1 to 1.2", first, last)
	}
}

func TestDistance(t *testing.T) {
	of := func(waits ...float64) Summary { return Summary{Waits: waits, Gaps: []float64{0.5, 1}} }
	for _, c := range []struct {
		got   Summary
		waits float64
	}{
		{of(1, 1, 2, 2), 0},
		{of(1.05, 1.05, 2.1, 2.1), 0}, // late by less than a tenth
		{of(1, 1, 1, 2), 0.25},        // a quarter is elsewhere
		{of(1, 2, 3, 4), 0.5},         // half is longer than 2
		{of(20, 20, 20, 20), 1},       // all is
		{of(0.5, 0.5, 0.5, 0.5), 1},   // or shorter than 1
	} {
		if waits, gaps := Distance(c.got, []Summary{of(1, 1, 2, 2)}); waits != c.waits || gaps != 0 {
			t.Errorf("%v: %g and %g, want %g and 0", c.got.Waits, waits, gaps, c.waits)
		}
	}
	if _, gaps := Distance(Summary{Gaps: []float64{0.9, 1}}, []Summary{of(), of()}); gaps != 0.4 {
		t.Errorf("gaps differ by %g, want 0.4", gaps)
	}
}

// Every pattern was traced, under several versions that are alike.
func TestWhatWasRecorded(t *testing.T) {
	all, err := Recorded()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Patterns() {
		runs := all[p.String()]
		if len(runs) < 2 {
			t.Errorf("%v: %d runs", p, len(runs))
		}
		for i, r := range runs {
			others := append(append([]Summary{}, runs[:i]...), runs[i+1:]...)
			waits, gaps := Distance(r, others)
			t.Logf("%v, %s: %d holds, %.2f kept, distance %.2f of waits, %.2f of gaps", p, r.Version, r.Holds, r.Kept, waits, gaps)
		}
	}
}
