package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/catalog"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/analysis"
)

const (
	reportFile = "report.md"
	figures    = "figures"
	alpha      = 1 - experiments.Confidence // of all claims together
)

func newReportCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "judge the records of a run again and render its report",
		Long: `Judge the records of a run again and write its verdicts, figures and report.md anew. Nothing is
measured: the same records give the same report.`,
		Example: "  workerlab report results/runs/20260102-150405",
		Args:    oneFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			verdicts, err := render(args[0], cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return printVerdicts(cmd.OutOrStdout(), verdicts, args[0], asJSON)
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

func printVerdicts(w io.Writer, verdicts []results.Verdict, dir string, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(verdicts)
	}
	if err := analysis.VerdictTable(w, verdicts, tableStyle(w)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, "Report:", filepath.Join(dir, reportFile))
	return err
}

// render writes verdicts, figures and report of the run in dir from its records and manifest. A last
// record that was cut short is told on stderr, and the others are used.
func render(dir string, stderr io.Writer) ([]results.Verdict, error) {
	manifest, err := results.ReadManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage(fmt.Errorf("%s is no run's folder: %w", dir, err))
	}
	if err != nil {
		return nil, err
	}
	table, err := results.Load(dir)
	var damage *results.LineError
	if errors.As(err, &damage) {
		fmt.Fprintf(stderr, "warning: %v; the %d records before it are used\n", err, len(table))
		manifest.Warnings = append(manifest.Warnings, err.Error())
	} else if err != nil {
		return nil, err
	}
	report := judgeAll(table, manifest)
	if err := draw(dir, table, &report); err != nil {
		return nil, err
	}
	store := filepath.Join(dir, reportFile)
	if err := results.WriteFile(store, func(w io.Writer) error { return analysis.WriteMarkdown(w, report) }); err != nil {
		return nil, err
	}
	return report.Verdicts, writeVerdicts(dir, report.Verdicts)
}

func writeVerdicts(dir string, verdicts []results.Verdict) error {
	store, err := results.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(store.WriteVerdicts(verdicts), store.Close())
}

// judged are the experiments of the run; older manifests that name none mean all.
func judged(m results.Manifest) []experiments.Experiment {
	return slices.DeleteFunc(catalog.Experiments(), func(e experiments.Experiment) bool {
		return len(m.Claims) > 0 && !slices.Contains(m.Claims, e.ID)
	})
}

func judgeAll(table results.Table, m results.Manifest) analysis.Report {
	report := analysis.Report{Manifest: m, Explanations: make(map[string]string)}
	for _, e := range judged(m) {
		report.Verdicts = append(report.Verdicts, e.Judge(table))
		report.Explanations[e.ID] = e.Explain()
	}
	report.Verdicts = analysis.Adjust(report.Verdicts, alpha)
	return report
}

// draw writes each experiment's figures as SVG, the canonical form, and PNG beside it.
func draw(dir string, table results.Table, report *analysis.Report) error {
	for _, e := range judged(report.Manifest) {
		for _, chart := range e.Charts(table) {
			chart.Caption = caption(chart.Caption, report.Manifest)
			file := filepath.Join(dir, figures, chart.ID)
			if err := errors.Join(chart.WriteSVG(file+".svg"), chart.WritePNG(file+".png")); err != nil {
				return err
			}
			report.Figures = append(report.Figures, analysis.Figure{
				Claim: e.ID, Title: chart.Title, File: path.Join(figures, chart.ID+".svg"),
			})
		}
	}
	return nil
}

func caption(own string, m results.Manifest) string {
	text := fmt.Sprintf("%s; profile %s, seed %d.", m.Host, m.Profile, m.Seed)
	if own != "" {
		text = own + " " + text
	}
	return text
}
