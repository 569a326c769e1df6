package fidelity

import (
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// Columns of the tables inside their padding; with borders 80 in all.
const (
	scenarioWidth  = 20
	ratioWidth     = 31
	behaviourWidth = 13
	classWidth     = 9
	seenWidth      = 48
)

// Print writes the report for a person, at most 80 columns wide.
func (r Report) Print(w io.Writer) error {
	if r.Shape != nil {
		if err := r.Shape.print(w); err != nil {
			return err
		}
	}
	if r.Behaviour != nil {
		return r.Behaviour.print(w)
	}
	return nil
}

func (s *Shape) print(w io.Writer) error {
	var rows [][]string
	for _, c := range s.Curves {
		rows = append(rows, []string{wrap(c.Scenario+": "+c.Figure, scenarioWidth), c.ratios(), c.off(), string(c.Within)})
	}
	if err := table(w, []string{"scenario", "ours / gunicorn (95 %)", "off by", "≤ 10 %"}, rows); err != nil {
		return err
	}
	return lines(w, s.tally())
}

// ratios are those of all points, each on a line.
func (c Curve) ratios() string {
	if c.Lacks != "" {
		return wrap(c.Lacks, ratioWidth)
	}
	var lines []string
	for _, p := range c.Points {
		lines = append(lines, fmt.Sprintf("%s: %s", p.At, hundredths(p.Ratio)))
	}
	return strings.Join(lines, "\n")
}

// hundredths is a ratio with its interval: "1.02 (0.98–1.06)".
func hundredths(i stat.Interval) string {
	return fmt.Sprintf("%.2f (%.2f–%.2f)", i.Estimate, i.Low, i.High)
}

// off is how far the curve is off.
func (c Curve) off() string {
	if c.Lacks != "" {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*c.Off)
}

// tally says in a sentence or two what came of the curves.
func (s *Shape) tally() string {
	counts := make(map[Answer]int)
	for _, c := range s.Curves {
		counts[c.Within]++
	}
	said := fmt.Sprintf("%s: %d within 10 %%, %d not, %d undecided. %d of %d runs do not count.",
		text.Count(len(s.Curves), "curve"), counts[Yes], counts[No], counts[Undecided], s.Invalid, s.Runs)
	if s.Left > 0 {
		said += fmt.Sprintf(" There was no time for %s.", text.Count(s.Left, "run"))
	}
	return said
}

func (b *Behaved) print(w io.Writer) error {
	var rows [][]string
	for _, f := range findings(b.Rows) {
		rows = append(rows, []string{f.Behaviour, wrap(f.Classes, classWidth), f.seen()})
	}
	if err := table(w, []string{"behaviour", "classes", "what a client sees"}, rows); err != nil {
		return err
	}
	return lines(w, b.tally())
}

// seen is the finding in lines.
func (f finding) seen() string {
	if f.Same {
		return wrap("same: "+f.Ours, seenWidth)
	}
	return strings.Join([]string{wrap("ours: "+f.Ours, seenWidth), wrap("gunicorn: "+f.Theirs, seenWidth), wrap(f.Reason, seenWidth)}, "\n")
}

// tally counts the rows.
func (b *Behaved) tally() string {
	same, explained := 0, 0
	for _, row := range b.Rows {
		switch {
		case row.Same:
			same++
		case row.Reason != "":
			explained++
		}
	}
	return fmt.Sprintf("%s of classes: %d the same, %d different for a known reason, %d unexplained.",
		text.Count(len(b.Rows), "behaviour"), same, explained, len(b.Rows)-same-explained)
}

func wrap(s string, columns int) string { return strings.Join(text.Wrap(s, columns), "\n") }

// lines writes a sentence in lines of a terminal.
func lines(w io.Writer, sentence string) error {
	_, err := fmt.Fprintln(w, wrap(sentence, behaviourWidth+classWidth+seenWidth))
	return err
}

func table(w io.Writer, header []string, rows [][]string) error {
	t := tablewriter.NewTable(w,
		tablewriter.WithHeaderAutoFormat(tw.Off), // it would change the case
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRendition(tw.Rendition{Settings: tw.Settings{Separators: tw.Separators{BetweenRows: tw.On}}}),
	)
	t.Header(header)
	if err := t.Bulk(rows); err != nil {
		return fmt.Errorf("fidelity table: %w", err)
	}
	if err := t.Render(); err != nil {
		return fmt.Errorf("fidelity table: %w", err)
	}
	return nil
}
