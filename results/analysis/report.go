package analysis

import (
	"io"

	"github.com/workerlab/workerlab/results"
)

// A Report is what report.md is made of.
type Report struct {
	Manifest     results.Manifest
	Verdicts     []results.Verdict
	Figures      []Figure
	Explanations map[string]string // by claim: what was done and how to read it, Markdown paragraphs
}

// A Figure is a drawn chart and where it stands.
type Figure struct {
	Claim string // whose it is; "": the whole run's
	Title string // also what a screen reader says
	File  string // of the SVG, relative to the report: figures/gil-cpu.svg
}

// WriteMarkdown writes the report.
func WriteMarkdown(w io.Writer, rep Report) error { return nil }
