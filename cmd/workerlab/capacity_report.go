package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/loadgen/capacity"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

func (f *capacityFlags) print(w io.Writer, run capacityRun) error {
	if f.json {
		return writeJSON(w, newCapacityJSON(run))
	}
	text.Paragraph(w, run.headline())
	for _, note := range run.result.Notes {
		fmt.Fprintf(w, "note%s\n", fold(": "+note, len("note")))
	}
	if err := run.printSweep(w); err != nil {
		return err
	}
	return run.printProbes(w)
}

// headline is the result in one sentence.
func (run capacityRun) headline() string {
	r, slo := run.result, run.slo.String()
	switch {
	case r.Limit == capacity.LimitNone && len(r.Probes) == 0:
		return "No probe was made: nothing is known of the capacity."
	case r.Limit == capacity.LimitNone:
		return fmt.Sprintf("The SLO %s was not met at any rate that was tried, down to %s/s.", slo, perSecond(lowest(r.Probes)))
	case r.Limit == capacity.LimitGenerator && r.Capacity == 0:
		return fmt.Sprintf("Nothing can be said of %s: the load generator was the limit at every rate.", slo)
	case r.Limit == capacity.LimitGenerator:
		return fmt.Sprintf("Capacity is at least %s requests/s with %s: above it the load generator is the limit, not the server.", perSecond(r.Capacity), slo)
	case r.Limit == capacity.LimitRate, r.Limit == capacity.LimitTime:
		return fmt.Sprintf("Capacity is at least %s requests/s with %s: the search ended while the SLO was still met.", perSecond(r.Capacity), slo)
	}
	return fmt.Sprintf("Capacity is %s requests/s with %s (%s); %s.", perSecond(r.Capacity), slo, run.interval(), run.confirmation())
}

func (run capacityRun) interval() string {
	r := run.result
	switch {
	case r.Method == capacity.ByFit:
		return fmt.Sprintf("95 %% interval %s–%s", perSecond(r.Low), perSecond(r.High))
	case r.High == 0:
		return fmt.Sprintf("all probes met it at %s, at no rate all missed it", perSecond(r.Low))
	}
	return fmt.Sprintf("all probes met it at %s, all missed it at %s", perSecond(r.Low), perSecond(r.High))
}

func (run capacityRun) confirmation() string {
	if run.result.Confirmed {
		return "confirmed by probes around it"
	}
	return "not confirmed"
}

func lowest(probes []capacity.Probe) float64 {
	return slices.MinFunc(probes, func(a, b capacity.Probe) int { return cmp.Compare(a.Rate, b.Rate) }).Rate
}

func perSecond(rate float64) string { return fmt.Sprintf("%.4g", rate) }

// printSweep sets the closed sweep beside the fitted law.
func (run capacityRun) printSweep(w io.Writer) error {
	levels := byClients(run.result.Levels)
	if len(levels) == 0 {
		return nil
	}
	var rows [][]string
	for _, l := range levels {
		fitted := ""
		if run.law != nil {
			fitted = perSecond(run.law.Throughput(float64(l.clients)))
		}
		rows = append(rows, []string{
			fmt.Sprint(l.clients), perSecond(l.mean), perSecond(slices.Min(l.throughputs)) + "–" + perSecond(slices.Max(l.throughputs)),
			fitted, fmt.Sprintf("%.3g", 1e3*l.median),
		})
	}
	fmt.Fprintf(w, "\nClosed sweep, %d runs\n", len(run.result.Levels))
	if err := printTable(w, []string{"clients", "requests/s", "range", "law", "median response (ms)"}, rows); err != nil {
		return err
	}
	text.Paragraph(w, run.lawWords())
	return nil
}

