package main

import (
	"context"
	"fmt"
)

// A suite is a table of promises, and what is measured to see whether they are kept.
type suite struct {
	Name    string
	Does    string // what all its cells do, in few words
	Attacks bool   // they are servers, ours among them, and wrk attacks each from a core of its own
	Cells   []cell
	Columns []column // of the table of cells
	Rows    []row
	Noise   row                                                     // two cells that are the same
	Needs   []string                                                // programs, and how Debian calls their packages
	Before  func(context.Context, *bench) error                     // once, before the first block; nil: nothing
	Beside  func(context.Context, *bench, map[string]float64) error // once a block, beside the cells; nil: nothing
}

// suites are all there are, the default first.
func suites() []suite { return []suite{core(), hosting(), simulation()} }

func suiteOf(name string) (suite, error) {
	for _, s := range suites() {
		if s.Name == name {
			return s, nil
		}
	}
	return suite{}, fmt.Errorf("--suite %q: want core, wsgi or sim", name)
}
