package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/report"
	"github.com/workerlab/workerlab/results/text"
)

// closing says, under the table of verdicts, what a reader of it must know of the run: whether it was
// complete, what was lost, and how often its method saw a difference where there is none.
func closing(w io.Writer, rep *report.Report) {
	manifest, table, verdicts := &rep.Manifest, rep.Records, rep.Verdicts()
	var lines []string
	if manifest.Interrupted != "" {
		lines = append(lines, fmt.Sprintf("The run is not complete: %s.", manifest.Interrupted))
	} else if manifest.Finished.IsZero() {
		lines = append(lines, "The run is not complete: it is under way, or ended without a word.")
	}
	if measured := table.Origin(results.Measured); len(measured) == 0 && len(table) > 0 {
		lines = append(lines, "Nothing was measured, so no claim is judged: what was simulated or predicted decides none.")
	} else if ids := those(verdicts, func(v results.Verdict) bool { return v.Runs == 0 }); ids != "" {
		lines = append(lines, "Not run: "+ids+".")
	}
	if ids := those(verdicts, func(v results.Verdict) bool { return v.Outcome == results.Inconclusive && v.Lost > 0 }); ids != "" {
		lines = append(lines, "Inconclusive, with runs lost that do not count: "+ids+".")
	}
	if differ := report.Disagreements(verdicts); len(differ) > 0 {
		lines = append(lines, "Where the systems disagree:")
		lines = append(lines, differ...)
	}
	added := 0
	for _, look := range manifest.Added {
		added += look.Blocks
	}
	if added > 0 {
		lines = append(lines, fmt.Sprintf("Blocks added for undecided claims: %d.", added))
	}
	if controls := judge.Controls(table); len(controls) > 0 {
		lines = append(lines, fmt.Sprintf("A/A control: %d of %d comparisons of equal cells declared different.", judge.Declared(controls), len(controls)))
	}
	for _, line := range lines {
		for _, part := range text.Wrap(line, terminalWidth) {
			fmt.Fprintln(w, part)
		}
	}
}

// those are the claims of which something holds.
func those(verdicts []results.Verdict, holds func(results.Verdict) bool) string {
	var ids []string
	for _, v := range verdicts {
		if holds(v) {
			ids = append(ids, v.Name())
		}
	}
	return strings.Join(ids, ", ")
}
