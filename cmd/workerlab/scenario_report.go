package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/workerlab/workerlab/models/study"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// print writes a report as --format says.
func (f *scenarioFlags) print(w io.Writer, r study.Report) error {
	switch f.format {
	case "json":
		return writeJSON(w, reportJSON(r))
	case "csv":
		return writeFigures(w, r)
	}
	for _, x := range r.Figures {
		fmt.Fprintf(w, "%-26s %s\n", x.Name, figureText(x))
	}
	text.Paragraph(w, r.Note)
	return nil
}

func figureText(x study.Figure) string {
	if x.Empty() {
		return "none answered"
	}
	return stat.FormatInterval(x.Value, x.Unit)
}

// An estimateJSON has no bounds where it is exact, and no value where there is nothing to tell of.
type estimateJSON struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
}

func estimated(i stat.Interval) estimateJSON {
	out := estimateJSON{Value: finite(i.Estimate)}
	if i.Confidence > 0 {
		out.Low, out.High = finite(i.Low), finite(i.High)
	}
	return out
}

type figureJSON struct {
	Name string `json:"name"`
	estimateJSON
	Unit string `json:"unit,omitempty"`
}

func reportJSON(r study.Report) any {
	out := struct {
		Origin  string       `json:"origin"`
		Figures []figureJSON `json:"figures"`
		Note    string       `json:"note"`
	}{Origin: r.Origin, Note: r.Note}
	for _, x := range r.Figures {
		out.Figures = append(out.Figures, figureJSON{x.Name, estimated(x.Value), x.Unit})
	}
	return out
}

func finite(x float64) *float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return &x
}

func writeFigures(w io.Writer, r study.Report) error {
	out := csv.NewWriter(w)
	err := out.Write([]string{"origin", "name", "value", "low", "high", "unit"})
	for _, x := range r.Figures {
		err = errors.Join(err, out.Write(append(append([]string{r.Origin, x.Name}, bounded(x.Value)...), x.Unit)))
	}
	out.Flush()
	return errors.Join(err, out.Error())
}

// bounded are the columns of an estimate and its bounds, empty where there are none.
func bounded(i stat.Interval) []string {
	columns := make([]string, 3)
	j := estimated(i)
	for n, x := range []*float64{j.Value, j.Low, j.High} {
		if x != nil {
			columns[n] = strconv.FormatFloat(*x, 'g', 8, 64)
		}
	}
	return columns
}
