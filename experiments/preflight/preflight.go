// Package preflight asks whether a machine is fit to measure on, and what would make it so.
//
// Reading and judging are apart: Read collects Facts, and Facts.Checks is a pure function of them and
// of what a plan needs. Only what makes measuring impossible is Fatal; everything else is said beside
// the figures, because a machine that is merely noisy still gives records, which say so themselves.
package preflight

import (
	"fmt"
	"time"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/host"
)

// What taints a run, in cores: more steal or more CPU use by strangers than this. Preflight warns by
// the limits that the runs are then held to.
const (
	MaxSteal   = results.MaxSteal
	MaxForeign = results.MaxForeign
)

// Facts are what was read of the machine. What it does not tell is named in Unknown.
type Facts struct {
	Host     host.Host
	Quiet    Use           // while nothing of ours ran …
	Watched  time.Duration // … for so long
	Pressure float64       // share of the last 10 s in which some process waited for a core, of 1
	Load     float64       // average number of runnable processes over the last minute

	SynBacklog int    // net.ipv4.tcp_max_syn_backlog
	Aborts     bool   // net.ipv4.tcp_abort_on_overflow: a full backlog resets connections
	TimeWait   int    // sockets in TIME_WAIT
	Memory     uint64 // bytes available, a container's limit considered

	NoPSS   string            // why the kernel does not tell a process's PSS; "": it does
	Tools   map[string]string // programs found, by what they are for (see tools)
	Unknown map[string]bool   // names of fields above that could not be read
}

// Use is what happened on the host over some time, in cores.
type Use struct{ Foreign, Steal float64 }

// Needs are what a plan asks of the machine at its hungriest moment. Zero asks for nothing.
type Needs struct {
	Memory  uint64 // bytes of all servers at once
	Files   int    // open in one process
	Backlog int    // connections that wait to be accepted
}

// A Check is one question to the machine, answered.
type Check struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	Found  string `json:"found"`           // the answer, in few words
	Means  string `json:"means"`           // for the results, in a sentence
	Mend   string `json:"mend,omitempty"`  // a command that mends it; "": none does, or nothing is wrong
	Fatal  bool   `json:"fatal,omitempty"` // nothing can be measured before it is mended
	// Tool says that no figure depends on it: it is for those who work on the program.
	Tool bool `json:"tool,omitempty"`
}

// String is a warning in one line.
func (c Check) String() string { return fmt.Sprintf("%s: %s. %s", c.Name, c.Found, c.Means) }

// Status is the answer's colour.
type Status int

// The answers.
const (
	OK Status = iota
	Warn
	Missing
)

// String is the answer in a word.
func (s Status) String() string {
	switch s {
	case OK:
		return "ok"
	case Warn:
		return "warn"
	case Missing:
		return "missing"
	}
	return fmt.Sprintf("Status(%d)", int(s))
}

// MarshalText implements encoding.TextMarshaler.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Fit reports whether measuring is possible at all.
func Fit(checks []Check) bool {
	for _, c := range checks {
		if c.Fatal && c.Status != OK {
			return false
		}
	}
	return true
}
