package report

import (
	"fmt"
	"io"
	"maps"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// WriteMarkdown writes the report in English: the outcomes in two sentences, a table of the claims,
// each claim with its evidence and how to obtain it again, and the machine.
func (rep *Report) WriteMarkdown(w io.Writer) error { return rep.Document().WriteMarkdown(w) }

// WriteHTML writes the report as one file: styles, figures and script are inside it.
func (rep *Report) WriteHTML(w io.Writer) error { return rep.Document().WriteHTML(w) }

// Document is the report as it is read.
func (rep *Report) Document() *page.Document {
	m := &rep.Manifest
	korean := maps.Clone(rep.Korean)
	if korean == nil {
		korean = make(text.Catalogue)
	}
	d := &page.Document{
		Window:   "Worker models put to the test",
		What:     text.Of("What sync, threads, coroutines and event loops do for a Python web server, measured: real worker processes, real load, each common claim made falsifiable and judged."),
		Headline: rep.found(), Basis: rep.basis(),
		Note:      text.Of("Profile %s, seed %d.", orDash(m.Profile), m.Seed),
		Languages: []page.Language{{Code: "ko", Called: "한국어", Catalogue: korean}},
	}
	if m.Interrupted != "" {
		d.Alerts = append(d.Alerts, page.Alert{Head: text.Of("The run is not complete"), Text: said(m.Interrupted)})
	}
	for _, warning := range m.Warnings {
		d.Alerts = append(d.Alerts, page.Alert{Text: text.Plain(warning)})
	}
	names := names(rep.Verdicts())
	if len(rep.Claims) > 0 {
		d.Sections = append(d.Sections, rep.overview(names, korean))
	}
	if c := beside(rep.Verdicts()); len(c.Claims) > 0 {
		d.Sections = append(d.Sections, c.section())
	}
	for i := range rep.Claims {
		d.Sections = append(d.Sections, rep.claim(names[i], &rep.Claims[i], korean))
	}
	if rep.Models.Any() {
		d.Sections = append(d.Sections, rep.Models.section())
	}
	if len(rep.Controls) > 0 {
		d.Sections = append(d.Sections, rep.controls())
	}
	d.Sections = append(d.Sections, rep.machine())
	return d
}

// said is a text that a catalogue may know as it stands.
func said(s string) text.Message {
	if s == "" {
		return text.Message{}
	}
	return text.Of("%s", s)
}

// overview lists the claims, and says what the verdicts mean.
func (rep *Report) overview(names []string, korean text.Catalogue) page.Section {
	t := page.Table{Class: "claims", Columns: page.Heads("claim", "verdict", "effect", "runs", "invalid")}
	t.Columns[2].Class, t.Columns[3].Class, t.Columns[4].Class = "effect", "runs", "lost"
	t.Columns[3].Unit, t.Columns[4].Unit = text.Of("runs"), text.Of("invalid")
	for i := range rep.Claims {
		c := &rep.Claims[i]
		effect := measure(c.Verdict.Effect)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{
			{Text: c.title(names[i], korean), Code: names[i], Link: page.Anchor(names[i])},
			{Badge: badge(c.Verdict.Outcome)},
			{Measure: &effect},
			{Text: text.Of("%d", c.Verdict.Runs)},
			{Text: text.Of("%d", c.Verdict.Invalid)},
		}})
	}
	return page.Section{ID: "claims", Title: text.Of("The claims"), Lead: true, Blocks: []page.Block{t, meanings()}}
}

// claim is a claim with its evidence, and how to obtain it again.
func (rep *Report) claim(name string, c *Claim, korean text.Catalogue) page.Section {
	v := &c.Verdict
	s := page.Section{ID: page.Anchor(name), Name: name, Title: c.title(name, korean), Badge: badge(v.Outcome)}
	add := func(b page.Block) { s.Blocks = append(s.Blocks, b) }
	add(page.Claim{Tested: said(v.Claim), Said: said(c.Said)})
	add(page.Finding{Badge: badge(v.Outcome), Measure: measure(v.Effect), Why: v.Why})
	for _, f := range c.Figures {
		add(f)
	}
	add(page.Prose{Summary: text.Of("The theory, and how it was measured"), Texts: []string{c.Explanation, c.ExplanationKorean}, Titled: true})
	if len(v.Others) > 0 {
		add(secondary(v.Others))
	}
	add(page.Checks{Title: text.Of("What could be wrong with it"), Items: c.threats(rep.Controls)})
	add(page.Command{Lead: text.Of("Again"), Line: rep.reproduce(v)})
	return s
}

// secondary are effects that are no part of the verdict.
func secondary(effects []results.Effect) page.Table {
	t := page.Table{Class: "others", Columns: page.Heads("beside it", "value", "interval")}
	t.Columns[1].Class, t.Columns[2].Class = "value", "bounds"
	for _, e := range effects {
		m := measure(e)
		row := page.Cells("", orDash(m.Value), orDash(m.Bounds))
		row.Cells[0].Text = e.Name
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (rep *Report) controls() page.Section {
	t := page.Table{Columns: page.Heads("trial", "what was compared", "twin over original", "passed for a difference")}
	for _, c := range rep.Controls {
		row := page.Cells(c.Trial, "", stat.FormatInterval(c.Ratio, "×"), "")
		row.Cells[1].Text, row.Cells[3].Text = said(c.Value), text.Of("no")
		if c.Declared {
			row.Cells[3].Text = text.Of("yes")
		}
		t.Rows = append(t.Rows, row)
	}
	return page.Section{ID: "controls", Title: text.Of("Identical trials"), Blocks: []page.Block{page.Text{rep.agreement()}, t}}
}

func (rep *Report) machine() page.Section {
	s := page.Section{ID: "machine", Title: text.Of("The run and the machine"), Blocks: []page.Block{environment(rep.Manifest)}}
	if len(rep.Files) > 0 {
		s.Blocks = append(s.Blocks, page.Links{
			Title: text.Of("Raw data"), Text: text.Of("Everything above is computed from these files, which stand beside this page."), Files: rep.Files,
		})
	}
	return s
}

// minWidth is how wide the table of verdicts is at least.
const minWidth = 76

// maxClaim is the most columns that a claim's name takes of a terminal.
const maxClaim = 24

// VerdictTable writes the claims' verdicts for a terminal, and under them how many are supported, refuted and so on.
func VerdictTable(w io.Writer, verdicts []results.Verdict, in page.Terminal) error {
	t := page.Table{Ruled: true, Columns: page.Heads("claim", "verdict", "effect", "runs")}
	t.Columns[0].Most, t.Columns[2].Head, t.Columns[2].Rest = maxClaim, text.Plain("effect (interval)"), true
	for i, name := range names(verdicts) {
		v := &verdicts[i]
		effect := measure(v.Effect)
		runs := fmt.Sprint(v.Runs)
		if v.Invalid > 0 {
			runs += fmt.Sprintf("\n%d invalid", v.Invalid)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{
			{Code: name}, {Badge: badge(v.Outcome)}, {Measure: &effect}, {Text: text.Plain(runs)},
		}})
	}
	if in.Width > 0 {
		in.Width = max(in.Width, minWidth)
	}
	if err := t.Print(w, in); err != nil {
		return fmt.Errorf("verdict table: %w", err)
	}
	_, err := fmt.Fprintln(w, Tally(verdicts))
	return err
}
