package report

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"github.com/workerlab/workerlab/results/text"
)

//go:embed ko.json
var korean []byte

// Korean is the Korean of what reports and judges say whatever the claim.
func Korean() (text.Catalogue, error) {
	c := make(text.Catalogue)
	if err := json.Unmarshal(korean, &c); err != nil {
		return nil, fmt.Errorf("the report's Korean: %w", err)
	}
	return c, nil
}