// lawWords says what the law says, and how far to believe it.
func (run capacityRun) lawWords() string {
	if run.law == nil {
		return fmt.Sprintf("The universal scalability law was not fitted: %v.", run.lawErr)
	}
	l := run.law
	text := fmt.Sprintf("Universal scalability law: λ = %s, σ = %s, κ = %s.",
		stat.FormatInterval(l.LambdaInterval, "requests/s"), stat.FormatInterval(l.SigmaInterval, ""), stat.FormatInterval(l.KappaInterval, ""))
	if l.Peak.Known() {
		text += fmt.Sprintf(" Throughput peaks at N = %s and falls beyond.", stat.FormatInterval(l.Peak, ""))
	} else {
		text += " No peak is claimed: κ may be 0."
	}
	for _, warning := range l.Warnings {
		text += " But " + warning + "."
	}
	return text
}

// A swept is all runs of the sweep with so many clients.
type swept struct {
	clients      int
	throughputs  []float64
	mean, median float64 // of throughput; of the runs' median response times
}

func byClients(levels []capacity.Level) (all []swept) {
	for _, l := range levels {
		i := slices.IndexFunc(all, func(s swept) bool { return s.clients == l.Clients })
		if i < 0 {
			i, all = len(all), append(all, swept{clients: l.Clients})
		}
		all[i].throughputs = append(all[i].throughputs, l.Throughput)
		all[i].median += l.Median
	}
	for i := range all {
		n := float64(len(all[i].throughputs))
		for _, x := range all[i].throughputs {
			all[i].mean += x / n
		}
		all[i].median /= n
	}
	slices.SortFunc(all, func(a, b swept) int { return a.clients - b.clients })
	return all
}

// A probed is all probes at one rate.
type probed struct {
	rate          float64
	probes        []capacity.Probe
	met           int
	slow, planned float64 // requests that missed the finest objective; all
}

func byRate(probes []capacity.Probe) (all []probed) {
	for _, p := range probes {
		i := slices.IndexFunc(all, func(s probed) bool { return s.rate == p.Rate })
		if i < 0 {
			i, all = len(all), append(all, probed{rate: p.Rate})
		}
		s := &all[i]
		s.probes, s.planned = append(s.probes, p), s.planned+float64(p.Planned)
		s.slow += float64(slowest(p))
		if p.Outcome == capacity.Met {
			s.met++
		}
	}
	slices.SortFunc(all, func(a, b probed) int { return cmp.Compare(a.rate, b.rate) })
	return all
}

// slowest counts the requests that missed the last latency objective, or that failed.
func slowest(p capacity.Probe) uint64 {
	if n := len(p.Slow); n > 0 {
		return p.Slow[n-1]
	}
	return p.Failed
}

func (run capacityRun) printProbes(w io.Writer) error {
	if len(run.result.Probes) == 0 {
		return nil
	}
	var rows [][]string
	for _, at := range byRate(run.result.Probes) {
		median, why := 0.0, ""
		for _, p := range at.probes {
			median += p.Median / float64(len(at.probes))
			if len(p.Reasons) > 0 {
				why = strings.Join(p.Reasons, "; ")
			}
		}
		rows = append(rows, []string{
			perSecond(at.rate), fmt.Sprintf("%d of %d", at.met, len(at.probes)), percent(at.slow, at.planned),
			fmt.Sprintf("%.3g", 1e3*median), strings.Join(text.Wrap(why, whyWidth), "\n"),
		})
	}
	fmt.Fprintf(w, "\nOpen search, %d probes; slow or failed: %s\n", len(run.result.Probes), run.slowMeans())
	return printTable(w, []string{"rate/s", "met", "slow", "p50 (ms)", "why not, in its last probe that missed"}, rows)
}

const whyWidth = 38

func (run capacityRun) slowMeans() string {
	if n := len(run.slo.Latencies); n > 0 {
		return fmt.Sprintf("beyond %v", run.slo.Latencies[n-1].Limit)
	}
	return "failed"
}

// capacityChart shows the sweep with the law, and the share of slow requests along the search.
func capacityChart(run capacityRun) *chart.Chart {
	return &chart.Chart{
		ID: "capacity", Title: "Capacity of " + run.url + " with " + run.slo.String(),
		Caption: run.headline() + fmt.Sprintf(" Seed %d.", run.seed),
		Panels:  []chart.Chart{run.sweepPanel(), run.searchPanel()},
	}
}

