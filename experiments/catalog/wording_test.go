package catalog

import (
	"go/ast"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/experiments"
)

// folderOf is the name of an experiment's folder, which is its package's.
func folderOf(t *testing.T, e experiments.Experiment) string {
	t.Helper()
	doc, err := e.Text.Files.ReadFile("doc.go")
	if err != nil {
		t.Fatalf("%s: %v", e.ID, err)
	}
	_, name, _ := strings.Cut(string(doc), "\npackage ")
	return strings.TrimSpace(name)
}

// A claim says the same in both languages, with the same figures, and all of it.
func TestClaimsSayTheSameInBothLanguages(t *testing.T) {
	for _, e := range worded() {
		literals := literalsOf(t, folderOf(t, e))
		if err := e.Text.Check(literals); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
		korean, err := e.Text.Korean()
		if err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
		for what, english := range map[string]string{"claim": e.Text.Claim(), "what is said": e.Text.Said()} {
			if english == "" || !hangul(korean[english]) {
				t.Errorf("%s lacks its %s in one of the languages: %q, %q", e.ID, what, english, korean[english])
			}
		}
		unfilled, err := e.Text.Phrases()
		if err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
		for english := range unfilled {
			if !slices.Contains(literals, english) {
				t.Errorf("%s: ko.json has %q, which no source says", e.ID, english)
			}
		}
	}
}

// What a claim says holds no figure but by a constant's name, so that no sentence and no judge can part. Words
// that hold a digit and are no figure of the claim are declared here.
func TestClaimsTakeTheirFiguresFromConstants(t *testing.T) {
	for _, e := range worded() {
		said, err := e.Text.Unfilled()
		if err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
		for english := range texts(t, filepath.Join("..", folderOf(t, e))) {
			said = append(said, english)
		}
		for _, s := range said {
			if strings.HasPrefix(s, "\t") { // a formula, set apart
				continue
			}
			s = verb.ReplaceAllString(s, "")
			for _, word := range noFigures {
				s = word.ReplaceAllString(s, "")
			}
			if at := strings.IndexAny(s, "0123456789"); at >= 0 {
				t.Errorf("%s: a figure that is no constant's: …%s…", e.ID, s[max(0, at-30):min(len(s), at+30)])
			}
		}
	}
}

// noFigures hold digits that no constant of a claim gives.
var noFigures = []*regexp.Regexp{
	regexp.MustCompile(`\{\w+\}`),                            // a constant's name
	regexp.MustCompile(`\b(19|20)\d\d\b`),                    // the year of a source
	regexp.MustCompile(`M/[MGD]/\w+(-PS)?`),                  // Kendall's names of queues
	regexp.MustCompile(`\bp95\b|95th percentile`),            // a quantile's name
	regexp.MustCompile(`\b1/(\([^)]*\)|D(_g)?\b|X\(1\))`),    // parts of formulas: one over a demand, …
	regexp.MustCompile(`\b1 ?[−+] ?|\b2h\b|\b2·RTT\b|[24]C`), // … one less or more than a term, a term twice
	regexp.MustCompile(`X\(1\)`),                             // the throughput of one worker or thread
	regexp.MustCompile(`\bpython3\b`),                        // the program
}

// Values are computed of what the judge and the trials use: none is a literal.
func TestValuesAreNoLiterals(t *testing.T) {
	for _, e := range worded() {
		for _, f := range parse(t, filepath.Join("..", folderOf(t, e))) {
			ast.Inspect(f.file, func(n ast.Node) bool {
				list, ok := n.(*ast.CompositeLit)
				if !ok {
					return true
				}
				if kind, ok := list.Type.(*ast.SelectorExpr); !ok || kind.Sel.Name != "Values" {
					return true
				}
				for _, element := range list.Elts {
					pair, ok := element.(*ast.KeyValueExpr)
					if !ok || !hasName(pair.Value) {
						t.Errorf("%s: a value of its own: %v", e.ID, pair.Key)
					}
				}
				return true
			})
		}
	}
}

// hasName reports whether an expression has a name in it.
func hasName(e ast.Expr) (named bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		_, name := n.(*ast.Ident)
		named = named || name
		return true
	})
	return named
}

// literalsOf are all string constants of a folder's sources.
func literalsOf(t *testing.T, folder string) (all []string) {
	t.Helper()
	var c collector
	for _, f := range parse(t, filepath.Join("..", folder)) {
		ast.Inspect(f.file, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				if s, ok := c.constant(e, 0); ok {
					all = append(all, s)
				}
			}
			return true
		})
	}
	return all
}

// worded are the claims whose words are filled from constants.
func worded() []experiments.Experiment {
	return slices.DeleteFunc(Experiments(), func(e experiments.Experiment) bool { return e.Conclude == nil })
}
