package report

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/results/host"
	"github.com/workerlab/workerlab/results/text"
)

// A Document is a page of its own, in English, that says something else than verdicts: a plan. It has the look
// of a report and is, like it, one file that opens offline.
type Document struct {
	Title    string   // of the browser's window
	What     string   // what the page is, above the headline
	Headline string   // what came out, in a sentence
	Basis    string   // what it rests on
	Alerts   []string // what a reader should know before anything else
	Sections []Section
	Files    []string // beside the page
}

// A Section is a part of a document, of which any may be empty.
type Section struct {
	Title   string
	Text    []string // paragraphs
	Tables  []Grid
	Figures []Figure
	Facts   []Fact
	Notes   []string // paragraphs under all that
	Code    string
}

// A Grid is a table whose cells are text. Each row's first cell is its head.
type Grid struct {
	Caption string
	Heads   []string
	Rows    [][]string
}

// A Fact is a line about something.
type Fact = fact

// NewFact is a line in English.
func NewFact(what, value string) Fact { return plain(what, value) }

// HostFacts are the lines about a machine that a report has. What is not known is left out.
func HostFacts(h host.Host) []Fact {
	return slices.DeleteFunc(hostFacts(h), func(f fact) bool { return f.Value.String() == "" })
}

// documentView is what the document's template is given.
type documentView struct {
	*Document
	Sections []sectionView
	Style    template.CSS
	Script   template.JS
}

type sectionView struct {
	*Section
	Anchor string
	Drawn  []figureView
}

// WindowTitle is the page's name in a browser.
func (v *documentView) WindowTitle() string { return v.Title }

// WriteHTML writes the document as one file: styles, figures and script are inside it.
func (d *Document) WriteHTML(w io.Writer) (err error) {
	v := &documentView{Document: d}
	plots := false
	for i := range d.Sections {
		s := sectionView{Section: &d.Sections[i], Anchor: anchor(d.Sections[i].Title)}
		for k := range s.Figures {
			figure, err := newFigure(&s.Figures[k], nil)
			if err != nil {
				return fmt.Errorf("write document: %w", err)
			}
			s.Drawn = append(s.Drawn, figure)
			plots = plots || figure.Plot != nil
		}
		v.Sections = append(v.Sections, s)
	}
	if v.Style, v.Script, err = styleAndScript(plots); err != nil {
		return err
	}
	return execute(w, "document.html", text.Catalogue{}, v)
}

// WriteMarkdown writes the document as Markdown.
func (d *Document) WriteMarkdown(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n**%s**\n\n", escape(d.Title), escape(d.Headline))
	if d.Basis != "" {
		fmt.Fprintf(&b, "%s\n\n", escape(d.Basis))
	}
	for _, alert := range d.Alerts {
		fmt.Fprintf(&b, "> - %s\n", escape(alert))
	}
	if len(d.Alerts) > 0 {
		fmt.Fprintln(&b)
	}
	for i := range d.Sections {
		d.Sections[i].markdown(&b)
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}

func (s *Section) markdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "## %s\n\n", escape(s.Title))
	paragraphs := func(texts []string) {
		for _, p := range texts {
			fmt.Fprintf(b, "%s\n\n", escape(p))
		}
	}
	paragraphs(s.Text)
	for _, grid := range s.Tables {
		if grid.Caption != "" {
			fmt.Fprintf(b, "%s:\n\n", escape(grid.Caption))
		}
		rows := [][]string{escapeAll(grid.Heads)}
		for _, row := range grid.Rows {
			rows = append(rows, escapeAll(row))
		}
		writeTable(b, rows)
	}
	for _, f := range s.Figures {
		fmt.Fprintf(b, "![%s](%s)\n\n", escape(f.Chart.Title), strings.ReplaceAll(f.File, " ", "%20"))
	}
	if len(s.Facts) > 0 {
		rows := [][]string{{"what", "value"}}
		for _, f := range s.Facts {
			rows = append(rows, []string{escape(f.What.String()), escape(f.Value.String())})
		}
		writeTable(b, rows)
	}
	paragraphs(s.Notes)
	if s.Code != "" {
		fmt.Fprintf(b, "```\n%s\n```\n\n", strings.TrimRight(s.Code, "\n"))
	}
}

func escapeAll(cells []string) (escaped []string) {
	for _, cell := range cells {
		escaped = append(escaped, escape(cell))
	}
	return escaped
}
