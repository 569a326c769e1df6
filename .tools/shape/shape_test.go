package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// sources make a tree of files: "path" then its text.
func sources(t *testing.T, files ...string) *tree {
	t.Helper()
	made := new(tree)
	for i := 0; i < len(files); i += 2 {
		if err := made.add(files[i], []byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	return made
}

// expect compares what was found, or its text after the line's number.
func expect(t *testing.T, found []string, want ...string) {
	t.Helper()
	if !slices.Equal(found, want) {
		t.Errorf("found\n\t%s\nwant\n\t%s", strings.Join(found, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestConfigurationsAreLiteralsOfTheSimulatorsConfigByWhateverName(t *testing.T) {
	found := sources(t,
		"models/sim/new.go", "package sim\nvar c = Config{Seed: 1}\nvar zero = Config{}",
		"cmd/x/a.go", "package x\nimport \"m/models/sim\"\nvar c = sim.Config{Seed: 1}\nvar p = &sim.Config{Seed: 2}",
		"cmd/x/b.go", "package x\nimport engine \"m/models/sim\"\nvar d = engine.Config{Seed: 1}",
		"cmd/x/c.go", "package x\nimport \"m/other/sims\"\nvar e = sims.Config{Seed: 1}\nvar f = Config{Seed: 1}",
		"cmd/x/a_test.go", "package x\nimport \"m/models/sim\"\nvar g = sim.Config{Seed: 1}",
	).configurations()
	expect(t, found, "models/sim/new.go:2: Config", "cmd/x/a.go:3: sim.Config", "cmd/x/a.go:4: sim.Config", "cmd/x/b.go:3: engine.Config")
}

func TestAnEstimatorTakesRunsAndReturnsACostItself(t *testing.T) {
	found := sources(t, "a.go", `package a
func costOf(t results.Table) (c cost, ok bool) { return }
func overheads(runs map[string]*results.Table) []Overhead { return nil }
func ServiceDemand(r results.Record) (float64, bool) { return 0, true }
func queue(t results.Table) queueing.Open { return queueing.Open{Service: 1} }
func split(t results.Table) queueing.Open { return queue(t) }
func deployed(t results.Table) Deployment { return fit(t) }
func parse(text string) Demand { return Demand{} }
func throughput(t results.Table) float64 { return 0 }
func fit(t results.Table) (d deployment) { d.work(t); return d }
func (d *deployment) work(t results.Table) { demand.Of(t) }
func said(t results.Table) Cost { text.Of("a cost"); return Cost{} }
`, "demand.go", `package demand
func Of(runs ...Run) (d Demand, ok bool) { return Of() }
`).estimators()
	expect(t, found, "a.go:2: costOf", "a.go:3: overheads", "a.go:4: ServiceDemand", "a.go:5: queue", "a.go:12: said", "demand.go:2: Of")
}

func TestAnIntervalHasAnEstimateAndBounds(t *testing.T) {
	found := sources(t, "a.go", `package a
type Interval struct { Estimate, Low, High, Confidence float64; Basis Basis }
type Half struct { Mean, Half float64; N int }
type Range struct { Low, High float64 }
type rangeJSON struct { Value, Low, High float64 }
type Result struct { Value, Low, High float64; A, B, C, D string }
`).intervals()
	expect(t, found, "a.go:2: Interval", "a.go:3: Half")
}

func TestMediansAreFoundByNameAndByTheirIndex(t *testing.T) {
	found := sources(t, "a.go", `package a
func Median(values []float64) float64 { return 0 }
func quantile(sorted []float64, q float64) float64 { return 0 }
func middle(values []float64) float64 { s := slices.Sorted(values); return s[len(s)/2] }
func half(values []float64) []float64 { return values[:len(values)/2] }
func median(j *judging) float64 { return 0 }
func quantile2(h *Histogram) float64 { return 0 }
`).medians()
	expect(t, found, "a.go:2: Median", "a.go:3: quantile", "a.go:4: middle")
}

// classes is a tree with the classes sync and asgi, which is also called asyncio, and a claim.
var classes = []string{
	"models/one/worker_linux.go", `package one`,
	"models/one/predict.go", "package one\nvar Model = models.Model{Name: \"sync\", Other: \"word\"}",
	"models/two/worker_linux.go", `package two`,
	"models/two/predict.go", `package two
var Model = models.Model{Name: "asgi", Aliases: []string{"asyncio"}}`,
	"experiments/claim/experiment.go", "package claim\nvar Experiment = experiments.Experiment{}\nvar class = \"sync\"",
	"models/catalog/catalog.go", "package catalog\nvar list = map[string]int{\"sync\": 1, \"asgi\": 2}",
	"models/three/worker_linux.go", `package three`,
	"models/three/predict.go", "package three\nvar Model = models.Model{Name: spec.Third}",
	"models/spec/server.go", "package spec\nconst (\nThird = \"third\"\nn = 1\n)",
	"cmd/x/x_test.go", "package x\nvar class = \"sync\"",
}

func TestClassNamesAreThoseThatTheirFoldersGive(t *testing.T) {
	names, _ := sources(t, classes...).classNames()
	for _, name := range []string{"sync", "asgi", "asyncio", "third"} {
		if !names[name] {
			t.Errorf("no class %s: %v", name, names)
		}
	}
	if len(names) != 4 {
		t.Errorf("names %v, want four", names)
	}
}

func TestClassLiteralsAreThoseOutsideFoldersClaimsAndCells(t *testing.T) {
	found := sources(t, append(slices.Clone(classes),
		"cmd/x/x.go", `package x
import "sync"
var cells = []cell{{Class: "sync"}, {Class: "asgi"}}
func is(class string) bool { return class == "asyncio" }
var one = cell{Class: "sync"}
var text = "sync and more"
var m sync.Mutex
`)...).classLiterals()
	expect(t, found, "cmd/x/x.go:4: asyncio", "cmd/x/x.go:5: sync")
}

func TestAFileListsClassesWhereItTellsTwoApart(t *testing.T) {
	found := sources(t, append(slices.Clone(classes),
		"cmd/x/switch.go", "package x\nfunc f(c string) { switch c { case \"sync\": case \"asgi\": } }",
		"cmd/x/single.go", "package x\nfunc g(c string) bool { return c == \"sync\" }",
		"cmd/x/map.go", "package x\nvar m = map[string]string{\"SyncWorker\": \"sync\", \"asgi\": \"\"}",
		"cmd/x/list.go", "package x\nvar l = []string{\"sync\", \"asgi\"}",
		"cmd/x/text.go", "package x\nvar help = \"sync, asgi or asyncio\"",
		"cmd/x/words.go", "package x\nvar note = \"sync or asgi\"",
		"cmd/x/examples.go", "package x\nvar usage = \"serve -k sync; serve -k asgi; serve -k asyncio\"",
		"cmd/x/cells.go", "package x\nvar cells = []cell{{\"sync\"}, {\"asgi\"}}",
	)...).classLists()
	expect(t, found, "cmd/x/switch.go: asgi sync", "cmd/x/map.go: asgi sync", "cmd/x/list.go: asgi sync", "cmd/x/text.go: asgi asyncio sync")
}

func TestExternalPackagesAreNeitherOursNorTheStandardLibrarysOwn(t *testing.T) {
	found := foreign([]string{"fmt", "net/http", "vendor/golang.org/x/text", "ours example.org/m", "ours example.org/m/a", "example.org/other", ""})
	expect(t, found, "vendor/golang.org/x/text", "example.org/other")
}

func TestLinesOfCodeAreWithoutBlanksAndComments(t *testing.T) {
	const text = `// Package a.
package a

/* a
   b */
var s = ` + "`one\n\n  three`" + ` // said

func f() { // here
	g(
		1) /* and
	*/ ; h()
}
`
	// package, the string's two, func, g(, 1), ; h(), }
	if n := linesOf([]byte(text)); n != 8 {
		t.Errorf("%d lines of code, want 8", n)
	}
}

func TestDocsAreCountedByDeclaration(t *testing.T) {
	share := sources(t, "a.go", `package a

import "fmt"

// A is one.
type A int

type B int

const (
	c = 1 // of a group
	d = 2
)

// f is documented.
func f() {}

func g() {}

var h = 1
`, "a_test.go", "package a\nfunc x() {}").docs()
	if want := 3.0 / 6; share != want {
		t.Errorf("documented %v, want %v", share, want)
	}
}

func TestTheLargestPackageIsTheOneOfMostFiles(t *testing.T) {
	row := sources(t, "a/1.go", "package a", "a/2.go", "package a", "a/2_test.go", "package a",
		"b/1.go", "package b", "b/1_test.go", "package b", "b/2_test.go", "package b", "b/3_test.go", "package b").largest()
	if want := "2 (a; 3 with tests)"; row.value != want {
		t.Errorf("largest %q, want %q", row.value, want)
	}
}

func TestWiringIsWhatKnowsTheCommandLine(t *testing.T) {
	found := sources(t, "cmd/workerlab/a.go", `package main
func main() {}
func newCommand() *cobra.Command { return nil }
func (f *planFlags) goal() error { return nil }
func tell(w io.Writer) {}
func (q *quantity) Set(string) error { return nil }
func (q *quantity) String() string { return "" }
func (q *quantity) inner() {}
func judge(t results.Table) bool { return true }
func (p *planned) fit() {}
type progress struct { w io.Writer }
func (p *progress) show() {}
func (e *exitError) Error() string { return "" }
func (e *exitError) Unwrap() error { return nil }
func usagef(format string) error { return nil }
`, "cmd/perf/b.go", "package main\nfunc judge() {}").commandLogic()
	expect(t, found, "cmd/workerlab/a.go:9: judge", "cmd/workerlab/a.go:10: planned.fit")
}

func TestTheTreeOfThisModuleIsRead(t *testing.T) {
	var out, errs bytes.Buffer
	if err := run([]string{"-C", "../..", "-v"}, &out, &errs); err != nil {
		t.Fatal(err, errs.String())
	}
	for _, row := range []string{"interval types", "largest package", "linked by models/gthread"} {
		if !strings.Contains(out.String(), row) {
			t.Errorf("no row %q in\n%s", row, out.String())
		}
	}
	tree, err := readTree("../..")
	if err != nil {
		t.Fatal(err)
	}
	if names, _ := tree.classNames(); !names["sync"] || !names["gthread"] {
		t.Errorf("classes of the module: %v", names)
	}
	if len(tree.claimFolders()) < 20 {
		t.Errorf("claims of the module: %v", tree.claimFolders())
	}
}

func TestArgumentsAreRefusedByName(t *testing.T) {
	if err := run([]string{"more"}, &bytes.Buffer{}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "more") {
		t.Errorf("error %v, want one that names the argument", err)
	}
	if _, err := readTree(t.TempDir()); err == nil {
		t.Error("a folder without Go files is read")
	}
}
