package report

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
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
