package report

import (
	"html/template"
	"strings"
	"unicode/utf8"
)

// paragraphs makes HTML of an explanation: paragraphs apart by empty lines, code indented by a tab,
// a paragraph's first words ("The claim.") its heading where they are few.
func paragraphs(explanation string) template.HTML {
	var b strings.Builder
	for part := range strings.SplitSeq(strings.ReplaceAll(explanation, "\r", ""), "\n\n") {
		switch trimmed := strings.Trim(part, "\n"); {
		case strings.TrimSpace(trimmed) == "":
		case strings.HasPrefix(trimmed, "\t"):
			b.WriteString("<pre>" + template.HTMLEscapeString(strings.ReplaceAll("\n"+trimmed, "\n\t", "\n")[1:]) + "</pre>\n")
		default:
			b.WriteString("<p>" + lead(strings.Join(strings.Fields(trimmed), " ")) + "</p>\n")
		}
	}
	return template.HTML(b.String()) //nolint:gosec // escaped piece by piece
}

// longestLead is how many letters a paragraph's heading has at most.
const longestLead = 24

func lead(paragraph string) string {
	first, rest, found := strings.Cut(paragraph, ". ")
	if !found || utf8.RuneCountInString(first) > longestLead {
		return template.HTMLEscapeString(paragraph)
	}
	return "<strong>" + template.HTMLEscapeString(first) + ".</strong> " + template.HTMLEscapeString(rest)
}
