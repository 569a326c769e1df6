package results

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

func sample() Record {
	h := NewHistogram()
	for v := int64(1); v <= 1000; v++ {
		if err := h.RecordValue(v * 100); err != nil {
			panic(err)
		}
	}
	r := Record{
		Run: "r1", Experiment: "gil-cpu", Trial: "class=gthread gil=true threads=4", Cell: Cell{"class": "gthread", "threads": 4, "gil": true},
		Repetition: 2, Order: 17, Seed: math.MaxUint64, Try: 1, Origin: Measured, System: "workerlab",
		Started: time.Date(2026, 1, 2, 3, 4, 5, 678000000, time.UTC), Duration: 800*time.Millisecond + 1,
		Offered: 100.5, Planned: 80, Sent: 80, Completed: 78, Failed: 2, Failures: map[string]uint64{"timeout": 2},
		Service: h, Warnings: []string{"shared cores"},
	}
	r.Trace = &Trace{Intended: []int64{-5, 0}, Sent: []int64{-4, 1}, Done: []int64{10, 20}, Demand: []int64{3, 4}}
	r.Set("throughput", 97.5, "requests/s")
	return r
}

func TestRecordRoundTrip(t *testing.T) {
	want := sample()
	want.Schema = Schema
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Record
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if !got.Cell.Equal(want.Cell) {
		t.Errorf("cell %v, want %v", got.Cell, want.Cell)
	}
	if !got.Service.Equals(want.Service.Histogram) {
		t.Error("the histogram changed")
	}
	got.Cell, got.Service = want.Cell, want.Service
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// The names are a contract with whoever reads records.jsonl without this package.
func TestRecordLine(t *testing.T) {
	r := sample()
	r.Schema, r.Service = Schema, nil
	data, sum, err := sealed(r, 0xabc)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"schema":2,"run":"r1","experiment":"gil-cpu","trial":"class=gthread gil=true threads=4",` +
		`"cell":{"class":"gthread","gil":true,"threads":4},"repetition":2,"order":17,"seed":18446744073709551615,` +
		`"try":1,"origin":"measured","system":"workerlab","started":"2026-01-02T03:04:05.678Z",` +
		`"offered":100.5,"planned":80,"sent":80,"completed":78,"failed":2,"unsent":0,"failures":{"timeout":2},` +
		`"trace":{"intended_microseconds":[-5,0],"sent_microseconds":[-4,1],"done_microseconds":[10,20],"demand_microseconds":[3,4]},` +
		`"values":{"throughput":{"value":97.5,"unit":"requests/s"}},"warnings":["shared cores"],` +
		`"duration_seconds":0.800000001,"valid":true,"after":"00000abc","sum":"` + fmt.Sprintf("%08x", sum) + `"}`
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
	before, _, _ := strings.Cut(want, `,"sum"`)
	if sum != crc32.Checksum([]byte(before), crc32.MakeTable(crc32.Castagnoli)) {
		t.Errorf("%08x is not the CRC-32C of what stands before it", sum)
	}
}

func TestRecordCheck(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Record)
		want   string // in the error; "": none
	}{
		{"fit", func(*Record) {}, ""},
		{"no trial", func(r *Record) { r.Trial = "" }, "trial"},
		{"unknown origin", func(r *Record) { r.Origin = "guessed" }, `"guessed"`},
		{"not a number", func(r *Record) { r.Set("pss", math.NaN(), "bytes") }, "pss"},
		{"infinite", func(r *Record) { r.Set("lag", math.Inf(1), "seconds") }, "lag"},
		{"duration as axis", func(r *Record) { r.Cell = Cell{"wait": time.Second} }, "wait"},
		{"axis not a number", func(r *Record) { r.Cell = Cell{"rho": math.NaN()} }, "rho"},
		{"requests half told", func(r *Record) { r.Trace = &Trace{Sent: []int64{1, 2}, Done: []int64{3}} }, "0 intended, 2 sent, 1 done"},
		{"offered nothing", func(r *Record) { r.Offered = math.NaN() }, "offered"},
	} {
		r := sample()
		test.change(&r)
		err := r.Check()
		if (err == nil) != (test.want == "") || (err != nil && !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestCell(t *testing.T) {
	a := Cell{"workers": 4, "class": "sync", "rho": 0.7, "gil": false}
	b := Cell{"workers": 4.0, "class": "sync", "rho": 0.7, "gil": false}
	if !a.Equal(b) || a.String() != b.String() {
		t.Errorf("%v and %v should be the same cell", a, b)
	}
	if want := "class=sync gil=false rho=0.7 workers=4"; a.String() != want {
		t.Errorf("got %q, want %q", a, want)
	}
	if a.Equal(Cell{"workers": 4}) || SameValue("4", 4) || SameValue(nil, nil) {
		t.Error("different cells or values are said to be the same")
	}
	if n, ok := a.Number("workers"); !ok || n != 4 {
		t.Errorf("Number(workers) = %v, %v", n, ok)
	}
	if _, ok := a.Number("class"); ok {
		t.Error("a class is no number")
	}
}

func TestTable(t *testing.T) {
	var table Table
	for rep := range 2 {
		for _, workers := range []any{8, 1, 4.0} {
			r := Record{Trial: "io", Repetition: rep, Cell: Cell{"workers": workers, "class": "sync"}, Origin: Measured, System: "workerlab"}
			if rep == 1 && workers == 8 {
				r.Invalid = []string{"steal", "spin"}
			}
			r.Set("x", float64(rep), "")
			table = append(table, r)
		}
	}
	if got := table.Levels("workers"); !reflect.DeepEqual(got, []any{1, 4.0, 8}) {
		t.Errorf("levels %v", got)
	}
	if got := len(table.Cells()); got != 3 {
		t.Errorf("%d cells", got)
	}
	if got := len(table.Where("workers", 4)); got != 2 {
		t.Errorf("%d records with 4 workers", got)
	}
	if got := table.Match(Cell{"workers": 8, "class": "sync"}).Valid().Values("x"); !reflect.DeepEqual(got, []float64{0}) {
		t.Errorf("values %v", got)
	}
	if table.Where("threads", nil) != nil || table.System("gunicorn") != nil || len(table.Trials("io")) != 6 || len(table.Origin(Measured)) != 6 {
		t.Error("a filter keeps what it should not, or the reverse")
	}
	runs, invalid, reasons := table.Validity()
	if runs != 6 || invalid != 1 || !reflect.DeepEqual(reasons, map[string]int{"steal": 1, "spin": 1}) || table.Blocks() != 2 {
		t.Errorf("runs %d, invalid %d, reasons %v, blocks %d", runs, invalid, reasons, table.Blocks())
	}
}

func TestVerdictJSON(t *testing.T) {
	want := Verdict{
		ID: "x", Outcome: Depends, Reasons: map[string]int{"steal": 1},
		Effect: Effect{text.Of("ratio"), "×", stat.Interval{Estimate: 2, Low: 1.5, High: math.Inf(1), Confidence: 0.95}},
	}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), `"outcome":"depends"`) || !strings.Contains(string(data), `"high":null`) {
		t.Errorf("got %s", data)
	}
	var got Verdict
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for x, told := range map[float64]float64{1.0138299367503945: 1.013829937, 1.0138299367503911: 1.013829937, 1e-300 / 3: 3.333333333e-301, 0: 0, -2e9 / 3: -666666666.7, math.MaxFloat64: math.MaxFloat64} {
		data, err := json.Marshal(Verdict{P: x, Effect: Effect{Interval: stat.Interval{Estimate: x}}})
		if err != nil {
			t.Fatal(err)
		}
		var got Verdict
		if err := json.Unmarshal(data, &got); err != nil || got.P != told || got.Effect.Estimate != told {
			t.Errorf("%v is told as %v and %v, want %v (%v)", x, got.P, got.Effect.Estimate, told, err)
		}
	}
	var o Outcome
	if err := o.UnmarshalText([]byte("proven")); err == nil {
		t.Error("an unknown outcome is accepted")
	}
	if _, err := json.Marshal(Outcome(9)); err == nil || Outcome(9).String() != "Outcome(9)" {
		t.Error("an outcome that does not exist is stored")
	}
	for _, o := range Outcomes() {
		var back Outcome
		if text, err := o.MarshalText(); err != nil || back.UnmarshalText(text) != nil || back != o {
			t.Errorf("%v does not survive its text", o)
		}
	}
}