func (run capacityRun) sweepPanel() chart.Chart {
	measured := chart.Series{Name: "closed sweep, mean of the runs", Kind: chart.Points}
	most := 1.0
	for _, l := range byClients(run.result.Levels) {
		most = max(most, float64(l.clients))
		measured.X = append(measured.X, float64(l.clients))
		measured.Y = append(measured.Y, stat.Interval{Estimate: l.mean})
		measured.Raw = append(measured.Raw, l.throughputs)
	}
	panel := chart.Chart{
		Title: "Throughput", XLabel: "clients", YLabel: "throughput (requests/s)", LogX: true,
		Series: []chart.Series{measured},
	}
	if run.law != nil {
		law := chart.Series{Name: "universal scalability law, fitted", Kind: chart.Line, Like: measured.Name}
		for n := 1.0; n <= most*1.0001; n *= 1.1 {
			law.X = append(law.X, n)
			law.Y = append(law.Y, stat.Interval{Estimate: run.law.Throughput(n)})
		}
		panel.Series = append(panel.Series, law)
	}
	return panel
}

func (run capacityRun) searchPanel() chart.Chart {
	probes := chart.Series{Name: "open search, all probes of a rate", Kind: chart.Points}
	allowed := chart.Series{Name: "what the SLO allows", Kind: chart.Line}
	limit := run.slo.Errors
	if n := len(run.slo.Latencies); n > 0 {
		limit = 1 - run.slo.Latencies[n-1].Quantile
	}
	most := 0.0
	for _, at := range byRate(run.result.Probes) {
		var raw []float64
		for _, p := range at.probes {
			raw = append(raw, 100*float64(slowest(p))/math.Max(float64(p.Planned), 1))
		}
		most = max(most, slices.Max(raw))
		probes.X = append(probes.X, at.rate)
		probes.Y = append(probes.Y, stat.Interval{Estimate: 100 * at.slow / math.Max(at.planned, 1)})
		probes.Raw = append(probes.Raw, raw)
		allowed.X = append(allowed.X, at.rate)
		allowed.Y = append(allowed.Y, stat.Interval{Estimate: 100 * limit})
	}
	panel := chart.Chart{
		Title: "Requests that took too long", XLabel: "rate (requests/s)", YLabel: "slow or failed (%)",
		Series: []chart.Series{probes, allowed},
	}
	if c := run.result.Capacity; c > 0 {
		panel.Series = append(panel.Series, chart.Series{
			Name: "capacity", Kind: chart.Line,
			X: []float64{c, c}, Y: []stat.Interval{{}, {Estimate: max(most, 100*limit)}},
		})
	}
	return panel
}

// capacityJSON is the result for programs: requests/s and seconds.
type capacityJSON struct {
	Schema int      `json:"schema"`
	URL    string   `json:"url"`
	SLO    string   `json:"slo"`
	Seed   uint64   `json:"seed"`
	Law    *lawJSON `json:"scalability_law"` // null: not fitted
	*capacity.Result
}

type lawJSON struct {
	Lambda   stat.Interval  `json:"lambda"`
	Sigma    stat.Interval  `json:"sigma"`
	Kappa    stat.Interval  `json:"kappa"`
	Peak     *stat.Interval `json:"peak"` // null: none is claimed
	Misfit   float64        `json:"misfit"`
	Warnings []string       `json:"warnings"`
}

func newCapacityJSON(run capacityRun) capacityJSON {
	j := capacityJSON{Schema: 1, URL: run.url, SLO: run.slo.String(), Seed: run.seed, Result: run.result}
	if l := run.law; l != nil {
		j.Law = &lawJSON{
			Lambda: l.LambdaInterval, Sigma: l.SigmaInterval, Kappa: l.KappaInterval,
			Misfit: l.Misfit, Warnings: append([]string{}, l.Warnings...),
		}
		if l.Peak.Known() {
			j.Law.Peak = &l.Peak
		}
	}
	return j
}
