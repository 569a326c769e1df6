package experiments

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/experiments/wording"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
)

// An Experiment puts one claim to the test.
type Experiment struct {
	ID   string       // as on the command line: workers-concurrency
	Text wording.Text // the claim, what is commonly said, the theory and what is measured

	// System is the software that it is put to; "": ours. See On.
	System string
	// Spare are trials without which the claim still means something on a software that cannot run them;
	// its judge knows by Lacks. nil: none is.
	Spare func(trial.Trial) bool
	// Across says that the claim compares softwares: its trials name theirs, and the judge is given the
	// records of all.
	Across bool

	// Axes are the axes of Trial.Cell that the experiment varies, as figures of models show them.
	Axes []string
	// Trials are the cells of the experiment in a profile, each with its blocks and its group. The full
	// profile has all there are.
	Trials func(trial.Profile) []trial.Trial
	// Shown are trials that figures show and the judge is not given; nil: none is.
	Shown func(trial.Trial) bool
	// Conclude is pure: the verdict by the claim's own records. The primary contrast that it declares is
	// covered by Holm's correction across claims; other parts that it rests on have their own 95 %
	// intervals and nothing more (see Confidence).
	Conclude func(*judge.Judging) results.Verdict
	// Figures are drawn of the claim's own records; none where there is no valid one.
	Figures func(*judge.Judging) []chart.Chart

	Doc    string // the folder's doc.go: the claim, its theory and what is measured
	Claim  string // one falsifiable sentence
	Said   string // what is commonly said, and where: the sentence that the claim sharpens
	Korean Korean
	// Judge is pure. It is given all records of a run and selects its own by their cells.
	Judge func(results.Table) results.Verdict
	// Charts are the experiment's figures; none where the table holds no valid record of it.
	Charts func(results.Table) []chart.Chart
}

// Name tells the experiment apart from the same one on other software: gil-cpu, gil-cpu@gunicorn.
func (e Experiment) Name() string { return results.Verdict{ID: e.ID, System: e.System}.Name() }

// system is the software that the experiment is put to; "" where it compares several.
func (e Experiment) system() string {
	if e.Across {
		return ""
	}
	return cmp.Or(e.System, results.Ours)
}

// own are the records that the experiment may use: claims rest on what was measured alone.
func (e Experiment) own(t results.Table) results.Table {
	t = t.Origin(results.Measured)
	if e.Across {
		return t
	}
	return t.System(cmp.Or(e.System, results.Ours))
}

// recordsOf are the claim's records among those of a run.
func (e Experiment) recordsOf(run results.Table) judge.Records {
	if run = run.Origin(results.Measured); !e.Across {
		run = run.System(e.system())
	}
	return judge.Select(run, e.system(), e.Trials(trial.Any))
}

// Verdict judges the claim by its own among all records of a run, for itself alone: Verdicts judges several.
func (e Experiment) Verdict(t results.Table) results.Verdict {
	var v results.Verdict
	if e.Conclude != nil {
		v = said(e.Conclude(e.Judging(t)), e.Text.Values.English)
	} else {
		v = e.Judge(e.own(t))
	}
	if v.System = e.System; !e.Across {
		v.System = cmp.Or(e.System, results.Ours)
	}
	return v
}

// Judging begins the verdict on the claim by its own among all records of a run.
func (e Experiment) Judging(run results.Table) *judge.Judging {
	if e.Shown != nil {
		all := e.Trials
		e.Trials = func(p trial.Profile) []trial.Trial { return slices.DeleteFunc(all(p), e.Shown) }
	}
	return e.showing(run)
}

// showing is the same for its figures: with the records of trials that are only shown.
func (e Experiment) showing(run results.Table) *judge.Judging {
	own := e.recordsOf(run)
	j := judge.New(e.ID, e.Text.Claim(), own.Table())
	j.Records = own
	return j
}

// said fills the values into what a verdict says.
func said(v results.Verdict, fill func(string) string) results.Verdict {
	v.Effect.Name, v.Why = v.Effect.Name.Map(fill), v.Why.Map(fill)
	for i := range v.Others {
		v.Others[i].Name = v.Others[i].Name.Map(fill)
	}
	for i := range v.Warnings {
		v.Warnings[i] = v.Warnings[i].Map(fill)
	}
	return v
}

// Draw draws the experiment's figures from its own among all records of a run.
func (e Experiment) Draw(t results.Table) []chart.Chart {
	var charts []chart.Chart
	if e.Figures != nil {
		charts = e.Figures(e.showing(t))
		for i := range charts {
			label(&charts[i], e.Text.Values.English)
		}
	} else {
		charts = e.Charts(e.own(t))
	}
	for i := range charts {
		if e.System != "" {
			charts[i].ID += "-" + strings.ReplaceAll(e.System, "+", "-")
		}
	}
	return charts
}

// label fills the values into what a chart says.
func label(c *chart.Chart, fill func(string) string) {
	for _, s := range []*string{&c.Title, &c.XLabel, &c.YLabel, &c.Caption} {
		*s = fill(*s)
	}
	for i, name := range c.Categories {
		c.Categories[i] = fill(name)
	}
	for i := range c.Series {
		c.Series[i].Name, c.Series[i].Like = fill(c.Series[i].Name), fill(c.Series[i].Like)
	}
	if c.Heat != nil {
		c.Heat.Marks = fill(c.Heat.Marks)
	}
	for i := range c.Panels {
		label(&c.Panels[i], fill)
	}
}

// Korean is what an experiment says in Korean.
type Korean struct {
	Doc      string // ko.md: what Explain tells
	Messages string // ko.json: every other English text of the experiment, and its Korean
}

// Explain is the experiment's doc.go as text that is also Markdown: without the comment's slashes, the
// package clause and its name.
func (e Experiment) Explain() string {
	if e.Conclude != nil {
		return e.Text.Explain()
	}
	var b strings.Builder
	for line := range strings.Lines(e.Doc) {
		text, comment := strings.CutPrefix(line, "//")
		if !comment {
			break
		}
		b.WriteString(strings.TrimPrefix(text, " "))
	}
	_, text, _ := strings.Cut(b.String(), ": ")
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
