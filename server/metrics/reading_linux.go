package metrics

import (
	"time"

	"github.com/workerlab/workerlab/server/scoreboard"
)

// A Reading is the scoreboard at one moment.
type Reading struct {
	Workers []Worker `json:"workers"`
}

// A Worker is one worker's page. Counts are since the worker's start.
type Worker struct {
	Slot        int     `json:"slot"`
	PID         int64   `json:"pid"`
	State       string  `json:"state"`
	Accepted    int64   `json:"accepted"`    // connections
	Connections int64   `json:"connections"` // open now
	Requests    int64   `json:"requests"`
	InFlight    int64   `json:"in_flight"`
	Errors      int64   `json:"errors"`  // responses of 500 and above
	Refused     int64   `json:"refused"` // requests refused by the parser
	Busy        float64 `json:"busy_seconds"`
	BytesIn     int64   `json:"bytes_in"`
	BytesOut    int64   `json:"bytes_out"`
	LockTaken   int64   `json:"lock_acquisitions"`
	LockForced  int64   `json:"lock_forced"`
	BeatAge     float64 `json:"beat_age_seconds"` // since the last heartbeat; -1: none yet
	Serving     float64 `json:"serving_seconds"`  // since it began to serve; -1: not yet
}

// Read takes a reading. Values of one worker are read one after the other, not at one instant.
func Read(board *scoreboard.Board) Reading {
	r := Reading{Workers: []Worker{}}
	now := scoreboard.Clock()
	for slot, page := range board.Taken() {
		r.Workers = append(r.Workers, read(slot, page, now))
	}
	return r
}

func read(slot int, p *scoreboard.Page, now time.Duration) Worker {
	return Worker{
		Slot: slot, PID: p.PID.Load(), State: scoreboard.State(p.State.Load()).String(),
		Accepted: p.Accepted.Load(), Connections: p.Connections.Load(),
		Requests: p.Requests.Load(), InFlight: p.InFlight.Load(),
		Errors: p.Errors.Load(), Refused: p.Refused.Load(),
		Busy:    time.Duration(p.Busy.Load()).Seconds(),
		BytesIn: p.BytesIn.Load(), BytesOut: p.BytesOut.Load(),
		LockTaken: p.LockTaken.Load(), LockForced: p.LockForced.Load(),
		BeatAge: since(p.LastBeat.Load(), now), Serving: since(p.BootedAt.Load(), now),
	}
}

func since(at int64, now time.Duration) float64 {
	if at == 0 {
		return -1
	}
	return (now - time.Duration(at)).Seconds()
}
