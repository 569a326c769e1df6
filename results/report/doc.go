// Package report renders what a run found: report.md, and report.html, one file that opens offline.
//
// Both are made of records and manifest alone, so the same records give the same report. The page needs
// no script, no font and no network: its figures are SVG with a data table under each, its two
// languages stand side by side and radio buttons choose between them. Where script runs, figures with
// numeric axes can also be zoomed (uPlot, whose licence is in assets).
package report

import (
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// A Report is what is rendered.
type Report struct {
	Manifest results.Manifest
	Records  results.Table // all of the run
	Claims   []Claim       // in the order in which they are told
	Controls []Control     // the run's A/A pairs
	Models   Models        // how far simulation and closed form are off
	Files    []string      // raw data, relative to the report
	Korean   text.Catalogue
}

// A Claim is a verdict with its evidence.
type Claim struct {
	Verdict results.Verdict
	Said    string // what is commonly said, and where; "": nothing is quoted
	// Explanation is text of paragraphs, the first of them the claim's headline; "": none.
	Explanation, ExplanationKorean string
	Runs                           results.Table // the claim's own, valid or not
	Figures                        []Figure
}

// A Figure is a chart and where its drawing stands.
type Figure struct {
	Chart chart.Chart
	File  string // of the SVG, relative to the report: figures/gil-cpu.svg
}

// A Control is an A/A pair: one trial run twice in every block, so that any difference is noise.
type Control struct {
	Trial    string        // in few words
	Value    string        // what was compared: throughput
	Ratio    stat.Interval // of the twin over the original
	Declared bool          // it would have passed for a difference
	Claims   []string      // that rest on the trial, by ID
}

// Verdicts are those of the claims, in order.
func (rep *Report) Verdicts() []results.Verdict {
	var all []results.Verdict
	for i := range rep.Claims {
		all = append(all, rep.Claims[i].Verdict)
	}
	return all
}

// Markdown and HTML files of a run.
const (
	MarkdownFile = "report.md"
	HTMLFile     = "report.html"
)
