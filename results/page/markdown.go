package page

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/workerlab/workerlab/results/text"
)

// WriteMarkdown writes the document in English as Markdown.
func (d *Document) WriteMarkdown(w io.Writer) error {
	var b bytes.Buffer
	d.markdown(&b)
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}

func (d *Document) markdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "# %s\n\n**%s**\n", escape(d.Window), escape(d.Headline.String()))
	if d.Basis.Empty() {
		fmt.Fprintln(b)
	}
	for _, m := range []text.Message{d.Basis, d.Note} {
		if s := m.String(); s != "" {
			fmt.Fprintf(b, "%s\n\n", escape(s))
		}
	}
	list := false
	for _, alert := range d.Alerts {
		if alert.Head.Empty() {
			fmt.Fprintf(b, "> - %s\n", escape(alert.Text.String()))
			list = true
			continue
		}
		fmt.Fprintf(b, "> **%s**: %s.\n\n", escape(alert.Head.String()), escape(alert.Text.String()))
	}
	if list {
		fmt.Fprintln(b)
	}
	for _, s := range d.Sections {
		heading := s.Name
		if heading == "" {
			heading = s.Title.String()
		}
		if !s.Lead {
			fmt.Fprintf(b, "## %s\n\n", escape(heading))
		}
		for _, block := range s.Blocks {
			markdown(b, block)
		}
	}
}

func markdown(w *bytes.Buffer, block Block) {
	switch x := block.(type) {
	case Text:
		for _, p := range x {
			fmt.Fprintf(w, "%s\n\n", escape(p.String()))
		}
	case Claim:
		if !x.Tested.Empty() {
			fmt.Fprintf(w, "> %s\n\n", escape(x.Tested.String()))
		}
		if !x.Said.Empty() {
			fmt.Fprintf(w, "Commonly said: %s\n\n", escape(x.Said.String()))
		}
	case Finding:
		fmt.Fprintf(w, "**%s** – %s", x.Badge, escape(x.Measure.String()))
		if x.Confidence > 0 {
			fmt.Fprintf(w, ", %g %% interval", 100*x.Confidence)
		}
		fmt.Fprintf(w, ". %s\n\n", escape(x.Why.String()))
	case Figure:
		fmt.Fprintf(w, "![%s](%s)\n\n", escape(x.Chart.Title), strings.ReplaceAll(x.File, " ", "%20"))
	case Prose:
		if len(x.Texts) > 0 && strings.TrimSpace(x.Texts[0]) != "" {
			fmt.Fprintf(w, "%s\n\n", strings.TrimSpace(x.Texts[0]))
		}
	case Table:
		x.markdown(w)
	case Checks:
		for _, c := range x.Items {
			fmt.Fprintf(w, "- %s %s\n", escape(c.Question.String()), escape(c.Answer.String()))
		}
		fmt.Fprintln(w)
	case Command:
		fmt.Fprintf(w, "%s: `%s`\n\n", x.Lead, x.Line)
	case Terms:
		for _, term := range x {
			fmt.Fprintf(w, "- %s: %s\n", term.Badge, term.Text)
		}
		fmt.Fprintln(w)
	case Facts:
		x.table().markdown(w)
	case Sides:
		x.markdown(w)
	case Code:
		fmt.Fprintf(w, "```\n%s\n```\n\n", strings.TrimRight(string(x), "\n"))
	case Links:
	}
}

// String is the badge's sign and word.
func (b Badge) String() string { return b.Sign + " " + b.Word.String() }

func (s Sides) markdown(w *bytes.Buffer) {
	fmt.Fprintf(w, "### %s\n\n", escape(s.Title.String()))
	for _, side := range s.Items {
		fmt.Fprintf(w, "%s\n\n", escape(side.Of))
		for _, line := range side.Lines {
			fmt.Fprintf(w, "- %s: %s. %s\n", escape(line.Who), line.Badge, escape(line.Text.String()))
		}
		fmt.Fprintln(w)
	}
}

func (f Facts) table() Table {
	t := Table{Columns: []Column{{Head: text.Plain("what")}, {Head: text.Plain("value")}}}
	for _, fact := range f {
		t.Rows = append(t.Rows, Row{Cells: []Cell{{Text: fact.What}, {Text: fact.Value}}})
	}
	return t
}

// markdown writes the table.
//
// Note: tablewriter's Markdown renderer does not escape "|", and pads cells for a terminal.
func (t Table) markdown(w *bytes.Buffer) {
	if !t.Title.Empty() {
		fmt.Fprintf(w, "%s:\n\n", escape(t.Title.String()))
	}
	for _, c := range t.Columns {
		fmt.Fprintf(w, "| %s ", escape(c.Head.String()))
	}
	fmt.Fprintf(w, "|\n|%s\n", strings.Repeat(" --- |", len(t.Columns)))
	for _, row := range t.Rows {
		for i, c := range row.Cells {
			cell := c.markdown()
			if i == 0 && row.Marked {
				cell = "**" + cell + "**"
			}
			fmt.Fprintf(w, "| %s ", cell)
		}
		fmt.Fprintln(w, "|")
	}
	fmt.Fprintln(w)
}

func (c Cell) markdown() string {
	switch {
	case c.Link != "":
		return fmt.Sprintf("[%s](#%s)", escape(c.Code), c.Link)
	case c.Badge.Sign != "":
		return strings.TrimSpace(c.Badge.String() + " " + escape(c.Text.String()))
	case c.Measure != nil:
		return escape(c.Measure.String())
	case c.Code != "":
		return escape(c.Code)
	}
	return escape(c.Text.String())
}

// special are the characters that CommonMark or its tables give a meaning inside a line.
var special = strings.NewReplacer(
	`\`, `\\`, `|`, `\|`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`,
	`<`, `&lt;`, `>`, `&gt;`, `#`, `\#`, `~`, `\~`,
)

// escape makes text stand in Markdown as it is, on one line.
func escape(text string) string {
	return special.Replace(strings.Join(strings.Fields(text), " "))
}

// Anchor is the link target that renderers give a heading: lower case, punctuation dropped, spaces
// as hyphens.
func Anchor(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('-')
		}
	}
	return b.String()
}
