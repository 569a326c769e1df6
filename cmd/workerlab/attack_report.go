package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/workerlab/workerlab/loadgen"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

func (f *attackFlags) print(w io.Writer, l *attackLoad, r *loadgen.Report) error {
	if f.json {
		return writeJSON(w, newAttackJSON(l, r))
	}
	return printAttack(w, l, r)
}

// The quantiles and limits that are told.
var (
	attackQuantiles = []float64{0.5, 0.75, 0.9, 0.99, 0.999, 0.9999}
	attackLimits    = []time.Duration{100 * time.Millisecond, time.Second}
)

func printAttack(w io.Writer, l *attackLoad, r *loadgen.Report) error {
	fmt.Fprintf(w, "%s %s\n%s\n", l.attack.Targets[0].Method, l.attack.Targets[0].URL, l.words())
	if err := printTable(w, []string{"requests of the window", "count", "share or rate"}, accounts(r)); err != nil {
		return err
	}
	if r.Completed > 0 {
		if err := printTable(w, []string{"latency of successes (ms)", "response", "service"}, latencies(r)); err != nil {
			return err
		}
	}
	bold, plain := "", ""
	if coloured(w) {
		bold, plain = "\x1b[1m", "\x1b[0m"
	}
	for _, reason := range r.Invalid {
		fmt.Fprintf(w, "%sINVALID%s%s\n", bold, plain, fold(": "+reason, len("INVALID")))
	}
	for _, warning := range r.Warnings {
		fmt.Fprintf(w, "warning%s\n", fold(": "+warning, len("warning")))
	}
	return nil
}

// fold breaks text that follows so many columns into lines of at most terminalWidth, indented.
func fold(text string, column int) string {
	var b strings.Builder
	for i, word := range strings.Split(text, " ") {
		switch n := utf8.RuneCountInString(word); {
		case i == 0:
			column += n
		case column+1+n > terminalWidth:
			b.WriteString("\n  ")
			column = 2 + n
		default:
			b.WriteByte(' ')
			column += 1 + n
		}
		b.WriteString(word)
	}
	return b.String()
}

// words describes the load in one line or two.
func (l *attackLoad) words() string {
	a := l.attack
	text := ""
	switch l.arrivals {
	case "closed":
		text = fmt.Sprintf("closed loop of %d clients", a.Clients)
		if l.think != "" {
			text += ", thinking " + l.think
		}
	case "replay":
		text = "open loop, replay of " + l.replay
	case "poisson":
		text = fmt.Sprintf("open loop, poisson arrivals at %v/s, seed %d", l.rate, a.Seed)
	case "constant":
		text = fmt.Sprintf("open loop, constant arrivals at %v/s", l.rate)
	}
	if a.RTT > 0 {
		text += fmt.Sprintf(", a round trip of %v", a.RTT)
	}
	return text + fmt.Sprintf("\n%v window after %v of warm-up", a.Duration, a.Warmup)
}

func printTable(w io.Writer, header []string, rows [][]string) error {
	table := tablewriter.NewTable(w,
		tablewriter.WithHeaderAutoFormat(tw.Off), // it would turn "(ms)" into "( MS )"
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: []tw.Align{tw.AlignLeft, tw.AlignRight, tw.AlignRight}}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: []tw.Align{tw.AlignLeft, tw.AlignRight, tw.AlignRight}}),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
	)
	table.Header(header)
	if err := table.Bulk(rows); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	if err := table.Render(); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	return nil
}

