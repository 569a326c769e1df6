package experiments

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

// An Experiment puts one claim to the test.
type Experiment struct {
	ID     string // as on the command line: workers-concurrency
	Doc    string // the folder's doc.go: the claim, its theory and what is measured
	Claim  string // one falsifiable sentence
	Said   string // what is commonly said, and where: the sentence that the claim sharpens
	Korean Korean

	// System is the software that it is put to; "": ours. See On.
	System string
	// Spare are trials without which the claim still means something on a software that cannot run them;
	// its judge knows by Lacks. nil: none is.
	Spare func(Trial) bool
	// Across says that the claim compares softwares: its trials name theirs, and the judge is given all
	// records.
	Across bool

	// Axes are the axes of Trial.Cell that the experiment varies.
	Axes []string
	// Trials are the cells of the experiment in a profile, each with its blocks and its group.
	Trials func(Profile) []Trial
	// Judge is pure. It is given all records of a run and selects its own by their cells. The primary
	// contrast that it declares is covered by Holm's correction across claims; other parts that it
	// rests on have their own 95 % intervals and nothing more (see Confidence).
	Judge func(results.Table) results.Verdict
	// Charts are the experiment's figures; none where the table holds no valid record of it.
	Charts func(results.Table) []analysis.Chart
}

// Name tells the experiment apart from the same one on other software: gil-cpu, gil-cpu@gunicorn.
func (e Experiment) Name() string { return results.Verdict{ID: e.ID, System: e.System}.Name() }

// own are the records that the experiment may use: claims rest on what was measured alone.
func (e Experiment) own(t results.Table) results.Table {
	t = t.Origin(results.Measured)
	if e.Across {
		return t
	}
	return t.System(cmp.Or(e.System, Ours))
}

// Verdict judges the claim by its own among all records of a run, for itself alone: Verdicts judges several.
func (e Experiment) Verdict(t results.Table) results.Verdict {
	v := e.Judge(e.own(t))
	if v.System = e.System; !e.Across {
		v.System = cmp.Or(e.System, Ours)
	}
	return v
}

// Draw draws the experiment's figures from its own among all records of a run.
func (e Experiment) Draw(t results.Table) []analysis.Chart {
	charts := e.Charts(e.own(t))
	for i := range charts {
		if e.System != "" {
			charts[i].ID += "-" + strings.ReplaceAll(e.System, "+", "-")
		}
	}
	return charts
}

// Korean is what an experiment says in Korean.
type Korean struct {
	Doc      string // ko.md: what Explain tells
	Messages string // ko.json: every other English text of the experiment, and its Korean
}

// Explain is the experiment's doc.go as text that is also Markdown: without the comment's slashes, the
// package clause and its name.
func (e Experiment) Explain() string {
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

// A Profile is how much time a session may take.
type Profile int

// The profiles: a build's sanity check, minutes, an hour, an afternoon.
const (
	Smoke Profile = iota
	Quick
	Standard
	Full
)

// Profiles lists them, shortest first.
func Profiles() []Profile { return []Profile{Smoke, Quick, Standard, Full} }

// String is the profile's name on the command line.
func (p Profile) String() string { return Pick(p, "smoke", "quick", "standard", "full") }

// Pick is the value meant for profile p.
func Pick[T any](p Profile, smoke, quick, standard, full T) T {
	switch p {
	case Smoke:
		return smoke
	case Quick:
		return quick
	case Standard:
		return standard
	case Full:
		return full
	}
	panic("experiments: no such profile")
}
