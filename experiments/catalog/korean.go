package catalog

import (
	"encoding/json"
	"fmt"

	"github.com/workerlab/workerlab/results/report"
	"github.com/workerlab/workerlab/results/text"
)

// Korean is everything that a report says, in Korean: the report's own words and those of every
// experiment. Two translations of one English text are an error, since it would depend on the order
// which of them a reader sees.
func Korean() (text.Catalogue, error) {
	all, err := report.Korean()
	if err != nil {
		return nil, err
	}
	for _, e := range Experiments() {
		own := make(text.Catalogue)
		if e.Conclude != nil {
			if own, err = e.Text.Korean(); err != nil {
				return nil, fmt.Errorf("the Korean of %s: %w", e.ID, err)
			}
		} else if err := json.Unmarshal([]byte(e.Korean.Messages), &own); err != nil {
			return nil, fmt.Errorf("the Korean of %s: %w", e.ID, err)
		}
		for english, korean := range own {
			if other, ok := all[english]; ok && other != korean {
				return nil, fmt.Errorf("the Korean of %s: %q is both %q and %q", e.ID, english, other, korean)
			}
			all[english] = korean
		}
	}
	return all, nil
}