// accounts are the rows of what became of the requests, and of how they were sent.
func accounts(r *loadgen.Report) [][]string {
	share := func(n uint64) string { return percent(float64(n), float64(r.Planned)) }
	rows := [][]string{}
	if r.Open {
		rows = append(rows, []string{"planned", count(r.Planned), rate(r.Offered)})
	}
	rows = append(rows,
		[]string{"sent", count(r.Sent), share(r.Sent)},
		[]string{"completed", count(r.Completed), share(r.Completed)},
		[]string{"failed", count(r.Failed), share(r.Failed)})
	for _, kind := range slices.Sorted(maps.Keys(r.Failures)) {
		rows = append(rows, []string{"failed: " + text.Cut(kind, 35), count(r.Failures[kind]), share(r.Failures[kind])})
	}
	if r.Unsent > 0 {
		rows = append(rows, []string{"unsent", count(r.Unsent), share(r.Unsent)})
	}
	if r.Cut > 0 {
		rows = append(rows, []string{"cut by the interrupt", count(r.Cut), share(r.Cut)})
	}
	if throughputTold(r) {
		rows = append(rows, []string{"throughput", "", rate(r.Throughput)})
	}
	rows = append(rows, []string{"peak sends in 10 ms", "", rate(r.Peak10ms)},
		[]string{"opened a connection", count(r.Opened), share(r.Opened)},
		[]string{"reused a connection", count(r.Reused), share(r.Reused)},
		[]string{fmt.Sprintf("waited for one of %d", r.Connections), count(r.Waited), share(r.Waited)})
	if r.Open {
		rows = append(rows, []string{"send lag p99, max (ms)", millis(r.Lag.P99), millis(r.Lag.Max)})
	}
	return append(rows, []string{"generator CPU, bottleneck", r.GeneratorCPU.Round(time.Millisecond).String(), string(r.Bottleneck)})
}

// throughputTold reports whether a throughput belongs beside the counts. What arrived in the window may all
// have been sent in the warm-up, where the server is overloaded: then none of the requests counted made it.
func throughputTold(r *loadgen.Report) bool { return r.Completed > 0 || r.Throughput == 0 }

// latencies are the rows of the quantiles, up to the first that too few samples support.
func latencies(r *loadgen.Report) [][]string {
	var rows [][]string
	supported := true
	for _, q := range attackQuantiles {
		if !supported {
			break
		}
		_, supported = loadgen.Quantile(r.Response, q)
		rows = append(rows, []string{"p" + strconv.FormatFloat(q*100, 'g', 6, 64), quantileCell(r.Response, q), quantileCell(r.Service, q)})
	}
	rows = append(rows, []string{"longest", micros(r.Response.Max()), micros(r.Service.Max())})
	for _, limit := range attackLimits {
		rows = append(rows, []string{
			fmt.Sprintf("share above %v ms", limit.Milliseconds()),
			percent(loadgen.ShareAbove(r.Response, limit), 1), percent(loadgen.ShareAbove(r.Service, limit), 1),
		})
	}
	return rows
}

func quantileCell(h *hdrhistogram.Histogram, q float64) string {
	at, ok := loadgen.Quantile(h, q)
	if !ok {
		return "too few samples"
	}
	return millis(at)
}

func micros(n int64) string { return millis(time.Duration(n) * time.Microsecond) }

func millis(d time.Duration) string { return fmt.Sprintf("%.3g", float64(d)/float64(time.Millisecond)) }

func count(n uint64) string { return strconv.FormatUint(n, 10) }

func rate(perSecond float64) string { return fmt.Sprintf("%.1f/s", perSecond) }

func percent(part, whole float64) string {
	if whole == 0 {
		return ""
	}
	return fmt.Sprintf("%.3g %%", 100*part/whole)
}

