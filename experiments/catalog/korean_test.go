package catalog

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/workerlab/workerlab/results/text"
)

// The Korean of a report is complete if every English text that can reach it is in the catalogue. The
// texts are found in the sources: the arguments of the functions that take one, and the fields of
// charts. So no world has to be thought of that brings each of them up.

// takes tells which arguments of a function are shown, and from which on all are.
var takes = map[string][]int{
	"Of": {0}, "text.Errorf": {0}, "Warn": {0}, "Also": {2}, "Conclude": {1, 4}, "AtLeast": {2}, "AtMost": {2}, "Within": {3},
	"Curve": {0}, "Theory": {0, 1}, "Bars": {0}, "Median": {0}, "NewFact": {0}, "Heads": {0, 1, 2, 3, 4, 5, 6}, "Estimate": {2}, "EstimateOf": {2}, "Over": {0}, "invalidate": {0},
}

// shown are the fields of charts, series and claims that a reader sees.
var shown = []string{"Title", "XLabel", "YLabel", "Caption", "Name", "Like", "Categories", "Marks", "X", "Y", "Said", "Claim"}

func TestKoreanIsComplete(t *testing.T) {
	korean, err := Korean()
	if err != nil {
		t.Fatal(err)
	}
	fill := make(map[string]func(string) string)
	for _, e := range worded() {
		fill[folderOf(t, e)] = e.Text.Values.English
	}
	for _, folder := range sources(t) {
		for english, where := range texts(t, folder) {
			if f := fill[filepath.Base(folder)]; f != nil {
				english = f(english)
			}
			if _, ok := korean[english]; !ok && !neutral(english) {
				t.Errorf("%s: no Korean for %q", where, english)
			}
		}
	}
}

// What the page itself says stands in its templates.
func TestPageIsComplete(t *testing.T) {
	korean, err := Korean()
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`\{\{-? ?t "([^"]+)"`)
	pages, err := filepath.Glob("../../results/page/assets/*.html")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	for _, page := range pages {
		code, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range said.FindAllStringSubmatch(string(code), -1) {
			if _, ok := korean[m[1]]; !ok {
				t.Errorf("%s: no Korean for %q", filepath.Base(page), m[1])
			}
		}
	}
}

// sources are the folders whose texts reach a report.
func sources(t *testing.T) []string {
	t.Helper()
	folders, err := filepath.Glob("../*/experiment.go")
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	for i := range folders {
		folders[i] = filepath.Dir(folders[i])
	}
	return append(folders, "..", "../origins", "../../results", "../../results/stat", "../../results/regress", "../../results/chart", "../../results/page", "../../results/report")
}

func hangul(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}

// A value takes the arguments of its key: the same verbs, each as often, in any order if it says which.
func TestKoreanTakesTheSameArguments(t *testing.T) {
	korean, err := Korean()
	if err != nil {
		t.Fatal(err)
	}
	for english, translated := range korean {
		want, err := verbs(english)
		if err != nil {
			t.Errorf("%q: %v", english, err)
		}
		got, err := verbs(translated)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q takes %v, %q takes %v (%v)", english, want, translated, got, err)
		}
		if !hangul(translated) && !neutral(translated) {
			t.Errorf("%q is not put into Korean: %q", english, translated)
		}
	}
}

// verb is one of fmt's, without its space flag: "5 % of" is no verb. %% is none either.
var verb = regexp.MustCompile(`%%|%(\[\d+\])?([-+#0]*)(\d*)(\.\d+)?(\[\d+\])?([a-zA-Z])`)

// verbs are the verbs of a format by the argument that each takes, ascending.
func verbs(format string) ([]string, error) {
	var all []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[0] == "%%" {
			continue
		}
		if index := strings.Trim(m[1]+m[5], "[]"); index != "" {
			n, err := strconv.Atoi(index)
			if err != nil {
				return nil, err
			}
			next = n
		}
		all = append(all, fmt.Sprintf("%03d %s", next, m[2]+m[3]+m[4]+m[6]))
		next++
	}
	slices.Sort(all)
	return all, nil
}

