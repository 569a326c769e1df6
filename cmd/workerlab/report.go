package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/report"
	"github.com/workerlab/workerlab/results/text"
)

func newReportCommand() *cobra.Command {
	var o reportOptions
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "judge the records of a run again and render its report",
		Long: `Judge the records of a run again and write its verdicts, figures, report.md, report.html and
benchmarks.txt anew, into the run's folder or that of --out. Nothing is measured: the same records give
the same report.

A run whose records are damaged (a line that was changed, copied or deleted, lines of another run, an end
that is missing) is named with its lines and not judged, so that no verdict is written over by half the
evidence. With --damaged the records that are whole are judged, and the report says so.

--pack compresses the records (records.jsonl.gz), which report and compare read as they are. None can be
added to them.`,
		Example: `  workerlab report results/runs/20260102-150405
  workerlab report --out /tmp/again results/runs/20260102-150405`,
		Args: oneFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.report(cmd, args[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.out, "out", "", "folder for what is written; that of the run if not given")
	flags.BoolVar(&o.damaged, "damaged", false, "judge what is whole of a run that is damaged")
	flags.BoolVar(&o.png, "png", true, "draw the figures as PNG, too, beside SVG")
	flags.BoolVar(&o.pack, "pack", false, "compress the run's records first")
	flags.BoolVar(&o.asJSON, "json", false, "print the verdicts as JSON")
	return cmd
}

type reportOptions struct {
	out                   string
	damaged, pack, asJSON bool
	png                   bool
}

func (o reportOptions) report(cmd *cobra.Command, dir string) error {
	out := cmp.Or(o.out, dir)
	if err := free(out, dir); err != nil {
		return err
	}
	if o.pack {
		if err := results.Pack(dir); err != nil {
			return err
		}
	}
	rep, err := verdict(dir, o.damaged, cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	return renderAndPrint(cmd.OutOrStdout(), place{dir, out, o.png}, &rep, o.asJSON)
}

// free makes sure that no other run's report is written over.
func free(out, dir string) error {
	if same(out, dir) {
		return nil
	}
	switch _, err := os.Stat(filepath.Join(out, results.ManifestFile)); {
	case err == nil:
		return usage(fmt.Errorf("--out %s is the folder of another run: choose one of its own for the report of %s", out, dir))
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return nil
}

// same reports whether both paths lead to one folder.
func same(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

func oneFolder(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(fmt.Errorf("report wants the folder of one run, got %d arguments", len(args)))
	}
	return nil
}

// renderAndPrint writes a run's report, and prints its verdicts even where that fails, on a full disk.
func renderAndPrint(w io.Writer, to place, rep *report.Report, asJSON bool) error {
	rendered := to.render(rep)
	err := printVerdicts(w, rep, asJSON)
	if err != nil || rendered != nil || asJSON {
		return errors.Join(rendered, err)
	}
	_, err = fmt.Fprintf(w, "Report: %s and %s\n", filepath.Join(to.out, report.HTMLFile), filepath.Join(to.out, report.MarkdownFile))
	return err
}

func printVerdicts(w io.Writer, rep *report.Report, asJSON bool) error {
	if asJSON {
		return writeJSON(w, rep.Verdicts())
	}
	if len(rep.Records.Origin(results.Measured)) > 0 || len(rep.Records) == 0 { // or no claim was judged
		if err := report.VerdictTable(w, rep.Verdicts(), tableStyle(w)); err != nil {
			return err
		}
	}
	closing(w, rep)
	return printModels(w, &rep.Models)
}

// printModels says under the verdicts how far the models are off.
func printModels(w io.Writer, m *report.Models) error {
	if !m.Any() {
		return nil
	}
	text.Paragraph(w, m.Found().String())
	return report.ModelTable(w, m)
}
