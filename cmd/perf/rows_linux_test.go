package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// made is a block in which every server is as the promises of issue 2 demand, but for those named.
func made(rates map[string]float64) block {
	b := block{samples: map[string]sample{}, values: map[string]float64{idleConnection: 5.8 * 1024}}
	for _, c := range coreCells() {
		b.samples[c.Name] = sample{Rate: 40_000, CPU: 20e-6, P50: time.Millisecond}
	}
	for _, class := range loops() {
		b.samples[class] = sample{Rate: 80_000, CPU: 10e-6, P50: time.Millisecond}
	}
	b.samples[epollLoop] = sample{Rate: 90_000, CPU: 9e-6, P50: time.Millisecond}
	b.samples[gthread] = sample{Rate: 64_000, CPU: 15e-6, P50: time.Millisecond}
	for name, rate := range rates {
		s := b.samples[name]
		s.Rate = rate
		b.samples[name] = s
	}
	return b
}

func TestVerdicts(t *testing.T) {
	tests := []struct {
		name  string
		rates []map[string]float64 // a block each
		what  string
		want  string
	}{
		{"met", []map[string]float64{{}, {}, {}}, "gevent / net/http: requests/s", "met"},
		{
			"missed",
			[]map[string]float64{{"gevent": 60_000}, {"gevent": 61_000}, {"gevent": 62_000}},
			"gevent / net/http: requests/s", "missed; met by CPU",
		},
		{
			"met in the middle only",
			[]map[string]float64{{"gevent": 60_000}, {}, {}},
			"gevent / net/http: requests/s", "met, narrowly",
		},
		{
			"the rate is the generator's, the CPU time our own",
			[]map[string]float64{{"asgi": 60_000}, {"asgi": 60_000}},
			"asgi / net/http: requests/s", "missed; met by CPU",
		},
		{"a target that is the most allowed", []map[string]float64{{}, {}}, "gevent: memory of an idle keep-alive connection", "met"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newReport(options{Suite: core(), Blocks: len(tt.rates)}, 0, 1)
			for _, rates := range tt.rates {
				r.add(made(rates))
			}
			for _, row := range coreRows() {
				if row.What == tt.what {
					if got := row.verdict(row.over(r.blocks)); got != tt.want {
						t.Errorf("%s: %s, want %s", row.What, got, tt.want)
					}
					return
				}
			}
			t.Fatalf("no row %q", tt.what)
		})
	}
}

func TestReportShowsEveryPromise(t *testing.T) {
	r := newReport(options{Suite: core(), Blocks: 1, Window: time.Second}, 0, 1)
	r.add(made(nil))
	var text, data bytes.Buffer
	if err := r.write(&text); err != nil {
		t.Fatal(err)
	}
	if err := r.writeJSON(&data); err != nil {
		t.Fatal(err)
	}
	var decoded jsonReport
	if err := json.Unmarshal(data.Bytes(), &decoded); err != nil {
		t.Fatal(err)
	}
	if len(decoded.Rows) != len(coreRows()) || len(decoded.Samples) != len(coreCells()) {
		t.Errorf("JSON has %d rows and %d samples, want %d and %d", len(decoded.Rows), len(decoded.Samples), len(coreRows()), len(coreCells()))
	}
	for _, row := range coreRows() {
		if !strings.Contains(text.String(), row.What) {
			t.Errorf("the table lacks %q", row.What)
		}
	}
}

func TestAServerBehindItsGeneratorIsDoubted(t *testing.T) {
	r := newReport(options{Suite: core(), Blocks: 1, Window: time.Second}, 0, 1)
	b := made(nil)
	s := b.samples["gevent"]
	s.Account = account{Server: 0.7, Generator: 0.99}
	b.samples["gevent"] = s
	s = b.samples["asgi"]
	s.Account = account{Server: 1, Generator: 0.8, Foreign: 0.5}
	b.samples["asgi"] = s
	r.add(b)
	var text bytes.Buffer
	r.writeDoubts(&text)
	for _, want := range []string{"wrk was the bottleneck of gevent", "in 1 of 12 measurements"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in %q", want, text.String())
		}
	}
}

func TestARowRestsOnCalmBlocks(t *testing.T) {
	disturb := func(b block, cell string) block {
		s := b.samples[cell]
		s.Account.Foreign = 2 * mostForeign
		b.samples[cell] = s
		return b
	}
	slow := map[string]float64{"gevent": 8_000}
	calm := []block{made(nil), made(nil), made(nil)}
	row := rates("gevent", netHTTP, "requests/s", 1.7)
	tests := []struct {
		name      string
		blocks    []block
		want      float64
		rests     int
		disturbed bool
	}{
		{"all calm", calm, 2, 3, false},
		{"one disturbed", append(slices.Clone(calm), disturb(made(slow), "gevent")), 2, 3, false},
		{"another server's disturbance", append(slices.Clone(calm), disturb(made(nil), syncEach)), 2, 4, false},
		{
			"too few calm ones",
			[]block{disturb(made(slow), "gevent"), disturb(made(slow), netHTTP), made(nil)},
			0.2, 3, true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := row.over(tt.blocks)
			if got.Estimate != tt.want || got.Blocks != tt.rests || got.Disturbed != tt.disturbed {
				t.Errorf("got %+v, want %v of %d blocks, disturbed %v", got, tt.want, tt.rests, tt.disturbed)
			}
		})
	}
}
