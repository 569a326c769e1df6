// Package report tells what a run found: as a page.Document, from which report.md and report.html come, and as tables
// for a terminal. It is made of records and manifest alone, so the same records give the same report.
package report

import (
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/page"
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
	Figures                        []page.Figure
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
