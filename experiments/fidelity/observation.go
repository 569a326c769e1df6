package fidelity

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// An Event is one thing that a client saw.
type Event struct {
	Who   string  `json:"who,omitempty"`           // which client, where there are several; "": the one it is about
	What  string  `json:"what"`                    // "200 hello", "FIN" …
	After float64 `json:"after_seconds,omitempty"` // in tenths; 0: at once, or no time belongs to it
}

// What a client sees of a connection besides answers.
const (
	fin     = "FIN"       // closed, everything sent before was delivered
	reset   = "RST"       // closed, and what was on its way is lost
	kept    = "kept"      // open when the client stopped watching
	silence = "no answer" // for as long as the client waited
	refused = "refused"   // the connection
)

// An Observation is what the clients of one server saw, each client's events in order.
type Observation struct {
	Events []Event `json:"events,omitempty"`
	Failed string  `json:"failed,omitempty"` // why there is none
}

// newEvent is an event so long after the beginning.
func newEvent(who, what string, after time.Duration) Event {
	return Event{who, what, math.Round(after.Seconds()*10) / 10}
}

// String is the event without its time.
func (e Event) String() string {
	if e.Who == "" {
		return e.What
	}
	return e.Who + ": " + e.What
}

// plain is the observation without times, by which known differences are told.
func (o Observation) plain() string { return o.words(func(int) string { return "" }) }

// String is the observation in words: "200 hello; FIN after 2.1 s".
func (o Observation) String() string { return sentence(o) }

// sentence tells observations that differ in nothing but times: "200 hello; FIN after 2.0–2.9 s".
func sentence(all ...Observation) string {
	return all[0].words(func(i int) string {
		low, high := all[0].Events[i].After, all[0].Events[i].After
		for _, o := range all {
			low, high = min(low, o.Events[i].After), max(high, o.Events[i].After)
		}
		return after(low, high)
	})
}

// words joins the events, each with what is told of its time.
func (o Observation) words(when func(i int) string) string {
	if o.Failed != "" {
		return "not observed: " + o.Failed
	}
	var words []string
	for i, e := range o.Events {
		words = append(words, e.String()+when(i))
	}
	return strings.Join(words, "; ")
}

// after tells a time, or the range between two; of what came at once nothing.
func after(low, high float64) string {
	const once = 0.3 // seconds: what a busy host delays an answer by
	switch {
	case high <= once:
		return ""
	case high-low < 0.05:
		return fmt.Sprintf(" after %.1f\u00a0s", high)
	}
	return fmt.Sprintf(" after %.1f–%.1f\u00a0s", low, high)
}

// same reports whether two servers were observed to do the same, times within so much of each other.
// Nothing is known of a server that was not observed.
func same(a, b Observation, slack time.Duration) bool {
	return cmp.Or(a.Failed, b.Failed) == "" && slices.EqualFunc(a.Events, b.Events, func(a, b Event) bool {
		return a.Who == b.Who && a.What == b.What && math.Abs(a.After-b.After) <= slack.Seconds()+0.01
	})
}
