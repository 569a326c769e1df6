package capacity

import (
	"context"
	"math"
	"time"

	"github.com/workerlab/workerlab/loadgen"
)

// A Prober puts load on the server. Every probe finds it at rest and warms it up first.
type Prober interface {
	// Closed runs so many clients that send as soon as they have their answer.
	Closed(ctx context.Context, clients int, window time.Duration) (*loadgen.Report, error)
	// Open sends Poisson arrivals, drawn with the seed, at the rate in requests/s.
	Open(ctx context.Context, rate float64, window time.Duration, seed uint64) (*loadgen.Report, error)
}

// Outcome is what a probe says of a rate.
type Outcome int

// The outcomes.
const (
	Met            Outcome = iota // the SLO
	Missed                        // the SLO, and the server was the reason
	GeneratorBound                // nothing follows: the generator was the reason
)

var outcomes = [...]string{"met", "missed", "generator"}

// String is the outcome in a word.
func (o Outcome) String() string { return outcomes[o] }

// MarshalText implements encoding.TextMarshaler, and so JSON.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Phase is the part of the search that a run belongs to.
type Phase string

// The phases, in their order.
const (
	Sweep   Phase = "sweep"
	Hunt    Phase = "search"
	Confirm Phase = "confirm"
)

// A Level is one run of the closed sweep.
type Level struct {
	Block      int     `json:"block"`
	Clients    int     `json:"clients"`
	Throughput float64 `json:"throughput"`             // requests/s
	Median     float64 `json:"median_seconds"`         // of the response time; 0: no request succeeded
	Failed     uint64  `json:"failed"`                 // requests
	Generator  bool    `json:"generator_is_the_limit"` // not the server
}

// A Probe is one open run.
type Probe struct {
	Phase      Phase    `json:"phase"`
	Rate       float64  `json:"rate"` // requests/s asked for
	Seed       uint64   `json:"seed"`
	Outcome    Outcome  `json:"outcome"`
	Reasons    []string `json:"reasons,omitempty"` // which objectives it missed, or why nothing follows
	Planned    uint64   `json:"planned"`
	Slow       []uint64 `json:"slow"`               // requests that took too long or failed, for each latency objective
	Failed     uint64   `json:"failed"`             // or not sent
	Throughput float64  `json:"throughput"`         // requests/s
	Median     float64  `json:"median_seconds"`     // of the response time
	Quantile   float64  `json:"quantile_seconds"`   // the highest that the SLO speaks of; 0: too few samples
	Window     float64  `json:"window_seconds"`     //
	Warnings   []string `json:"warnings,omitempty"` // the generator's
}

// judge makes a probe of a run.
func (s SLO) judge(r *loadgen.Report) Probe {
	p := Probe{
		Planned: r.Planned, Failed: r.Failed + r.Unsent + r.Cut, Throughput: r.Throughput, Window: r.Window.Seconds(),
		Warnings: append(append([]string(nil), r.Invalid...), r.Warnings...),
	}
	if r.Completed > 0 {
		p.Median = float64(r.Response.ValueAtQuantile(50)) / 1e6
		if len(s.Latencies) > 0 {
			if at, ok := loadgen.Quantile(r.Response, s.Latencies[len(s.Latencies)-1].Quantile); ok {
				p.Quantile = at.Seconds()
			}
		}
	}
	for _, l := range s.Latencies {
		slow := math.Round(loadgen.ShareAbove(r.Response, l.Limit) * float64(r.Response.TotalCount()))
		p.Slow = append(p.Slow, uint64(slow)+p.Failed)
	}
	p.Outcome, p.Reasons = s.outcome(r)
	return p
}

// outcome blames a missed SLO on the server only if the generator did its part: it had ports, files
// and CPU to spare, and what it sent was answered too late even when counted from the actual send.
func (s SLO) outcome(r *loadgen.Report) (Outcome, []string) {
	const leastSent = 0.99 // as the generator's own rule has it
	reasons := s.missed(account{float64(r.Planned), float64(r.Failed + r.Unsent + r.Cut), r.Response})
	switch {
	case r.Failures[loadgen.FailPorts]+r.Failures[loadgen.FailFiles] > 0:
		return GeneratorBound, []string{"the generator ran out of ports or files"}
	case len(reasons) == 0 && float64(r.Sent) < leastSent*float64(r.Planned):
		return GeneratorBound, []string{"the generator sent less than was planned"}
	case len(reasons) == 0:
		return Met, nil
	case r.Bottleneck == loadgen.BottleneckGenerator:
		return GeneratorBound, []string{"the generator used up its CPU"}
	case len(s.missed(account{float64(r.Sent), float64(r.Failed + r.Cut), r.Service})) == 0:
		return GeneratorBound, []string{"the generator sent too late"}
	}
	return Missed, reasons
}
