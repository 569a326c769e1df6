package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// A Trace keeps what became of the requests, in the form that Perfetto and Chrome open
// (ui.perfetto.dev, chrome://tracing): a process for each worker, a track for each of its slots, and one for
// the requests that wait in the kernel's backlog or in the worker's queue.
type Trace struct {
	// Limit is how many requests are kept; 0: all.
	Limit int

	spans []span
	slots map[int32][]time.Duration // of each worker: until when each track is taken
	kept  int
}

// A span is a stretch of a request's life on a track.
type span struct {
	name       string
	worker     int32
	track      int
	begin, end time.Duration
}

// queueTrack is where requests wait; those that are served are on the tracks after it.
const queueTrack = 0

func (t *Trace) served(w *world, id int32) {
	if t == nil || t.Limit > 0 && t.kept == t.Limit {
		return
	}
	t.kept++
	if t.slots == nil {
		t.slots = make(map[int32][]time.Duration)
	}
	r := &w.requests[id]
	if r.accepted > r.intended {
		t.spans = append(t.spans, span{"in the backlog", r.worker, queueTrack, r.intended, r.accepted})
	}
	if r.began > r.accepted {
		t.spans = append(t.spans, span{"in the worker's queue", r.worker, queueTrack, r.accepted, r.began})
	}
	t.spans = append(t.spans, span{"served", r.worker, t.track(r.worker, r.began, w.sim.Now()), r.began, w.sim.Now()})
}

// track finds a track of the worker on which nothing was served at the time.
func (t *Trace) track(worker int32, begin, end time.Duration) int {
	slots := t.slots[worker]
	for i, until := range slots {
		if until <= begin {
			slots[i] = end
			return i + 1
		}
	}
	t.slots[worker] = append(slots, end)
	return len(slots) + 1
}

type traceEvent struct {
	Name  string         `json:"name"`
	Phase string         `json:"ph"`
	PID   int32          `json:"pid"`
	TID   int            `json:"tid"`
	At    float64        `json:"ts,omitempty"`  // microseconds
	Took  float64        `json:"dur,omitempty"` // microseconds
	ID    int            `json:"id,omitempty"`
	Args  map[string]any `json:"args,omitempty"`
}

// Write writes the trace as JSON. Waiting requests overlap, so they are events of their own kind
// ("async"), which viewers lay out.
func (t *Trace) Write(w io.Writer) error {
	var events []traceEvent
	for worker, slots := range t.slots {
		events = append(events, traceEvent{
			Name: "process_name", Phase: "M", PID: worker, Args: map[string]any{"name": fmt.Sprintf("worker %d", worker)},
		})
		for i := range slots {
			events = append(events, traceEvent{
				Name: "thread_name", Phase: "M", PID: worker, TID: i + 1, Args: map[string]any{"name": fmt.Sprintf("slot %d", i+1)},
			})
		}
	}
	for i, s := range t.spans {
		begin, took := micros(s.begin), micros(s.end-s.begin)
		if s.track == queueTrack {
			events = append(events,
				traceEvent{Name: s.name, Phase: "b", PID: s.worker, ID: i + 1, At: begin, Args: map[string]any{}},
				traceEvent{Name: s.name, Phase: "e", PID: s.worker, ID: i + 1, At: begin + took})
			continue
		}
		events = append(events, traceEvent{Name: s.name, Phase: "X", PID: s.worker, TID: s.track, At: begin, Took: took})
	}
	return json.NewEncoder(w).Encode(map[string]any{"traceEvents": events, "displayTimeUnit": "ms"})
}

func micros(d time.Duration) float64 { return float64(d) / 1e3 }
