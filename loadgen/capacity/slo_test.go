package capacity

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/loadgen"
)

func TestParseSLO(t *testing.T) {
	for text, want := range map[string]string{
		"p99=100ms":                   "p99=100ms",
		"p99<100ms":                   "p99=100ms",
		" p99 <= 0.1s , p50=20ms ":    "p50=20ms,p99=100ms",
		"p99.9=1s,errors<1%":          "p99.9=1s,errors<1%",
		"errors<=0.5 %":               "errors<0.5%",
		"errors=0%":                   "errors<0%",
		"p99.99=1m":                   "p99.99=1m0s",
		"p95=250us,p90=100us,p50=9ms": "p50=9ms,p90=100µs,p95=250µs",
	} {
		s, err := ParseSLO(text)
		if err != nil || s.String() != want {
			t.Errorf("%q: %q, %v; want %q", text, s, err, want)
		}
	}
	s, err := ParseSLO("p99=100ms,errors<2%")
	if err != nil || s.Latencies[0] != (Latency{0.99, 100 * time.Millisecond}) || s.Errors != 0.02 || !s.LimitErrors {
		t.Errorf("%+v, %v", s, err)
	}
}

// Every mistake is told with the part that is wrong and the remedy.
func TestParseSLOErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "no objective: write p99=100ms",
		"fast":                 `objective "fast": write p99=100ms`,
		"p99=100":              `objective "p99=100": want a time from 10µs to 1m0s with its unit`,
		"p99=-1ms":             "want a time",
		"p99=0s":               "want a time",
		"p99=1h":               "want a time",
		"p100=1ms":             `"p100" is none`,
		"p0=1ms":               `"p0" is none`,
		"pNaN=1ms":             `"pNaN" is none`,
		"p=1ms":                `"p" is none`,
		"99=1ms":               `"99" is none`,
		"mean=1ms":             `"mean" is none`,
		"p99.99999999=1ms":     "finer than a probe can tell",
		"p99=1ms,p99=2ms":      `objective "p99=2ms": p99 is limited twice`,
		"p99=1ms,p99.0=2ms":    "limited twice",
		"errors<1":             `objective "errors<1": want a percentage`,
		"errors<100%":          "want a percentage",
		"errors<-1%":           "want a percentage",
		"errors<NaN%":          "want a percentage",
		"errors<1%,errors<2%":  "limited twice",
		"p99=100ms,":           `objective "": write`,
		"p99==100ms p50=1ms":   "want a time",
		"p99=100ms;errors<1%x": "want a time",
	} {
		if s, err := ParseSLO(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %q", text, s, err, want)
		}
	}
}

func FuzzParseSLO(f *testing.F) {
	for _, seed := range []string{"p99=100ms", "p99.9<=1s, errors<1%", "errors=0.001%,p50=10us", "p1=1m", "p99"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSLO(text)
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Fatal("an error without words")
			}
			return
		}
		if len(s.Latencies) == 0 && !s.LimitErrors {
			t.Fatalf("%q gave no objective", text)
		}
		if f := s.finest(); !(f > 0 && f <= 1) {
			t.Fatalf("%q: finest share %v", text, f)
		}
		again, err := ParseSLO(s.String())
		if err != nil || !reflect.DeepEqual(again.Latencies, s.Latencies) || again.LimitErrors != s.LimitErrors {
			t.Fatalf("%q: %q does not come back: %+v, %v", text, s, again, err)
		}
	})
}

// report is a run of 1000 planned requests of which slow took 200 ms and the others 1 ms.
func report(slow, failed, unsent uint64) *loadgen.Report {
	r := &loadgen.Report{
		Open: true, Planned: 1000, Sent: 1000 - unsent, Failed: failed, Unsent: unsent,
		Response: newHistogram(), Service: newHistogram(), Bottleneck: loadgen.BottleneckServer,
	}
	r.Completed = r.Sent - failed
	for i := range r.Completed {
		at := int64(1000)
		if i < slow {
			at = 200_000
		}
		_ = r.Response.RecordValue(at)
		_ = r.Service.RecordValue(at)
	}
	return r
}

func TestOutcome(t *testing.T) {
	late := report(20, 0, 0) // slow only because it was sent late
	late.Service = report(0, 0, 0).Service
	busy := report(20, 0, 0)
	busy.Bottleneck = loadgen.BottleneckGenerator
	fast := report(0, 0, 0)
	fast.Bottleneck = loadgen.BottleneckGenerator
	ports := report(0, 5, 0)
	ports.Failures = map[string]uint64{loadgen.FailPorts: 5}
	none := report(0, 1000, 0)
	for name, c := range map[string]struct {
		slo    string
		report *loadgen.Report
		want   Outcome
		reason string
	}{
		"at the limit":      {"p99=100ms", report(10, 0, 0), Met, ""},
		"beyond the limit":  {"p99=100ms", report(11, 0, 0), Missed, "p99: 1.1 % took longer than 100ms"},
		"failures are slow": {"p99=100ms", report(6, 5, 0), Missed, "p99: 1.1 %"},
		"all failed":        {"p99=100ms", none, Missed, "p99: 100 %"},
		"errors":            {"errors<1%", report(900, 11, 0), Missed, "errors: 1.1 % failed"},
		"few errors":        {"errors<1%", report(900, 10, 0), Met, ""},
		"one of two":        {"p50=1s,p99=100ms,errors<5%", report(11, 0, 0), Missed, "p99"},
		"late":              {"p99=100ms", late, GeneratorBound, "sent too late"},
		"busy":              {"p99=100ms", busy, GeneratorBound, "CPU"},
		"busy but met":      {"p99=100ms", fast, Met, ""},
		"no ports":          {"p90=100ms", ports, GeneratorBound, "ports"},
		"unsent":            {"p99=100ms", report(0, 0, 20), GeneratorBound, "sent too late"},
		"unsent, lenient":   {"p90=100ms", report(0, 0, 20), GeneratorBound, "less than was planned"},
		"unsent, and slow":  {"p99=100ms", report(500, 0, 20), Missed, "p99"},
	} {
		s, err := ParseSLO(c.slo)
		if err != nil {
			t.Fatal(err)
		}
		p := s.judge(c.report)
		if p.Outcome != c.want || !strings.Contains(strings.Join(p.Reasons, "; "), c.reason) || (c.want == Met) != (len(p.Reasons) == 0) {
			t.Errorf("%s: %v %q, want %v %q", name, p.Outcome, p.Reasons, c.want, c.reason)
		}
	}
}
