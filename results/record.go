package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"
)

// Schema is the version of the record that this package writes. A field may be added within a version (readers
// ignore what they do not know); one that changes its meaning or goes away needs the next version.
//
// Version 1, which is read too, has no checksums: a digit that was changed is not found there, nor are records
// missing at the end of the file. Its trials' keys spell every axis out.
const (
	Schema         = 2
	unsealedSchema = 1
)

func checkSchema(found int) error {
	if found < unsealedSchema || found > Schema {
		return fmt.Errorf("schema %d: this program reads %d to %d; read it with the version that wrote it", found, unsealedSchema, Schema)
	}
	return nil
}

// The origins of a record: what produced its figures.
const (
	Measured  = "measured"  // real processes under real load
	Simulated = "simulated" // the same scenario in virtual time
	Predicted = "predicted" // a closed form
)

// A Record is one repetition of a trial, never averaged with another. Its zero fields are left out
// of the file only where zero says "none".
type Record struct {
	Schema     int    `json:"schema"`               // set by Store.Append
	Run        string `json:"run"`                  // id of the run, as in the manifest
	Experiment string `json:"experiment,omitempty"` // whose trial it is; "": several share it
	Trial      string `json:"trial"`                // equal specifications have equal keys
	Cell       Cell   `json:"cell"`                 // axis → value
	Repetition int    `json:"repetition"`           // the block, from 0: every cell runs once in each
	Order      int    `json:"order"`                // place in the run's actual order, from 0
	Seed       uint64 `json:"seed"`
	Try        int    `json:"try"` // from 1: a tainted trial is queued again
	// Look counts the judgements that had been made when the run was decided on: 0 for those planned
	// from the start, 1 for the first block added because a claim was still undecided.
	Look     int           `json:"look,omitempty"`
	Origin   string        `json:"origin"` // Measured, Simulated or Predicted
	System   string        `json:"system"` // workerlab, gunicorn …
	Started  time.Time     `json:"started"`
	Duration time.Duration `json:"-"` // the measured window, without warm-up and drain: duration_seconds in the file

	Offered   float64           `json:"offered"` // requests/s planned; 0 in a closed loop
	Planned   uint64            `json:"planned"` // requests; 0 in a closed loop
	Sent      uint64            `json:"sent"`
	Completed uint64            `json:"completed"` // successes
	Failed    uint64            `json:"failed"`
	Unsent    uint64            `json:"unsent"`
	Failures  map[string]uint64 `json:"failures,omitempty"` // by kind: "timeout", "refused", "status 503" …

	Service  *Histogram `json:"service,omitempty"`  // microseconds from the actual send, successes only
	Response *Histogram `json:"response,omitempty"` // microseconds from the intended send, successes only

	Timeline *Timeline `json:"timeline,omitempty"` // answers in the course of the window, where that matters
	Trace    *Trace    `json:"trace,omitempty"`    // every request, where that matters

	Values map[string]Value `json:"values,omitempty"` // further figures; what was not obtained is absent

	Invalid  []string `json:"invalid,omitempty"`  // validity rules it breaks; empty: it counts
	Warnings []string `json:"warnings,omitempty"` // doubts that do not exclude it
}

// A Timeline counts the successful answers that arrived in each stretch of the window.
type Timeline struct {
	Step     float64  `json:"step_seconds"`
	Answered []uint64 `json:"answered"`
}

// A Value is a figure with its unit: a base unit (seconds, bytes, requests/s) or "" for a plain number.
type Value struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit,omitempty"`
}

// Valid reports whether the record counts: it breaks none of the validity rules.
func (r *Record) Valid() bool { return len(r.Invalid) == 0 }

// Value returns the named value. It is false where the run did not obtain it.
func (r *Record) Value(name string) (float64, bool) {
	v, ok := r.Values[name]
	return v.Value, ok
}

// Step is in what steps the named value was counted, in its unit: throughput is a count of requests per window. 0: too
// fine to matter.
func (r *Record) Step(name string) float64 {
	if name == "throughput" && r.Duration > 0 {
		return 1 / r.Duration.Seconds()
	}
	return 0
}

// Set keeps a value with its unit.
func (r *Record) Set(name string, value float64, unit string) {
	if r.Values == nil {
		r.Values = make(map[string]Value)
	}
	r.Values[name] = Value{Value: value, Unit: unit}
}

// Check returns what makes the record unfit to be stored: a field that every record needs, a cell
// value that is no string, number or bool, a figure that is no finite number, a trace whose lists do not
// match. All faults are told at once.
func (r *Record) Check() error {
	faults := []error{r.Cell.check(), r.Trace.check()}
	if r.Trial == "" {
		faults = append(faults, errors.New("no trial key"))
	}
	switch r.Origin {
	case Measured, Simulated, Predicted:
	default:
		faults = append(faults, fmt.Errorf("origin %q is none of %s, %s, %s", r.Origin, Measured, Simulated, Predicted))
	}
	if !finite(r.Offered) {
		faults = append(faults, fmt.Errorf("offered is %v", r.Offered))
	}
	for name, v := range r.Values {
		if !finite(v.Value) {
			faults = append(faults, fmt.Errorf("value %s is %v: leave out what was not obtained", name, v.Value))
		}
	}
	return errors.Join(faults...)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// plain is a Record without its methods, for the JSON package to walk.
type plain Record

// wire adds what is written in another form than it is held.
type wire struct {
	*plain
	Seconds float64 `json:"duration_seconds"`
	Counts  bool    `json:"valid"` // for readers elsewhere; follows from invalid
}

// MarshalJSON implements json.Marshaler.
func (r Record) MarshalJSON() ([]byte, error) {
	return json.Marshal(wire{(*plain)(&r), r.Duration.Seconds(), r.Valid()})
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Record) UnmarshalJSON(data []byte) error {
	w := wire{plain: (*plain)(r)}
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	if math.Abs(w.Seconds) > math.MaxInt64/1e9 {
		return fmt.Errorf("duration_seconds %g is out of range", w.Seconds)
	}
	r.Duration = time.Duration(math.Round(w.Seconds * 1e9))
	return nil
}
