package compare

import (
	"encoding/json"
	"math"
)

// MarshalJSON implements json.Marshaler. A ratio that is infinite, or a bound that is not known, is
// null.
func (x Change) MarshalJSON() ([]byte, error) {
	type plain Change
	return json.Marshal(struct {
		plain
		Ratio      *float64 `json:"ratio"`
		Low        *float64 `json:"low"`
		High       *float64 `json:"high"`
		Confidence float64  `json:"confidence"`
	}{plain(x), number(x.Ratio.Estimate), x.bound(x.Ratio.Low), x.bound(x.Ratio.High), x.Ratio.Confidence})
}

func (x Change) bound(v float64) *float64 {
	if x.Ratio.Confidence == 0 {
		return nil
	}
	return number(v)
}

func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// MarshalJSON implements json.Marshaler: lists are never null, and what was decided is counted.
func (c *Comparison) MarshalJSON() ([]byte, error) {
	type plain Comparison
	p := plain(*c)
	for _, list := range []*[]string{&p.Doubts, &p.OnlyA, &p.OnlyB, &p.TooFew, &p.Warnings} {
		if *list == nil {
			*list = []string{}
		}
	}
	if p.Verdicts == nil {
		p.Verdicts = []VerdictChange{}
	}
	if p.Changes == nil {
		p.Changes = []Change{}
	}
	return json.Marshal(struct {
		plain
		Regressions  int `json:"regressions"`
		Improvements int `json:"improvements"`
		Unchanged    int `json:"unchanged"`
	}{p, len(c.Of(Regression)), len(c.Of(Improvement)), len(c.Of(Unchanged))})
}
