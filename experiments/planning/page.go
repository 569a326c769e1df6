package planning

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/host"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/report"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// document is the plan as a page of its own.
func (p *Plan) document(command []string) *page.Document {
	d := &page.Document{
		Window: "A deployment's plan", Headline: text.Plain(p.headline()), Basis: text.Plain(p.basis()),
		What: text.Of("Which worker class, how many workers and threads: measured a little, simulated, with all that is not known left open."),
	}
	alert := func(s string) { d.Alerts = append(d.Alerts, page.Alert{Text: text.Plain(s)}) }
	for _, assumption := range p.assumptions() {
		alert("Assumed, not measured: " + assumption)
	}
	for _, doubt := range p.doubts() {
		alert(doubt)
	}
	if p.unverified != "" {
		alert(p.unverified)
	}
	if p.sizes.Best != nil {
		d.Sections = append(d.Sections, p.expected(), p.configuration())
	} else {
		d.Sections = append(d.Sections, page.Section{Title: text.Of("What it would take"), Blocks: []page.Block{page.Paragraphs(p.takes()...)}})
	}
	files := page.Links{Files: []string{planMarkdown, planJSON}}
	if p.Configured() {
		files.Files = append(files.Files, gunicornConfig)
	}
	d.Sections = append(d.Sections, p.compared(), p.calibrated(), p.settings(command),
		page.Section{Title: text.Of("Files beside this page"), Blocks: []page.Block{files}})
	return d
}

// basis is what a recommendation rests on: the bottleneck, and what is predicted in a few figures.
func (p *Plan) basis() string {
	o := p.sizes.Best
	if o == nil {
		return ""
	}
	bottleneck := map[string]string{
		"cores": "the cores", "workers": "the number of requests that it serves at once", "lock": "the interpreter lock",
	}[o.Limit]
	return fmt.Sprintf("Predicted: p50 %s, p99 %s; the cores are %.0f %% busy. What limits it is %s, at %.4g requests/s. Ranges hold nine runs of ten.",
		rangeText(o.P50), rangeText(o.P99), 100*o.Utilisation, bottleneck, o.Ceiling)
}

// expected is what the recommendation does, against the objective and, where it was verified, what was measured.
func (p *Plan) expected() page.Section {
	o, v := p.sizes.Best, new(capacity.Run)
	if p.verified != nil {
		o, v = &p.verified.Predicted, &p.verified.Measured
	}
	g := page.Table{Class: "data grid", Columns: page.Heads("", "predicted", "objective")}
	if p.verified != nil {
		g.Columns = append(g.Columns, page.Heads("measured", "")...)
	}
	row := func(name string, r stat.Interval, unit, objective string, measured float64) {
		cells := []string{name, stat.FormatInterval(r, unit), objective}
		if p.verified != nil {
			cells = append(cells, stat.Format(measured, unit), within(r, measured))
		}
		g.Rows = append(g.Rows, page.Cells(cells...))
	}
	for _, q := range []struct {
		at       float64
		measured time.Duration
	}{{0.50, v.P50}, {0.95, v.P95}, {0.99, v.P99}} {
		row(fmt.Sprintf("p%g", 100*q.at), o.Quantile(q.at), "seconds", p.limitText(q.at), q.measured.Seconds())
	}
	row("throughput", o.Throughput, "requests/s", fmt.Sprintf("%g requests/s offered", p.Goal.Rate), v.Throughput)
	row("memory (PSS)", o.MemoryRange, "bytes", "≤ "+stat.Format(p.Goal.Memory, "bytes"), float64(v.PSS))
	s := page.Section{Title: text.Of("What it will do")}
	if p.verified != nil {
		s.Blocks = append(s.Blocks, page.Text{text.Of("Measured in one run at %g requests/s, and predicted, with the load generator on the same cores.", p.Goal.Rate)})
	}
	s.Blocks = append(s.Blocks, g)
	if figure, ok := p.loadChart(); ok {
		s.Blocks = append(s.Blocks, drawn(figure))
	}
	return s
}

// limitText is the objective of a quantile.
func (p *Plan) limitText(quantile float64) string {
	for _, l := range p.Goal.Latencies {
		if l.Quantile == quantile {
			return "≤ " + stat.Format(l.Limit.Seconds(), "seconds")
		}
	}
	return "–"
}

func within(i stat.Interval, measured float64) string {
	if i.Holds(measured) {
		return "✔ as predicted"
	}
	return "▲ outside the range"
}

func (p *Plan) configuration() page.Section {
	if !p.Configured() {
		return page.Section{Title: text.Of("Its flags"), Blocks: []page.Block{page.Code("workerlab serve " + p.flags())}}
	}
	return page.Section{Title: text.Of(gunicornConfig), Blocks: []page.Block{page.Code(strings.TrimRight(p.config(), "\n"))}}
}

