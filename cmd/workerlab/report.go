package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/report"
)

func newReportCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "judge the records of a run again and render its report",
		Long: `Judge the records of a run again and write its verdicts, figures, report.md, report.html and
benchmarks.txt anew. Nothing is measured: the same records give the same report.`,
		Example: "  workerlab report results/runs/20260102-150405",
		Args:    oneFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			rep, err := verdict(args[0], cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return renderAndPrint(cmd.OutOrStdout(), args[0], &rep, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the verdicts as JSON")
	return cmd
}

func oneFolder(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(fmt.Errorf("report wants the folder of one run, got %d arguments", len(args)))
	}
	return nil
}

// renderAndPrint writes the run's report, and prints its verdicts even where that fails, on a full disk.
func renderAndPrint(w io.Writer, dir string, rep *report.Report, asJSON bool) error {
	rendered := render(dir, rep)
	err := printVerdicts(w, rep, dir, asJSON)
	if err != nil || rendered != nil || asJSON {
		return errors.Join(rendered, err)
	}
	_, err = fmt.Fprintf(w, "Report: %s and %s\n", filepath.Join(dir, report.HTMLFile), filepath.Join(dir, report.MarkdownFile))
	return err
}

func printVerdicts(w io.Writer, rep *report.Report, dir string, asJSON bool) error {
	if asJSON {
		return writeJSON(w, rep.Verdicts())
	}
	if len(rep.Records.Origin(results.Measured)) > 0 || len(rep.Records) == 0 { // or no claim was judged
		if err := report.VerdictTable(w, rep.Verdicts(), tableStyle(w)); err != nil {
			return err
		}
	}
	if err := closing(w, dir, rep.Verdicts()); err != nil {
		return err
	}
	return printModels(w, &rep.Models)
}

// printModels says under the verdicts how far the models are off.
func printModels(w io.Writer, m *report.Models) error {
	if !m.Any() {
		return nil
	}
	paragraph(w, m.Found().String())
	return report.ModelTable(w, m)
}
