package capacity

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/workerlab/workerlab/loadgen"
)

// An SLO is what a server must keep. All its objectives must be met.
type SLO struct {
	Latencies []Latency
	// Errors is the largest share of requests that may fail, if LimitErrors is set. Where there are
	// latencies, failures count as too slow in any case.
	Errors      float64
	LimitErrors bool
}

// A Latency says that the quantile, between 0 and 1, of the response time is at most Limit.
type Latency struct {
	Quantile float64
	Limit    time.Duration
}

const howToWrite = "write p99=100ms or errors<1%, several with commas between them"

// ParseSLO reads objectives as in "p99=100ms,p50=20ms,errors<1%". Between name and limit may stand =,
// < or <=, which all say "at most". Its errors name the part that is wrong, and the remedy.
func ParseSLO(text string) (SLO, error) {
	var s SLO
	if strings.TrimSpace(text) == "" {
		return s, errors.New("no objective: " + howToWrite)
	}
	for part := range strings.SplitSeq(text, ",") {
		if err := s.add(strings.TrimSpace(part)); err != nil {
			return SLO{}, err
		}
	}
	slices.SortFunc(s.Latencies, func(a, b Latency) int { return cmp.Compare(a.Quantile, b.Quantile) })
	return s, nil
}

func (s *SLO) add(part string) error {
	at := strings.IndexAny(part, "<=")
	if at < 0 {
		return fmt.Errorf("objective %q: %s", part, howToWrite)
	}
	name, limit := strings.TrimSpace(part[:at]), strings.TrimSpace(strings.TrimPrefix(part[at+1:], "="))
	if name == "errors" {
		return s.addErrors(part, limit)
	}
	return s.addLatency(part, name, limit)
}

func (s *SLO) addErrors(part, limit string) error {
	number, ok := strings.CutSuffix(limit, "%")
	percent, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || err != nil || !(percent >= 0 && percent < 100) {
		return fmt.Errorf("objective %q: want a percentage from 0 to below 100, as in errors<1%%", part)
	}
	if s.LimitErrors {
		return fmt.Errorf("objective %q: errors are limited twice", part)
	}
	s.Errors, s.LimitErrors = percent/100, true
	return nil
}

func (s *SLO) addLatency(part, name, limit string) error {
	number, ok := strings.CutPrefix(name, "p")
	percent, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || !(percent > 0 && percent < 100) {
		return fmt.Errorf("objective %q: %q is none; %s", part, name, howToWrite)
	}
	d, err := time.ParseDuration(limit)
	if err != nil || d < shortest || d > longest {
		return fmt.Errorf("objective %q: want a time from %v to %v with its unit, as in p99=100ms", part, shortest, longest)
	}
	// The decimal as written, so that 1 − 0.99 cannot differ from what a reader expects.
	l := Latency{Quantile: math.Round(percent*1e6) / 1e8, Limit: d}
	if !(l.Quantile > 0 && l.Quantile < 1) {
		return fmt.Errorf("objective %q: p%s is finer than a probe can tell", part, number)
	}
	if slices.ContainsFunc(s.Latencies, func(o Latency) bool { return o.Quantile == l.Quantile }) {
		return fmt.Errorf("objective %q: %s is limited twice", part, name)
	}
	s.Latencies = append(s.Latencies, l)
	return nil
}

const (
	shortest = 10 * time.Microsecond
	longest  = time.Minute
)

// String writes the SLO as ParseSLO reads it.
func (s SLO) String() string {
	var parts []string
	for _, l := range s.Latencies {
		parts = append(parts, l.String())
	}
	if s.LimitErrors {
		parts = append(parts, "errors<"+percent(s.Errors))
	}
	return strings.Join(parts, ",")
}

// String is "p99=100ms".
func (l Latency) String() string { return l.name() + "=" + l.Limit.String() }

func (l Latency) name() string {
	return "p" + strconv.FormatFloat(math.Round(l.Quantile*1e8)/1e6, 'f', -1, 64)
}

func percent(share float64) string { return strconv.FormatFloat(share*100, 'g', 6, 64) + "%" }

// finest is the smallest share of requests that an objective speaks of; 1 without latencies.
func (s SLO) finest() float64 {
	least := 1.0
	for _, l := range s.Latencies {
		least = min(least, 1-l.Quantile)
	}
	return least
}

// An account is what became of requests: how many there were, how many of them are lost for whatever
// reason, and the latencies of the others.
type account struct {
	all, lost float64
	latencies *hdrhistogram.Histogram
}

// missed says which objectives the account does not meet.
func (s SLO) missed(a account) (reasons []string) {
	for _, l := range s.Latencies {
		slow := loadgen.ShareAbove(a.latencies, l.Limit) * float64(a.latencies.TotalCount())
		const rounding = 1e-9
		if share := (slow + a.lost) / a.all; share > 1-l.Quantile+rounding {
			reasons = append(reasons, fmt.Sprintf("%s: %.3g %% took longer than %v or failed", l.name(), 100*share, l.Limit))
		}
	}
	if share := a.lost / a.all; s.LimitErrors && share > s.Errors {
		reasons = append(reasons, fmt.Sprintf("errors: %.3g %% failed", 100*share))
	}
	return reasons
}