// attackJSON is the report for programs: seconds and requests per second, quantiles only where enough
// samples support them, histograms whole.
type attackJSON struct {
	Schema         int                `json:"schema"`
	Method         string             `json:"method"`
	URL            string             `json:"url"`
	Arrivals       string             `json:"arrivals"`
	Rate           float64            `json:"rate,omitempty"`
	Clients        int                `json:"clients,omitempty"`
	Think          string             `json:"think,omitempty"`
	Seed           uint64             `json:"seed"`
	Connections    int                `json:"connections"`
	KeepAlive      bool               `json:"keep_alive"`
	RTT            float64            `json:"rtt_seconds,omitempty"`
	Warmup         float64            `json:"warmup_seconds"`
	Duration       float64            `json:"duration_seconds"`
	Window         float64            `json:"window_seconds"`
	Interrupted    bool               `json:"interrupted"`
	Offered        float64            `json:"offered"`
	Planned        uint64             `json:"planned"`
	Sent           uint64             `json:"sent"`
	Completed      uint64             `json:"completed"`
	Failed         uint64             `json:"failed"`
	Unsent         uint64             `json:"unsent"`
	Cut            uint64             `json:"cut"`
	Failures       map[string]uint64  `json:"failures"`
	Throughput     *float64           `json:"throughput"` // null where none of the requests counted was answered
	BytesIn        uint64             `json:"bytes_in"`
	Response       latencyJSON        `json:"response"`
	Service        latencyJSON        `json:"service"`
	Lag            map[string]float64 `json:"lag_seconds"`
	Peak           float64            `json:"peak_10ms"`
	Opened         uint64             `json:"connections_opened"`
	Reused         uint64             `json:"requests_reused"`
	Waited         uint64             `json:"requests_waited"`
	Hangups        uint64             `json:"idle_connections_closed"`
	GeneratorCPU   float64            `json:"generator_cpu_seconds"`
	GeneratorCores int                `json:"generator_cores"`
	CoresBusy      float64            `json:"generator_cores_busy"` // share of the window, by whomever; 0: not known
	Bottleneck     string             `json:"bottleneck"`
	Invalid        []string           `json:"invalid"`
	Warnings       []string           `json:"warnings"`
}

type latencyJSON struct {
	Count     int64              `json:"count"`
	Quantiles map[string]float64 `json:"quantiles_seconds"`
	Above     map[string]float64 `json:"share_above"`
	Max       float64            `json:"max_seconds"`
	Histogram *results.Histogram `json:"histogram_microseconds"`
}

func newAttackJSON(l *attackLoad, r *loadgen.Report) attackJSON {
	a := l.attack
	j := attackJSON{
		Schema: 1,
		Method: a.Targets[0].Method, URL: a.Targets[0].URL,
		Arrivals: l.arrivals, Rate: l.rate, Clients: a.Clients, Think: l.think, Seed: a.Seed,
		Connections: r.Connections, KeepAlive: a.KeepAlive, RTT: a.RTT.Seconds(),
		Warmup: a.Warmup.Seconds(), Duration: a.Duration.Seconds(), Window: r.Window.Seconds(), Interrupted: r.Interrupted,
		Offered: r.Offered, Planned: r.Planned, Sent: r.Sent, Completed: r.Completed, Failed: r.Failed,
		Unsent: r.Unsent, Cut: r.Cut, Failures: r.Failures,
		BytesIn: r.BytesIn, Response: newLatencyJSON(r.Response), Service: newLatencyJSON(r.Service),
		Lag:  map[string]float64{"p50": r.Lag.P50.Seconds(), "p99": r.Lag.P99.Seconds(), "max": r.Lag.Max.Seconds()},
		Peak: r.Peak10ms, Opened: r.Opened, Reused: r.Reused, Waited: r.Waited, Hangups: r.Hangups,
		GeneratorCPU: r.GeneratorCPU.Seconds(), GeneratorCores: r.Cores, CoresBusy: r.CoresBusy, Bottleneck: string(r.Bottleneck),
		Invalid: append([]string{}, r.Invalid...), Warnings: append([]string{}, r.Warnings...),
	}
	if throughputTold(r) {
		j.Throughput = &r.Throughput
	}
	return j
}

func newLatencyJSON(h *hdrhistogram.Histogram) latencyJSON {
	j := latencyJSON{
		Count:     h.TotalCount(),
		Quantiles: make(map[string]float64),
		Above:     make(map[string]float64),
		Max:       float64(h.Max()) / 1e6,
		Histogram: results.Wrap(h),
	}
	for _, q := range attackQuantiles {
		if at, ok := loadgen.Quantile(h, q); ok {
			j.Quantiles[strconv.FormatFloat(q, 'g', -1, 64)] = at.Seconds()
		}
	}
	for _, limit := range attackLimits {
		j.Above[limit.String()] = loadgen.ShareAbove(h, limit)
	}
	return j
}
