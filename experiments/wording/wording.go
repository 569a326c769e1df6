package wording

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/workerlab/workerlab/results/text"
)

// The files of a claim's folder that say something.
const (
	english = "doc.go"
	korean  = "ko.md"
	phrases = "ko.json"
)

// The first words of the paragraphs that are read one by one.
var (
	claims = [2]string{"The claim. ", "주장. "}
	said   = [2]string{"What is said. ", "흔히 하는 말. "}
)

// A Text is what a claim says: the folder's doc.go, ko.md and ko.json, and the figures in them.
type Text struct {
	Files  embed.FS
	Values Values

	dir string // of the files; "": the folder itself
}

// Claim is the falsifiable sentence.
func (t Text) Claim() string { return oneLine(paragraph(t.doc(), claims[0])) }

// Said is what is commonly said, and where: what the claim sharpens.
func (t Text) Said() string { return oneLine(paragraph(t.doc(), said[0])) }

// Explain is all of doc.go as text that is also Markdown.
func (t Text) Explain() string { return t.doc() }

// Background is what stands behind the claim, to be read beside it: doc.go without the claim and what is said.
func (t Text) Background() string { return without(t.doc(), claims[0], said[0]) }

// KoreanBackground is Background in Korean.
func (t Text) KoreanBackground() string { return without(t.koreanDoc(), claims[1], said[1]) }

// KoreanExplain is Explain in Korean.
func (t Text) KoreanExplain() string { return t.koreanDoc() }

// Korean is the Korean of the claim, of what is said and of every phrase, by the English.
func (t Text) Korean() (text.Catalogue, error) {
	unfilled, err := t.Phrases()
	if err != nil {
		return nil, err
	}
	all := make(text.Catalogue, len(unfilled)+2)
	for e, k := range unfilled {
		all[t.Values.English(e)] = t.Values.Korean(k)
	}
	doc := t.koreanDoc()
	all[t.Claim()] = oneLine(paragraph(doc, claims[1]))
	all[t.Said()] = oneLine(paragraph(doc, said[1]))
	return all, nil
}

// Check reports what keeps the texts from saying the same in both languages: a paragraph or a figure that one of
// them lacks, a name without a value, a value that nothing names. The code is what the folder's sources say.
func (t Text) Check(code []string) error {
	unfilled, err := t.Phrases()
	if err != nil {
		return err
	}
	ours, theirs := split(comment(t.read(english))), split(t.read(korean))
	if len(ours) != len(theirs) {
		return fmt.Errorf("%s has %d paragraphs, %s %d", english, len(ours), korean, len(theirs))
	}
	used := make(map[string]bool)
	var faults []error
	compare := func(e, k string) {
		a, b := names(e), names(k)
		if !maps.Equal(a, b) {
			faults = append(faults, fmt.Errorf("%q names %v, %q %v", e, sorted(a), k, sorted(b)))
		}
		maps.Copy(used, a)
	}
	for i := range ours {
		compare(ours[i], theirs[i])
	}
	for _, e := range slices.Sorted(maps.Keys(unfilled)) {
		compare(e, unfilled[e])
	}
	for _, phrase := range code {
		maps.Copy(used, names(phrase))
	}
	for _, name := range sorted(used) {
		if _, ok := t.Values[name]; !ok {
			faults = append(faults, fmt.Errorf("{%s} has no value", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Values)) {
		if !used[name] {
			faults = append(faults, fmt.Errorf("nothing says {%s}", name))
		}
	}
	return errors.Join(faults...)
}

// Unfilled are all texts with the names in their places, for a test that looks for figures among them.
func (t Text) Unfilled() ([]string, error) {
	unfilled, err := t.Phrases()
	all := slices.Concat(split(comment(t.read(english))), split(t.read(korean)))
	for _, e := range slices.Sorted(maps.Keys(unfilled)) {
		all = append(all, e, unfilled[e])
	}
	return all, err
}

func (t Text) doc() string       { return t.Values.English(comment(t.read(english))) }
func (t Text) koreanDoc() string { return t.Values.Korean(t.read(korean)) }

// Phrases are the phrases of ko.json, English to Korean, with the names in their places.
func (t Text) Phrases() (all text.Catalogue, err error) {
	if err := json.Unmarshal([]byte(t.read(phrases)), &all); err != nil {
		return nil, fmt.Errorf("%s: %w", phrases, err)
	}
	return all, nil
}

// read is an embedded file; empty where there is none.
func (t Text) read(name string) string {
	content, err := t.Files.ReadFile(t.dir + name)
	if err != nil {
		return ""
	}
	return string(content)
}

// comment is a package's comment as text: without its slashes, the package clause and its name.
func comment(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		text, comment := strings.CutPrefix(line, "//")
		if !comment {
			break
		}
		b.WriteString(strings.TrimPrefix(text, " "))
	}
	_, text, _ := strings.Cut(b.String(), ": ")
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// split are a text's paragraphs.
func split(doc string) []string {
	return slices.DeleteFunc(strings.Split(strings.TrimSpace(doc), "\n\n"), func(p string) bool { return strings.TrimSpace(p) == "" })
}

// paragraph is the one that begins with a lead, without it.
func paragraph(doc, lead string) string {
	for _, p := range split(doc) {
		if rest, found := strings.CutPrefix(p, lead); found {
			return rest
		}
	}
	return ""
}

// without are all paragraphs but those that begin with one of the leads.
func without(doc string, leads ...string) string {
	kept := slices.DeleteFunc(split(doc), func(p string) bool {
		return slices.ContainsFunc(leads, func(lead string) bool { return strings.HasPrefix(p, lead) })
	})
	return strings.Join(kept, "\n\n") + "\n"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// names are those of the values in a text.
func names(s string) map[string]bool {
	all := make(map[string]bool)
	for _, m := range named.FindAllStringSubmatch(s, -1) {
		all[m[1]] = true
	}
	return all
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
