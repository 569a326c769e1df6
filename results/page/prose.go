package page

import (
	"html/template"
	"strings"
	"unicode/utf8"
)

// prose is a text of paragraphs in every language.
func (v *view) prose(p Prose) template.HTML {
	var all []string
	for i := range v.Spoken {
		all = append(all, "")
		if i < len(p.Texts) {
			all[i] = strings.TrimSpace(p.Texts[i])
		}
		if p.Titled {
			_, all[i], _ = strings.Cut(all[i], "\n\n")
		}
		all[i] = paragraphs(all[i])
		if all[i] == "" {
			all[i] = all[0]
		}
	}
	return v.spoken("div", all)
}

// paragraphs makes HTML of an explanation: paragraphs apart by empty lines, code indented by a tab,
// a paragraph's first words ("The claim.") its heading where they are few.
func paragraphs(explanation string) string {
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
	return b.String()
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
