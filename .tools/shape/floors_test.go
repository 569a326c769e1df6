package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The floors' table is what somebody who comes new reads first: it names every package but the claims', which it knows
// as a folder each, and none that is not there.
func TestEveryPackageHasItsPlaceInTheFloorsTable(t *testing.T) {
	tree, err := readTree("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../notebooks/design/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	named, there, claims := placed(string(text)), make(map[string]bool), tree.claimFolders()
	if len(named) < 40 {
		t.Fatalf("the table names %d packages", len(named))
	}
	for _, s := range tree.files {
		dir := s.dir()
		if there[dir] || claims[dir] {
			continue
		}
		there[dir] = true
		if !named[dir] {
			t.Errorf("%s has no place in the table of notebooks/design/architecture.md", dir)
		}
	}
	for name := range named {
		if !there[name] {
			t.Errorf("notebooks/design/architecture.md places %s, which is no package", name)
		}
	}
}

var quoted = regexp.MustCompile("`([^`{]+)(?:\\{([^`}]+)\\})?`")

// placed are the packages in the second column of the first table: `a/b` or `a/{b,c}`.
func placed(text string) map[string]bool {
	named := make(map[string]bool)
	_, table, _ := strings.Cut(text, "| floor |")
	table, _, _ = strings.Cut(table, "\n\n")
	for line := range strings.Lines(table) {
		columns := strings.Split(line, "|")
		if len(columns) != 5 {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(columns[2], -1) {
			for last := range strings.SplitSeq(m[2], ",") {
				named[m[1]+last] = true
			}
		}
	}
	return named
}