// compared sets the recommendation beside its alternatives and the rule of thumb.
func (p *Plan) compared() page.Section {
	g := page.Table{Class: "data grid", Columns: page.Heads("size", "", "p50", "p95", "p99", "bears at most", "memory")}
	row := func(what string, o capacity.Outcome) {
		cells := []string{o.Size.String(), what}
		if o.Saturated {
			cells = append(cells, "beyond what it bears", "–", "–")
		} else {
			cells = append(cells, rangeText(o.P50), rangeText(o.P95), rangeText(o.P99))
		}
		g.Rows = append(g.Rows, page.Cells(append(cells, fmt.Sprintf("%.4g/s (%s)", o.Ceiling, o.Limit), stat.FormatInterval(o.MemoryRange, "bytes"))...))
	}
	if p.sizes.Best != nil {
		row("recommended", *p.sizes.Best)
	}
	if p.sizes.Nearest != nil {
		row("the nearest", *p.sizes.Nearest)
	}
	for _, o := range p.sizes.Alternatives {
		row("meets it too", o)
	}
	if p.now != nil && !p.listed(p.now.Size) {
		row("runs now", *p.now)
	}
	row("rule 2·cores+1", p.sizes.Rule)
	until := "until the cheapest and a few more met the objective"
	if p.sizes.Best == nil {
		until = "and none meets the objective"
	}
	s := page.Section{Title: text.Of("The sizes side by side"), Blocks: []page.Block{
		page.Text{text.Of("%d sizes were screened by closed forms, and %d simulated, cheapest first, %s. In parentheses: what limits a size.", p.sizes.Screened, p.sizes.Simulated, until)}, g,
	}}
	if figure, ok := p.memoryChart(); ok {
		s.Blocks = append(s.Blocks, drawn(figure))
	}
	if figure, ok := p.loadChart(); ok && p.sizes.Best == nil {
		s.Blocks = append(s.Blocks, drawn(figure))
	}
	return s
}

func drawn(c chart.Chart) page.Figure {
	return page.Figure{Chart: c, File: path.Join(figures, c.ID+".svg")}
}

// calibrated is what was measured, and what was fitted from each run.
func (p *Plan) calibrated() page.Section {
	g := page.Table{Class: "data grid", Columns: page.Heads("run", "load", "requests/s", "CPU a request", "p50", "p99", "memory", "what it told")}
	row := func(r capacity.Run, load, told string) {
		switch {
		case r.Rate > 0:
			load = fmt.Sprintf("%.4g requests/s", r.Rate)
		case load == "":
			load = fmt.Sprintf("%d clients", r.Clients)
		}
		g.Rows = append(g.Rows, page.Cells(
			capacity.Size{Class: r.Class, Workers: r.Workers, Threads: r.Threads}.String(), load, fmt.Sprintf("%.4g", r.Throughput),
			stat.Format(r.CPU.Seconds(), "seconds"), stat.Format(r.P50.Seconds(), "seconds"), stat.Format(r.P99.Seconds(), "seconds"),
			stat.Format(float64(r.PSS), "bytes"), told,
		))
	}
	for _, r := range p.calibration.Means() {
		load := ""
		if r.Path != "" {
			load = "one client, " + r.Path
		}
		row(r, load, p.told(r))
	}
	told := page.Paragraphs(p.fitted())
	if p.Found != nil {
		told = page.Paragraphs(p.runs(), p.fitted())
	}
	return page.Section{Title: text.Of("The runs it is made from"), Blocks: []page.Block{told, g}}
}

// told is what a run told.
func (p *Plan) told(r capacity.Run) string {
	d := &p.deployment
	class, other := d.Classes[r.Class]
	m, _ := catalog.Named(r.Class)
	switch {
	case r.Path != "":
		i := slices.IndexFunc(d.Paths, func(of capacity.Path) bool { return of.Name == r.Path })
		return fmt.Sprintf("waits %s, varies by %.0f %%", stat.Format(d.Paths[i].Wait.Seconds(), "seconds"), 100*d.Paths[i].CV())
	case r.Rate > 0 && p.check != nil && r.Size == p.check.Measured.Size:
		return fmt.Sprintf("the work in between; the other runs predicted p50 %s, p99 %s", rangeText(p.check.Predicted.P50), rangeText(p.check.Predicted.P99))
	case r.Rate > 0 && other:
		return fmt.Sprintf("%.2f × the work of %s under such a load", class.Random, p.Design.Classes[0])
	case p.Found != nil:
		return fmt.Sprintf("computes %s%s; %s of memory a worker's own", stat.Format(d.CPU().Seconds(), "seconds"), growth(d), stat.Format(r.Private, "bytes"))
	case m.Threads && r.Threads > 1:
		return fmt.Sprintf("%s of the work needs no lock; a thread takes %s", stat.Format(d.Outside.Seconds(), "seconds"), stat.Format(d.Thread, "bytes"))
	case other:
		return fmt.Sprintf("%.2f × the work of %s; a worker takes %s", class.Work, p.Design.Classes[0], stat.Format(class.Worker, "bytes"))
	case r.Workers == 1:
		return "computes " + stat.Format(d.CPU().Seconds(), "seconds")
	}
	return fmt.Sprintf("%.0f %% more work when all cores are busy; a worker takes %s", 100*d.Growth(), stat.Format(d.Worker, "bytes"))
}

// settings are what was planned for, how, and on which machine.
func (p *Plan) settings(command []string) page.Section {
	facts := page.Facts{
		page.NewFact("planned for", p.what()),
		page.NewFact("requested", strings.Join(p.calibration.Names, "  ")),
		page.NewFact("cores of the deployment", fmt.Sprint(p.deployment.Cores)),
		page.NewFact("again", strings.Join(shellWords(command), " ")),
		page.NewFact("took", p.Took.Round(time.Second).String()),
	}
	return page.Section{Title: text.Of("The plan and the machine"), Blocks: []page.Block{append(facts, report.HostFacts(host.Read())...)}}
}

// shellWords are words as a shell reads them: quoted where they must be.
func shellWords(words []string) (quoted []string) {
	for i, word := range words {
		if i == 0 {
			word = path.Base(word)
		}
		if word == "" || strings.ContainsAny(word, " \t\n\"'`$&|;<>()*?[]#~%!\\{}") {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		quoted = append(quoted, word)
	}
	return quoted
}
