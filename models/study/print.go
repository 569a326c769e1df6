package study

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/workerlab/workerlab/results/stat"
)

// Text writes a line a figure, for a person.
func (r Report) Text(w io.Writer) error {
	var err error
	for _, x := range r.Figures {
		_, failed := fmt.Fprintf(w, "%-26s %s\n", x.Name, x.text())
		err = errors.Join(err, failed)
	}
	return err
}

func (f Figure) text() string {
	if f.Empty() {
		return "none answered"
	}
	return stat.FormatInterval(f.Value, f.Unit)
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

// JSON is the report as an encoder takes it.
func (r Report) JSON() any {
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

// CSV writes a line a figure.
func (r Report) CSV(w io.Writer) error {
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
