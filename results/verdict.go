package results

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// An Outcome is what the evidence says of a claim.
type Outcome int

// The outcomes. The zero value is the one that needs no evidence.
const (
	Inconclusive Outcome = iota // the interval holds the threshold, or there are too few valid runs
	Supported                   // the interval lies wholly on the claimed side of the threshold
	Refuted                     // the interval lies wholly on the other side
	Depends                     // supported in one stratum declared beforehand, refuted in another
)

var outcomes = [...]string{"inconclusive", "supported", "refuted", "depends"}

// Outcomes lists them in the order a report counts them.
func Outcomes() []Outcome { return []Outcome{Supported, Refuted, Depends, Inconclusive} }

// String returns the outcome's name in lower case.
func (o Outcome) String() string {
	if o < 0 || int(o) >= len(outcomes) {
		return fmt.Sprintf("Outcome(%d)", int(o))
	}
	return outcomes[o]
}

// MarshalText implements encoding.TextMarshaler, and so JSON.
func (o Outcome) MarshalText() ([]byte, error) {
	if o < 0 || int(o) >= len(outcomes) {
		return nil, fmt.Errorf("no such outcome: %d", int(o))
	}
	return []byte(outcomes[o]), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *Outcome) UnmarshalText(text []byte) error {
	i := slices.Index(outcomes[:], string(text))
	if i < 0 {
		return fmt.Errorf("no such outcome: %q", text)
	}
	*o = Outcome(i)
	return nil
}

// An Effect is a named contrast with its unit: "X(8)/X(1)", "×".
type Effect struct {
	Name text.Message
	Unit string
	stat.Interval
}

type effectWire struct {
	Name text.Message `json:"name"`
	Unit string       `json:"unit,omitempty"`
	stat.Wire
}

// MarshalJSON implements json.Marshaler.
func (e Effect) MarshalJSON() ([]byte, error) {
	return json.Marshal(effectWire{e.Name, e.Unit, e.Wire()})
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *Effect) UnmarshalJSON(data []byte) error {
	var w effectWire
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*e = Effect{w.Name, w.Unit, w.Interval()}
	return nil
}

// A Verdict is what the records say of one claim. It is computed from them alone.
type Verdict struct {
	ID      string  `json:"id"`
	Claim   string  `json:"claim"` // one falsifiable sentence
	System  string  `json:"system,omitempty"`
	Outcome Outcome `json:"outcome"`
	Effect  Effect  `json:"effect"` // the one primary contrast, declared beforehand
	// P is the primary contrast's two-sided p-value at its threshold, for Holm's correction across
	// claims; 0: the rule rests on no such test.
	P       float64        `json:"p,omitempty"`
	Runs    int            `json:"runs"`    // all, with the invalid ones
	Invalid int            `json:"invalid"` // of them; Reasons says why
	Reasons map[string]int `json:"reasons,omitempty"`
	// Lost counts the runs, of those the verdict should rest on, of which no try was valid.
	Lost int `json:"lost,omitempty"`
	// More is about how many blocks would have to be added to settle an inconclusive verdict; 0: it is
	// decided, or no reasonable number would.
	More int `json:"more_blocks,omitempty"`
	// Why is one or two sentences for a person, the figures in them computed.
	Why      text.Message   `json:"why"`
	Others   []Effect       `json:"others,omitempty"` // secondary contrasts, no part of the outcome
	Warnings []text.Message `json:"warnings,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (v Verdict) MarshalJSON() ([]byte, error) {
	type plain Verdict
	v.P = stat.TenDigits(v.P)
	return json.Marshal(plain(v))
}

// Name tells the verdict apart from those on the same claim by other software: gil-cpu, gil-cpu@gunicorn.
func (v Verdict) Name() string {
	if v.System == "" || v.System == Ours {
		return v.ID
	}
	return v.ID + "@" + v.System
}

// Ours is the System of records of our own server.
const Ours = "workerlab"

// Count fills in the runs behind the verdict.
func (v *Verdict) Count(t Table) { v.Runs, v.Invalid, v.Reasons = t.Validity() }
