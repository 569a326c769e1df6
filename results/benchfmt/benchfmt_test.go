package benchfmt

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/perf/benchfmt"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

func record(cell results.Cell, completed int, throughput float64) results.Record {
	r := results.Record{
		Trial: cell.String(), Cell: cell, Origin: results.Measured, System: "workerlab",
		Completed: uint64(completed), Response: results.NewHistogram(),
	}
	for i := range completed {
		_ = r.Response.RecordValue(int64(1000 + i))
	}
	r.Set("throughput", throughput, "requests/s")
	r.Set("cpu_per_request", 0.002, "seconds")
	r.Set("pss", 1<<20, "bytes")
	return r
}

// read gives every line back as the Go project's own reader understands it.
func read(t *testing.T, text []byte) (lines []*benchfmt.Result, units int) {
	t.Helper()
	reader := benchfmt.NewReader(bytes.NewReader(text), "test")
	for reader.Scan() {
		switch r := reader.Result().(type) {
		case *benchfmt.Result:
			lines = append(lines, r.Clone())
		case *benchfmt.UnitMetadata:
			units++
		default:
			t.Fatalf("%+v in\n%s", r, text)
		}
	}
	if err := reader.Err(); err != nil {
		t.Fatal(err)
	}
	return lines, units
}

func write(t *testing.T, table results.Table) []byte {
	t.Helper()
	var b bytes.Buffer
	m := results.Manifest{
		Run: "r", Profile: "quick", Seed: 7, Started: time.Unix(0, 0),
		Host: host.Host{OS: "linux", Arch: "amd64", CPU: "A  CPU\n(TM)"},
	}
	if err := Write(&b, table, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadBack(t *testing.T) {
	one := results.Cell{"class": "sync", "workers": 4, "threads": 1, "do": "cpu:2ms,wait:20ms", "gil": false, "window_seconds": 1, "place": "pin"}
	other := results.Cell{"class": "gthread", "workers": 1, "threads": 8, "do": "", "gil": true, "window_seconds": 0.5, "place": "share", "timeout_seconds": -1}
	dropped := record(one, 10, 1)
	dropped.Invalid = []string{"host: steal"}
	lines, metadata := read(t, write(t, results.Table{record(one, 2000, 100.5), record(other, 100, 50), dropped, record(one, 1999, 101)}))

	if len(lines) != 3 || metadata != len(units) {
		t.Fatalf("%d lines, %d units", len(lines), metadata)
	}
	const name = "Trial/class=sync/workers=4/do=cpu:2ms,wait:20ms"
	for i, want := range []string{name, name, "Trial/class=gthread/workers=1/threads=8/gil=true/place=share/timeout_seconds=never"} {
		if got := lines[i].Name.String(); got != want {
			t.Errorf("line %d: %q, want %q", i, got, want)
		}
		if base, parts := lines[i].Name.Parts(); string(base) != "Trial" || bytes.HasPrefix(parts[len(parts)-1], []byte("-")) {
			t.Errorf("line %d: %q with %q", i, base, parts)
		}
	}
	if lines[0].Iters != 2000 {
		t.Errorf("%d requests", lines[0].Iters)
	}
	for unit, want := range map[string]float64{"requests/s": 100.5, "p50-sec/op": 0.002, "p99-sec/op": 0.00298, "cpu-sec/op": 0.002, "pss-bytes": 1 << 20} {
		got, ok := lines[0].Value(unit)
		if !ok || got < want*0.999 || got > want*1.001 {
			t.Errorf("%s is %v (%v), want %v", unit, got, ok, want)
		}
	}
	r := record(one, 2000, 100.5)
	if v, ok := Value(&r, "requests/s"); !ok || v != 100.5 {
		t.Errorf("requests/s is %v, %v", v, ok)
	}
	if _, ok := Value(&r, "miles"); ok {
		t.Error("an unknown unit has a value")
	}
	if _, ok := lines[1].Value("p99-sec/op"); ok {
		t.Error("a p99 of 1999 requests")
	}
	for key, want := range map[string]string{"goos": "linux", "goarch": "amd64", "cpu": "A CPU (TM)", "profile": "quick", "seed": "", "host": ""} {
		if got := lines[0].GetConfig(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

// Whatever runs beside it, a trial's name is the same; two trials of a run never share one.
func TestNamesTellTrialsApart(t *testing.T) {
	cell := results.Cell{"class": "sync", "workers": 2, "window_seconds": 1, "switch_seconds": 0.0000005, "do": "wait:exp(20ms)"}
	with := func(axis string, value any) results.Cell {
		c := maps.Clone(cell)
		c[axis] = value
		return c
	}
	foreign := record(cell, 1, 1)
	foreign.System = "gunicorn"
	predicted := record(cell, 1, 1)
	predicted.Origin = results.Predicted
	for name, other := range map[string]results.Record{
		"window": record(with("window_seconds", 2), 1, 1),
		"twin":   record(with("twin", true), 1, 1),
		"times":  record(with("switch_seconds", 0.005), 1, 1),
		"spaces": record(with("do", "a b/c"), 1, 1),
		"system": foreign,
		"origin": predicted,
	} {
		names := Names(results.Table{record(cell, 1, 1), other})
		if names[0] == names[1] {
			t.Errorf("%s: both are %q", name, names[0])
		}
		if name == "window" {
			continue
		}
		if alone := Names(results.Table{other}); alone[0] != names[1] {
			t.Errorf("%s: %q alone, %q among others", name, alone[0], names[1])
		}
	}
}

// No value of an axis, however odd, breaks a line or is taken for a number of cores.
func TestOddValues(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	letters := []rune("a1-/ =:\t\n€#%B\u00a0\u2028")
	for range 2000 {
		text := make([]rune, random.IntN(8))
		for i := range text {
			text[i] = letters[random.IntN(len(letters))]
		}
		cell := results.Cell{"class": "sync", "workers": 1, "zone": string(text)}
		lines, _ := read(t, write(t, results.Table{record(cell, 1, 1)}))
		if len(lines) != 1 {
			t.Fatalf("%q gave %d lines", string(text), len(lines))
		}
		_, parts := lines[0].Name.Parts()
		if last := string(parts[len(parts)-1]); strings.HasPrefix(last, "-") && last != "-1" {
			t.Fatalf("%q: %q is taken for a number of cores", string(text), last)
		}
	}
}

func TestNothingToTell(t *testing.T) {
	bare := results.Record{Trial: "x", Origin: results.Measured}
	if lines, _ := read(t, write(t, results.Table{bare})); len(lines) != 0 {
		t.Errorf("%d lines of a record without figures", len(lines))
	}
	if lines, _ := read(t, write(t, nil)); len(lines) != 0 {
		t.Errorf("%d lines of nothing", len(lines))
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteError(t *testing.T) {
	if err := Write(full{}, nil, results.Manifest{}); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}