func TestVerbs(t *testing.T) {
	for _, test := range []struct {
		format string
		want   []string
	}{
		{"%d of %s", []string{"001 d", "002 s"}},
		{"%[2]s 중 %[1]d개", []string{"001 d", "002 s"}},
		{"steal above 5 % of a core", nil},
		{"%.0f %% (%g)", []string{"001 .0f", "002 g"}},
	} {
		if got, err := verbs(test.format); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: %v, %v, want %v", test.format, got, err, test.want)
		}
	}
}

// Two translations of one text would make a report depend on the order of the experiments.
func TestKoreanHasNoConflict(t *testing.T) {
	first := make(map[string][2]string) // English → Korean, and whose it is
	for _, e := range Experiments() {
		own := make(text.Catalogue)
		if e.Korean.Messages == "" {
			continue
		}
		if err := json.Unmarshal([]byte(e.Korean.Messages), &own); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
		for english, korean := range own {
			if other, ok := first[english]; ok && other[0] != korean {
				t.Errorf("%q is %q in %s and %q in %s", english, other[0], other[1], korean, e.ID)
			}
			first[english] = [2]string{korean, e.ID}
		}
	}
}

// neutral reports whether a text says the same in both languages: without its verbs and its names of
// classes, quantities and units no word is left. A single letter is a quantity.
func neutral(s string) bool {
	s = verb.ReplaceAllString(s, " ")
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len([]rune(word)) > 1 && !slices.Contains(names, word) {
			return false
		}
	}
	return true
}

// names are words of both languages.
var names = []string{
	"sync", "gthread", "gevent", "eventlet", "tornado", "asgi", "gil", "GIL", "PSS", "USS", "RSS", "CPU", "Go",
	"gunicorn", "workerlab", "somaxconn", "ms", "MiB", "KiB", "FIFO", "LIFO", "max", "min", "pod", "kill", "KB", "MB", "HUP", "SIGHUP", "keep", "alive",
}

// texts are the string constants of a folder's sources that a report can show, and where they stand.
func texts(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := parse(t, folder)
	c := collector{found: make(map[string]string), constants: make(map[string]ast.Expr)}
	for _, f := range files {
		c.declare(f.file)
	}
	for _, f := range files {
		c.path = f.path
		ast.Inspect(f.file, c.visit)
	}
	return c.found
}

type source struct {
	path string
	file *ast.File
}

func parse(t *testing.T, folder string) (all []source) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		code, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, code, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{path, file})
	}
	return all
}

type collector struct {
	found     map[string]string
	constants map[string]ast.Expr
	path      string
}

// declare notes the package's constants, by name: those of functions too, whose names are few.
func (c *collector) declare(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == len(spec.Names) {
			for i, name := range spec.Names {
				c.constants[name.Name] = spec.Values[i]
			}
		}
		return true
	})
}

func (c *collector) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
			if from, ok := f.X.(*ast.Ident); ok && name == "Errorf" { // fmt's is for programmers
				name = from.Name + "." + name
			}
		}
		for _, i := range takes[name] {
			if i < len(n.Args) {
				c.keep(n.Args[i])
			}
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && slices.Contains(shown, key.Name) {
			c.keep(n.Value)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if field, ok := left.(*ast.SelectorExpr); ok && i < len(n.Rhs) && slices.Contains(shown, field.Sel.Name) {
				c.keep(n.Rhs[i])
			}
		}
	}
	return true
}

// keep notes the strings of an expression: a constant, or a list of them. What is computed is made of
// parts that are noted where they stand.
func (c *collector) keep(e ast.Expr) {
	if list, ok := e.(*ast.CompositeLit); ok {
		for _, element := range list.Elts {
			c.keep(element)
		}
		return
	}
	if s, ok := c.constant(e, 0); ok && s != "" {
		c.found[s] = filepath.ToSlash(c.path)
	}
}

func (c *collector) constant(e ast.Expr, depth int) (string, bool) {
	if depth > 10 {
		return "", false
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			return constant.StringVal(constant.MakeFromLiteral(e.Value, e.Kind, 0)), true
		}
	case *ast.BinaryExpr:
		left, ok := c.constant(e.X, depth+1)
		right, also := c.constant(e.Y, depth+1)
		return left + right, ok && also && e.Op == token.ADD
	case *ast.ParenExpr:
		return c.constant(e.X, depth+1)
	case *ast.Ident:
		if value, ok := c.constants[e.Name]; ok {
			return c.constant(value, depth+1)
		}
	}
	return "", false
}
