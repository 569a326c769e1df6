package compare

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// Style says how a comparison is written.
type Style struct {
	Color bool // words in colour; the caller knows the terminal and NO_COLOR
}

// The table's columns inside their padding; with borders 80 in all.
const (
	width       = 80
	cellWidth   = 33
	figureWidth = 23
	ratioWidth  = 14
)

// Print writes the comparison for a person, at most 80 columns wide: doubts and verdicts first, then
// regressions, improvements, and how many stayed as they were.
func (c *Comparison) Print(w io.Writer, s Style) error {
	fmt.Fprintf(w, "A  %s\nB  %s\n\n", c.A, c.B)
	for _, doubt := range c.Doubts {
		fmt.Fprintln(w, indent(s.paint("33;1", "CAUTION"), "CAUTION", ": "+doubt))
	}
	for _, v := range c.Verdicts {
		fmt.Fprintln(w, indent(s.paint("36", "VERDICT"), "VERDICT", fmt.Sprintf(" %s: %s → %s", v.ID, orNot(v.From), orNot(v.To))))
	}
	if len(c.Doubts)+len(c.Verdicts) > 0 {
		fmt.Fprintln(w)
	}
	for _, kind := range []Kind{Regression, Improvement} {
		if err := c.table(w, kind, s); err != nil {
			return err
		}
	}
	c.summary(w)
	return nil
}

func orNot(outcome string) string {
	if outcome == "" {
		return "not judged"
	}
	return outcome
}

func (c *Comparison) table(w io.Writer, kind Kind, s Style) error {
	changes := c.Of(kind)
	if len(changes) == 0 {
		return nil
	}
	color := "32;1"
	if kind == Regression {
		color = "31;1"
	}
	fmt.Fprintln(w, s.paint(color, text.Count(len(changes), string(kind))))
	table := tablewriter.NewTable(w,
		tablewriter.WithHeaderAutoFormat(tw.Off), // it would change the case
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
	)
	table.Header("cell", "A → B", "B/A (interval)")
	for _, x := range changes {
		if err := table.Append(x.row()); err != nil {
			return fmt.Errorf("comparison table: %w", err)
		}
	}
	if err := table.Render(); err != nil {
		return fmt.Errorf("comparison table: %w", err)
	}
	return nil
}

func (x Change) row() []string {
	title := x.Metric
	for _, m := range Metrics() {
		if m.Name == x.Metric {
			title = m.Title
		}
	}
	levels := stat.Format(x.A, x.Unit) + " → " + stat.Format(x.B, x.Unit)
	if short := shortened(x); len([]rune(levels)) > figureWidth {
		levels = short
	}
	ratio := "nothing in B"
	switch {
	case x.fit != nil:
		ratio = fmt.Sprintf("%s ×\n(%s–%s)", three(x.Ratio.Estimate), three(x.Ratio.Low), three(x.Ratio.High))
	case math.IsInf(x.Ratio.Estimate, 1):
		ratio = "nothing in A"
	}
	return []string{
		strings.Join(text.Wrap(Label(x.Cell), cellWidth), "\n"),
		strings.Join(text.Wrap(title, figureWidth), "\n") + "\n" + levels,
		ratio,
	}
}

// shortened leaves out the first unit where both are the same: "185 → 170 requests/s".
func shortened(x Change) string {
	a, b := stat.Format(x.A, x.Unit), stat.Format(x.B, x.Unit)
	number, unit, _ := strings.Cut(a, " ")
	if strings.HasSuffix(b, " "+unit) {
		return strings.Join(text.Wrap(number+" → "+b, figureWidth), "\n")
	}
	return strings.Join(text.Wrap(a+" → "+b, figureWidth), "\n")
}

func three(x float64) string { return fmt.Sprintf("%.3g", x) }

// summary counts what is not in the tables.
func (c *Comparison) summary(w io.Writer) {
	unchanged := len(c.Of(Unchanged))
	fmt.Fprintf(w, "%s compared, %d unchanged: no difference beyond noise was shown.\n", text.Count(len(c.Changes), "figure"), unchanged)
	for _, list := range []struct {
		what  string
		names []string
	}{
		{"only in A", c.OnlyA},
		{"only in B", c.OnlyB},
		{"with fewer than two valid runs on a side, not compared", c.TooFew},
	} {
		if len(list.names) == 0 {
			continue
		}
		fmt.Fprintf(w, "%s %s:\n", text.Count(len(list.names), "cell"), list.what)
		for _, name := range list.names {
			fmt.Fprintln(w, "  "+strings.Join(text.Wrap(Label(name), width-4), "\n    "))
		}
	}
	for _, warning := range c.Warnings {
		fmt.Fprintln(w, indent("warning", "warning", ": "+warning))
	}
}

func (s Style) paint(code, word string) string {
	if !s.Color {
		return word
	}
	return "\x1b[" + code + "m" + word + "\x1b[0m"
}

// indent writes head, which takes as many columns as plain, and a tail behind it, later lines indented.
func indent(head, plain, tail string) string {
	lines := text.Wrap(plain+tail, width-2)
	lines[0] = head + strings.TrimPrefix(lines[0], plain)
	return strings.Join(lines, "\n  ")
}
