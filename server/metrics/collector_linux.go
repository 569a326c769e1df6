package metrics

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/workerlab/workerlab/server/scoreboard"
)

// A collector turns a reading into metrics.
type collector struct {
	board  *scoreboard.Board
	series []series
	state  *prometheus.Desc
	slots  *prometheus.Desc
}

// A series is one metric of every worker.
type series struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(*Worker) float64
}

// NewCollector makes a collector of the board's workers.
func NewCollector(board *scoreboard.Board, class string) prometheus.Collector {
	constant := prometheus.Labels{"class": class}
	c := &collector{
		board: board,
		state: prometheus.NewDesc("workerlab_worker_state", "1 for the state that the worker is in.",
			[]string{"slot", "pid", "state"}, constant),
		slots: prometheus.NewDesc("workerlab_workers", "Worker processes.", nil, constant),
	}
	add := func(kind prometheus.ValueType, name, help string, value func(*Worker) float64) {
		desc := prometheus.NewDesc("workerlab_worker_"+name, help, []string{"slot", "pid"}, constant)
		c.series = append(c.series, series{desc, kind, value})
	}
	counter, gauge := prometheus.CounterValue, prometheus.GaugeValue
	add(counter, "connections_accepted_total", "Connections accepted.",
		func(w *Worker) float64 { return float64(w.Accepted) })
	add(gauge, "connections", "Connections open now.",
		func(w *Worker) float64 { return float64(w.Connections) })
	add(counter, "requests_total", "Requests begun.",
		func(w *Worker) float64 { return float64(w.Requests) })
	add(gauge, "requests_in_flight", "Requests begun and not yet answered.",
		func(w *Worker) float64 { return float64(w.InFlight) })
	add(counter, "errors_total", "Responses with a status of 500 and above.",
		func(w *Worker) float64 { return float64(w.Errors) })
	add(counter, "refused_total", "Requests refused by the parser.",
		func(w *Worker) float64 { return float64(w.Refused) })
	add(counter, "busy_seconds_total", "Time spent serving, summed over threads.",
		func(w *Worker) float64 { return w.Busy })
	add(counter, "received_bytes_total", "Bytes received.",
		func(w *Worker) float64 { return float64(w.BytesIn) })
	add(counter, "sent_bytes_total", "Bytes sent.",
		func(w *Worker) float64 { return float64(w.BytesOut) })
	add(counter, "lock_acquisitions_total", "Acquisitions of the emulated interpreter lock.",
		func(w *Worker) float64 { return float64(w.LockTaken) })
	add(counter, "lock_forced_total", "Of those, after a drop request.",
		func(w *Worker) float64 { return float64(w.LockForced) })
	add(gauge, "beat_age_seconds", "Since the last heartbeat; -1 before the first.",
		func(w *Worker) float64 { return w.BeatAge })
	return c
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- c.state
	ch <- c.slots
	for _, s := range c.series {
		ch <- s.desc
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	r := Read(c.board)
	ch <- prometheus.MustNewConstMetric(c.slots, prometheus.GaugeValue, float64(len(r.Workers)))
	for i := range r.Workers {
		w := &r.Workers[i]
		slot, pid := strconv.Itoa(w.Slot), strconv.FormatInt(w.PID, 10)
		ch <- prometheus.MustNewConstMetric(c.state, prometheus.GaugeValue, 1, slot, pid, w.State)
		for _, s := range c.series {
			ch <- prometheus.MustNewConstMetric(s.desc, s.kind, s.value(w), slot, pid)
		}
	}
}
