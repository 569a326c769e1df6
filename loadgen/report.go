package loadgen

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/workerlab/workerlab/results/stat"
)

// A Report is the account of one run. All counts are of the window's requests; see the package comment
// for which those are.
type Report struct {
	Name        string
	Open        bool // an open loop: requests were intended at certain times
	Interrupted bool // Window is what was left of it

	Offered   float64 // requests/s that the schedule planned; 0 in a closed loop, which offers none
	Planned   uint64  // requests the schedule wanted; in a closed loop as Sent
	Sent      uint64
	Completed uint64 // successes
	Failed    uint64
	Unsent    uint64 // planned, and still owed at the end
	Cut       uint64 // in flight when the run was interrupted
	Total     uint64 // sent in the whole run, outside the window too
	Failures  map[string]uint64

	Start      time.Time // of the window: what Sample's offsets count from
	Window     time.Duration
	Throughput float64 // successes that arrived in the window, those of the warm-up's requests too, per second of it
	BytesIn    uint64  // of the successes' bodies

	Service  *hdrhistogram.Histogram // microseconds, successes only, 3 digits
	Response *hdrhistogram.Histogram // likewise

	Lag      Lag     // of the sends behind the schedule; zero in a closed loop
	Peak10ms float64 // highest rate of sends in any 10 ms, requests/s

	Connections int // that could be open at once

	Opened  uint64 // connections opened for the window's requests
	Reused  uint64 // requests of the window on a connection that had served another one
	Broken  uint64 // of Reused, those that failed: the connection may have ended before them
	Waited  uint64 // requests of the window for which no connection was free
	Hangups uint64 // connections that the server closed while they were idle, in the whole run

	GeneratorCPU time.Duration // used by this process during the window; 0 where it cannot be measured
	Cores        int           // that this process may use
	CoresBusy    float64       // share of the window that they were busy, by whomever; 0 where it cannot be measured
	Bottleneck   Bottleneck

	Invalid  []string // reasons not to believe the run; empty: it is valid
	Warnings []string // what else a reader should know

	arrived   uint64        // successes within the window
	announced uint64        // answers to the window's requests that said the connection ends with them
	measured  time.Duration // over which GeneratorCPU was
}

// Lag is how late requests were sent: actual send − intended send.
type Lag struct{ P50, P99, Max time.Duration }

// A Bottleneck says what kept a run from going faster.
type Bottleneck string

// The bottlenecks.
const (
	BottleneckNone      Bottleneck = "none"      // the load was light for both
	BottleneckServer    Bottleneck = "server"    // clients waited for it, or it answered less than was sent
	BottleneckGenerator Bottleneck = "generator" // the run says more about this process than about the server
	BottleneckShared    Bottleneck = "shared"    // the server's limit, but generator and server, or others, used up the same cores
)

// Quantile returns the q-quantile of a histogram of microseconds. It reports false if too few samples lie beyond it
// (stat.Told): then only a share above a limit can be told.
func Quantile(h *hdrhistogram.Histogram, q float64) (time.Duration, bool) {
	return quantile(h, q), stat.Told(h.TotalCount(), q)
}

func quantile(h *hdrhistogram.Histogram, q float64) time.Duration {
	return time.Duration(h.ValueAtQuantile(q*100)) * time.Microsecond
}

// ShareAbove returns the share of a histogram's samples that are longer than limit, from 0 to 1, within
// the histogram's three digits.
func ShareAbove(h *hdrhistogram.Histogram, limit time.Duration) float64 {
	if h.TotalCount() == 0 {
		return 0
	}
	var above int64
	for _, bar := range h.Distribution() {
		if bar.From > limit.Microseconds() {
			above += bar.Count
		}
	}
	return float64(above) / float64(h.TotalCount())
}
