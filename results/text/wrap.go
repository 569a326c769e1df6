package text

import (
	"fmt"
	"io"
	"strings"
)

// Wrap breaks a text at its spaces into lines of at most so many columns. A word that is longer than a
// line is broken too: behind a hyphen, comma, slash, equals sign or underscore where there is one.
func Wrap(s string, columns int) (lines []string) {
	var line []rune
	for _, word := range words(s) {
		rest := []rune(word)
		if len(line) > 0 && len(line)+1+len(rest) <= columns {
			line = append(append(line, ' '), rest...)
			continue
		}
		if len(line) > 0 {
			lines = append(lines, string(line))
		}
		for len(rest) > columns {
			at := breakBefore(rest, columns)
			lines, rest = append(lines, string(rest[:at])), rest[at:]
		}
		line = rest
	}
	return append(lines, string(line))
}

// words are what may be set on different lines: spaces that do not break stay within one.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' })
}

// breakBefore is the last place within so many columns at which a word may be broken.
func breakBefore(word []rune, columns int) int {
	for at := columns; at > 1; at-- {
		if strings.ContainsRune("-,/=_", word[at-1]) {
			return at
		}
	}
	return max(1, columns)
}

// Width is that of what is printed for a person.
const Width = 79

// Paragraph prints sentences as a paragraph.
func Paragraph(w io.Writer, sentences string) {
	fmt.Fprintln(w, strings.Join(Wrap(sentences, Width), "\n"))
}

// Cut is a line that is cut off at so many columns.
func Cut(line string, columns int) string {
	runes := []rune(line)
	return string(runes[:min(len(runes), columns)])
}

// Count is "1 claim", "2 claims".
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
