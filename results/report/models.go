package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// Models are how far simulation and closed form are off. The zero Models are of a run that has neither.
type Models struct {
	Against string // the origin that they are held against: measured, or simulated where no measured run counts
	Rows    []ModelRow
	LeftOut []LeftOut
}

// A ModelRow is one claim's cells under one model.
type ModelRow struct {
	Claim  string // its name
	Model  string // the origin: simulated or predicted
	Cells  int
	Fitted int // of them, cells whose own measured runs gave the model what the server itself computes

	Throughput, Mean, Median, P99 Off // of closed loops; of response times
}

// An Off is how far what a model is held against is from what it says, over the cells that have the figure:
// |quotient − 1|.
type Off struct {
	Cells         int
	Middle, Worst float64 // the median cell's and the worst one's share
}

// A LeftOut is why cells have no figure of a model.
type LeftOut struct {
	Model  string // simulated, predicted or BothModels
	Why    text.Message
	Cells  int
	Claims []string // by name
}

// BothModels stands for simulation and closed form.
const BothModels = results.Simulated + "," + results.Predicted

// modelName is a model in words.
func modelName(origin string) text.Message {
	switch origin {
	case results.Simulated:
		return text.Of("simulation")
	case results.Predicted:
		return text.Of("closed form")
	}
	return text.Of("both")
}

// Any reports whether there is something to tell.
func (m *Models) Any() bool { return len(m.Rows)+len(m.LeftOut) > 0 }

// Title is the section's.
func (m *Models) Title() text.Message { return text.Of("How far simulation and closed form are off") }

// Found says what the figures are.
func (m *Models) Found() text.Message {
	if m.Against == results.Simulated {
		return text.Of("No measured run counts, so the closed forms are held against the simulation: by how much a simulated cell differs from what its closed form says, in the median of a claim's cells and in the worst.")
	}
	return text.Of("By how much a measured cell differs from what simulation and closed form say of it, in the median of a claim's cells and in the worst. Throughput is that of closed loops; in open ones the generator sets it. Quantiles are of all blocks together, where 20 requests lie beyond them. Verdicts rest on what was measured alone.")
}

// Fit says what the models were given of the measurement.
func (m *Models) Fit() text.Message {
	if m.Against == results.Simulated {
		return text.Of("What the server itself computes for a request is taken as nothing, since no run tells.")
	}
	return text.Of("Both know what the server itself computes for a request from the measured runs of one cell, the busiest of its class, load and cores. Of such a cell (fitted) the throughput is no prediction where the cores are its limit; all else is. Known of the simulator: to it all workers are alike in the race for connections, so that it spreads requests more evenly than several gthread workers do.")
}

// String is the median with the worst beside it: "2.1 % (5.3 %)".
func (o Off) String() string {
	switch o.Cells {
	case 0:
		return "–"
	case 1:
		return stat.Format(o.Middle, "share")
	}
	return stat.Format(o.Middle, "share") + " (" + stat.Format(o.Worst, "share") + ")"
}

// Count is the number of cells, and of those fitted.
func (r ModelRow) Count() text.Message {
	if r.Fitted == 0 {
		return text.Of("%d", r.Cells)
	}
	return text.Of("%d, %d fitted", r.Cells, r.Fitted)
}

// Where counts the cells and names the claims.
func (l LeftOut) Where() text.Message {
	if l.Cells == 1 {
		return text.Of("1 cell of %s", l.Claims[0])
	}
	return text.Of("%d cells of %s", l.Cells, strings.Join(l.Claims, ", "))
}

// section is what the report says of them.
func (m *Models) section() page.Section {
	s := page.Section{ID: "models", Title: m.Title(), Blocks: []page.Block{page.Text{m.Found()}}}
	if len(m.Rows) > 0 {
		t := page.Table{Columns: page.Heads("claim", "model", "cells", "throughput", "mean response", "median response", "p99 response")}
		for _, r := range m.Rows {
			row := page.Cells("", "", "", r.Throughput.String(), r.Mean.String(), r.Median.String(), r.P99.String())
			row.Cells[0], row.Cells[1].Text, row.Cells[2].Text = page.Cell{Code: r.Claim}, modelName(r.Model), r.Count()
			t.Rows = append(t.Rows, row)
		}
		s.Blocks = append(s.Blocks, page.Text{m.Fit()}, t)
	}
	if len(m.LeftOut) > 0 {
		t := page.Table{Title: text.Of("Left out, because a model does not hold them"), Columns: page.Heads("model", "what it does not hold", "cells")}
		for _, l := range m.LeftOut {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: modelName(l.Model)}, {Text: l.Why}, {Text: l.Where()}}})
		}
		s.Blocks = append(s.Blocks, t)
	}
	return s
}

// ModelTable writes the figures for a terminal of 80 columns: under each median the worst.
func ModelTable(w io.Writer, m *Models) error {
	if len(m.Rows) == 0 {
		return nil
	}
	t := page.Table{Ruled: true, Columns: []page.Column{{Head: text.Plain("claim\nmodel"), Most: maxClaim}, {Head: text.Plain("cells\nfitted")}}}
	for _, figure := range []string{"throughput", "mean", "median", "p99"} {
		t.Columns = append(t.Columns, page.Column{Head: text.Plain(figure + "\nworst")})
	}
	for _, r := range m.Rows {
		t.Rows = append(t.Rows, page.Cells(
			r.Claim+"\n"+modelName(r.Model).String(), fmt.Sprintf("%d\n%d", r.Cells, r.Fitted),
			r.Throughput.lines(), r.Mean.lines(), r.Median.lines(), r.P99.lines()))
	}
	return t.Print(w, page.Terminal{})
}

func (o Off) lines() string {
	if o.Cells == 0 {
		return "–"
	}
	return stat.Format(o.Middle, "share") + "\n" + stat.Format(o.Worst, "share")
}
