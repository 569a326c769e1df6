package stat

import (
	"encoding/json"
	"math"
	"strconv"
)

// A Wire is an Interval as JSON holds it, which knows no infinities: an open bound is null, as is what is unknown.
// Figures have ten digits.
type Wire struct {
	Estimate   *float64 `json:"estimate"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	Confidence float64  `json:"confidence,omitempty"`
	Method     Method   `json:"method,omitempty"`
	Values     int      `json:"values,omitempty"`
	Blocks     int      `json:"blocks,omitempty"`
	Freedom    float64  `json:"freedom,omitempty"`
}

// Wire is the interval as JSON holds it.
func (i Interval) Wire() Wire {
	b := i.Basis
	return Wire{orNull(i.Estimate), orNull(i.Low), orNull(i.High), i.Confidence, b.Method, b.Values, b.Blocks, TenDigits(b.Freedom)}
}

// Interval is what the JSON says.
func (w Wire) Interval() Interval {
	return Interval{
		Estimate: fromNull(w.Estimate, math.NaN()), Low: fromNull(w.Low, math.Inf(-1)), High: fromNull(w.High, math.Inf(1)),
		Confidence: w.Confidence, Basis: Basis{Method: w.Method, Values: w.Values, Blocks: w.Blocks, Freedom: w.Freedom},
	}
}

// MarshalJSON implements json.Marshaler.
func (i Interval) MarshalJSON() ([]byte, error) { return json.Marshal(i.Wire()) }

// UnmarshalJSON implements json.Unmarshaler.
func (i *Interval) UnmarshalJSON(data []byte) error {
	var w Wire
	if err := json.Unmarshal(data, &w); err != nil {
		return err
	}
	*i = w.Interval()
	return nil
}

func orNull(x float64) *float64 {
	if !Finite(x) {
		return nil
	}
	x = TenDigits(x)
	return &x
}

// TenDigits is x as files have it. What is beyond depends on the order in which figures were added up, and changes
// with the program though nothing else does.
func TenDigits(x float64) float64 {
	told, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 9, 64), 64)
	if err != nil { // rounded beyond the largest number
		return x
	}
	return told
}

func fromNull(x *float64, none float64) float64 {
	if x == nil {
		return none
	}
	return *x
}
