package accuracy

import (
	"context"
	"fmt"
	"math"

	"github.com/workerlab/workerlab/experiments/exact"
)

// Exact is the simulator's own row: queues whose mean response is known, and how far it is off them.
func Exact(ctx context.Context) (Row, error) {
	rows, err := exact.Run(ctx, 1, nil)
	if err != nil {
		return Row{}, err
	}
	row := Row{What: "exact queues", Cells: len(rows), Goal: "bias < 0.5 %, known to 0.5 %, none rejected at 1 %", Met: true}
	worst, requests := "", 0
	for _, r := range rows {
		if bias := math.Abs(r.Bias()); bias >= row.Value {
			row.Value, worst = bias, r.Name
		}
		requests += r.Requests
		row.Met = row.Met && r.Met()
	}
	row.Reached = fmt.Sprintf("at worst %.2f %% (%s), of %d requests", 100*row.Value, worst, requests)
	return row, nil
}
