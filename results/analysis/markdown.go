package analysis

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/workerlab/workerlab/results"
)

// writeTable writes rows, the first of them the header, as a Markdown table. Cells must be escaped.
//
// Note: tablewriter's Markdown renderer does not escape "|", and pads cells for a terminal.
func writeTable(w *bytes.Buffer, rows [][]string) {
	for i, row := range rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(w, "|%s\n", strings.Repeat(" --- |", len(row)))
		}
	}
	fmt.Fprintln(w)
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

// anchor is the link target that renderers give a heading: lower case, punctuation dropped, spaces
// as hyphens.
func anchor(heading string) string {
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

// names are the verdicts' headings: the claim, and where more than one system was judged, the system.
func names(verdicts []results.Verdict) []string {
	systems := make(map[string]bool)
	for _, v := range verdicts {
		if v.Runs > 0 { // a claim without a run names none
			systems[v.System] = true
		}
	}
	out := make([]string, len(verdicts))
	for i, v := range verdicts {
		out[i] = v.ID
		if len(systems) > 1 && v.System != "" {
			out[i] += " on " + v.System
		}
	}
	return out
}

// mark is an outcome that is found at a glance, by its shape as well as by its word.
func mark(o results.Outcome) string {
	sign := map[results.Outcome]string{
		results.Supported: "✔", results.Refuted: "✘", results.Depends: "◐", results.Inconclusive: "?",
	}[o]
	return sign + " " + o.String()
}

// effectLine is the effect on one line: "X(8)/X(1): 6.97 × (6.81 to 7.14)".
func effectLine(e results.Effect) string {
	if e.Name.Empty() && e.Interval == (results.Interval{}) {
		return "no effect could be estimated"
	}
	text := FormatInterval(e.Interval, e.Unit)
	if e.Name.Empty() {
		return text
	}
	return e.Name.String() + ": " + text
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func isAre(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}
