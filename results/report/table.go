package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// A TableStyle says how a table is set in a terminal.
type TableStyle struct {
	Width int  // columns; 0: 80. Below 76 it is 76
	Color bool // the outcome in colour; the caller knows the terminal and NO_COLOR
}

const (
	defaultWidth = 80
	minWidth     = 76
)

// VerdictTable writes the claims' verdicts as a table no wider than the style says, long text
// wrapped, and under it how many are supported, refuted and so on.
func VerdictTable(w io.Writer, verdicts []results.Verdict, style TableStyle) error {
	table := tablewriter.NewTable(w,
		tablewriter.WithHeaderAutoFormat(tw.Off), // it would turn "p99 (ms)" into "P 99 ( MS )"
		tablewriter.WithHeaderAlignment(tw.AlignLeft),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRendition(tw.Rendition{Settings: tw.Settings{
			Separators: tw.Separators{BetweenRows: tw.On},
		}}),
	)
	table.Header("claim", "verdict", "effect (interval)", "runs")
	names := names(verdicts)
	columns := layout(names, style)
	for i, v := range verdicts {
		if err := table.Append(row(names[i], v, columns, style.Color)); err != nil {
			return fmt.Errorf("verdict table: %w", err)
		}
	}
	if err := table.Render(); err != nil {
		return fmt.Errorf("verdict table: %w", err)
	}
	_, err := fmt.Fprintln(w, Tally(verdicts))
	return err
}

// Tally counts the outcomes: "8 claims: 6 supported, 1 depends, 1 inconclusive."
func Tally(verdicts []results.Verdict) string {
	counts := make(map[results.Outcome]int)
	for _, v := range verdicts {
		counts[v.Outcome]++
	}
	var parts []string
	for _, o := range results.Outcomes() {
		if n := counts[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	if len(parts) == 0 {
		return "No claims were judged."
	}
	return fmt.Sprintf("%s: %s.", text.Count(len(verdicts), "claim"), strings.Join(parts, ", "))
}

// Columns' widths inside their padding.
type columns struct{ claim, effect, runs int }

const (
	frame        = 13 // four columns' borders and padding
	outcomeWidth = len("inconclusive")
	runsWidth    = len("12 invalid")
	maxClaim     = 24
)

func layout(names []string, style TableStyle) columns {
	width := style.Width
	if width == 0 {
		width = defaultWidth
	}
	c := columns{claim: len("claim"), runs: runsWidth}
	for _, name := range names {
		for _, line := range text.Wrap(name, maxClaim) {
			c.claim = max(c.claim, utf8.RuneCountInString(line))
		}
	}
	c.effect = max(width, minWidth) - frame - c.claim - outcomeWidth - c.runs
	return c
}

func row(name string, v results.Verdict, c columns, color bool) []string {
	outcome := v.Outcome.String()
	if color {
		outcome = colored(v.Outcome)
	}
	runs := fmt.Sprint(v.Runs)
	if v.Invalid > 0 {
		runs += fmt.Sprintf("\n%d invalid", v.Invalid)
	}
	return []string{cell(name, c.claim), outcome, effectCell(v.Effect, c.effect), runs}
}

func cell(s string, width int) string { return strings.Join(text.Wrap(s, width), "\n") }

// effectCell names the effect and gives its figures on a line of their own.
func effectCell(e results.Effect, width int) string {
	if e.Name.Empty() && e.Interval == (stat.Interval{}) {
		return "–"
	}
	figures := cell(stat.FormatInterval(e.Interval, e.Unit), width)
	if e.Name.Empty() {
		return figures
	}
	return cell(e.Name.String(), width) + "\n" + figures
}

// colored marks an outcome by colour and never by it alone: the word is there too.
func colored(o results.Outcome) string {
	code := map[results.Outcome]string{
		results.Supported: "32", results.Refuted: "31", results.Depends: "36", results.Inconclusive: "33",
	}[o]
	return "\x1b[" + code + "m" + o.String() + "\x1b[0m"
}
