package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments/exact"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// holdQueues holds simulator and predictions to the queues whose answers are known, and fails where one is off.
func holdQueues(cmd *cobra.Command, asJSON bool) error {
	line := newProgressLine(cmd.ErrOrStderr())
	defer line.end()
	began := time.Now()
	rows, err := exact.Run(cmd.Context(), 1, func(name string) { line.say("simulating " + name) })
	line.end()
	if err != nil {
		return interrupted(cmd.Context(), err)
	}
	off := 0
	for _, r := range rows {
		if !r.Met() || !r.Told() {
			off++
		}
	}
	if w := cmd.OutOrStdout(); asJSON {
		err = writeJSON(w, rows)
	} else {
		printQueues(w, rows)
		text.Paragraph(w, fmt.Sprintf("Simulated with the seeds 1 to 5, in %v; the interval is of 99 %%, and p is of so much bias by chance, after Holm's correction. A prediction is exact, off by at most what stands behind it, or declined.", time.Since(began).Round(time.Second)))
	}
	if err == nil && off > 0 {
		err = fmt.Errorf("%s not answered as asked: bias under 0.5 %%, known to 0.5 %%, p above 0.01, predictions off by no more than they say", text.Count(off, "queue"))
	}
	return err
}

func printQueues(w io.Writer, rows []exact.Row) {
	fmt.Fprintf(w, "%-25s  %8s  %-16s  %4s  %s\n", "queue", "exact", "simulated", "p", "predicted")
	for _, r := range rows {
		known := stat.Format(r.Known.Estimate, "seconds")
		if r.Response == 0 {
			known = "≈" + known
		}
		predicted := "declined"
		switch {
		case r.Prediction.Declined != "":
		case r.Prediction.Off == 0:
			predicted = fmt.Sprintf("%+.2f %%", 100*r.Predicted())
		default:
			predicted = fmt.Sprintf("%+.2f %% (≤ %.1f)", 100*r.Predicted(), 100*r.Prediction.Off)
		}
		fmt.Fprintf(w, "%-25s  %8s  %+.2f %% ± %.2f %%  %4.2f  %s\n", r.Name, known, 100*r.Bias(), 100*r.Simulated.Relative(), r.P, predicted)
	}
}
