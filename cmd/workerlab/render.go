package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/workerlab/workerlab/experiments"
	"github.com/workerlab/workerlab/experiments/bench"
	"github.com/workerlab/workerlab/experiments/catalog"
	"github.com/workerlab/workerlab/experiments/judge"
	"github.com/workerlab/workerlab/experiments/origins"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/benchfmt"
	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/report"
)

const (
	figures    = "figures"
	benchmarks = "benchmarks.txt"
)

// verdict judges the records of the run in dir. A last record that was cut short is told on stderr, and the
// others are used. A run that is damaged otherwise is judged where that is asked for, and says so in its report.
func verdict(dir string, damaged bool, stderr io.Writer) (report.Report, error) {
	var none report.Report
	manifest, err := results.ReadManifest(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return none, usage(fmt.Errorf("%s is no run's folder: %w", dir, err))
	}
	if err != nil {
		return none, err
	}
	table, err := results.Load(dir)
	switch damage := (*results.Damage)(nil); {
	case err == nil:
	case results.CutShort(err):
		fmt.Fprintf(stderr, "warning: %v; the %d records before it are used\n", err, len(table))
		manifest.Warnings = append(manifest.Warnings, err.Error())
	case damaged && errors.As(err, &damage):
		fmt.Fprintf(stderr, "warning: %v; the %d records that are whole are used\n", err, len(table))
		manifest.Warnings = append(manifest.Warnings, fmt.Sprintf("%v; the %d records that are whole were judged", err, len(table)))
	case errors.As(err, &damage):
		return none, fmt.Errorf("%w; nothing was judged and nothing written: put the file back as it was, "+
			"or have the %d records judged that are whole, elsewhere: workerlab report --damaged --out FOLDER %s", err, len(table), dir)
	default:
		return none, err
	}
	return reportOf(table, manifest)
}

// A place is where a report is written.
type place struct {
	run string // folder of the run
	out string // folder of the report
	png bool   // figures are drawn as PNG, too
}

// render writes verdicts, figures, report.md, report.html and benchmarks.txt: what cannot be written does not keep it
// from the others.
func (p place) render(rep *report.Report) error {
	if err := os.MkdirAll(filepath.Join(p.out, figures), 0o755); err != nil {
		return fmt.Errorf("create folder for the report: %w", err)
	}
	records, err := results.RecordsIn(p.run)
	if err != nil {
		return err
	}
	from, err := filepath.Rel(p.out, p.run)
	if err != nil { // one of them is relative to where this is run
		from = p.run
	}
	from = filepath.ToSlash(from)
	rep.Files = []string{path.Join(from, records), path.Join(from, results.ManifestFile), results.VerdictsFile, benchmarks, report.MarkdownFile}
	return errors.Join(results.WriteVerdicts(p.out, rep.Verdicts()), p.drawAll(rep), writeAll(p.out, rep))
}

func writeAll(dir string, rep *report.Report) error {
	return errors.Join(
		results.WriteFile(filepath.Join(dir, benchmarks), func(w io.Writer) error { return benchfmt.Write(w, rep.Records.Origin(results.Measured), rep.Manifest) }),
		results.WriteFile(filepath.Join(dir, report.MarkdownFile), rep.WriteMarkdown),
		results.WriteFile(filepath.Join(dir, report.HTMLFile), rep.WriteHTML),
	)
}

// judged are the experiments of the run, each on every software that was put to the test; older manifests
// that name no claims mean all.
func judged(m results.Manifest) ([]experiments.Experiment, error) {
	chosen := slices.DeleteFunc(catalog.Experiments(), func(e experiments.Experiment) bool {
		return len(m.Claims) > 0 && !slices.Contains(m.Claims, e.ID)
	})
	if len(m.Systems) == 0 { // of a run that knew ours alone
		m.Systems = []string{results.Ours}
	}
	tested, err := bench.Named(m.Systems)
	if err != nil {
		return nil, err
	}
	compared, err := bench.Named(m.Compared)
	if err != nil {
		return nil, err
	}
	all, _ := bench.LineUp{Tested: tested, Compared: compared}.Put(chosen)
	return all, nil
}

// reportOf judges every claim of the run and gathers its evidence.
func reportOf(table results.Table, m results.Manifest) (report.Report, error) {
	korean, err := catalog.Korean()
	if err != nil {
		return report.Report{}, err
	}
	rep := report.Report{
		Manifest: m, Records: table, Korean: korean,
	}
	chosen, err := judged(m)
	if err != nil {
		return report.Report{}, err
	}
	profile, err := bench.ProfileOf(m.Profile)
	models := err == nil // of a profile that is not known, the trials are not
	if models {
		rep.Models = origins.Survey(chosen, profile, table)
	}
	for i, verdict := range experiments.Verdicts(chosen, table) {
		e := chosen[i]
		drawn := e.Draw(table)
		if models {
			drawn = append(drawn, origins.Charts(e, profile, table)...)
		}
		rep.Claims = append(rep.Claims, report.Claim{
			Verdict: verdict, Said: e.Said, Explanation: e.Explain(), ExplanationKorean: e.Korean.Doc,
			Runs: table.Origin(results.Measured).Trials(keys(e, m.Profile)...), Figures: figuresOf(drawn),
		})
	}
	rep.Controls = controls(table, rep.Claims)
	return rep, nil
}

// controls are the run's A/A pairs, each with the claims whose trials it is among.
func controls(table results.Table, claims []report.Claim) (all []report.Control) {
	for _, c := range judge.Controls(table) {
		control := report.Control{Trial: c.Name, Value: c.Value, Ratio: c.Ratio, Declared: c.Declared}
		for _, claim := range claims {
			if slices.ContainsFunc(judge.Controls(claim.Runs), func(own judge.Control) bool { return own.Name == c.Name }) {
				control.Claims = append(control.Claims, claim.Verdict.Name())
			}
		}
		all = append(all, control)
	}
	return all
}

// keys are those of the experiment's trials in a profile. There are none in a profile that is not known.
func keys(e experiments.Experiment, profile string) (all []string) {
	p, err := bench.ProfileOf(profile)
	if err != nil {
		return nil
	}
	for _, t := range e.Trials(p) {
		all = append(all, t.Key())
	}
	return all
}

func figuresOf(charts []chart.Chart) (all []page.Figure) {
	for _, figure := range charts {
		all = append(all, page.Figure{Chart: figure, File: path.Join(figures, figure.ID+".svg")})
	}
	return all
}

// drawAll writes the figures as SVG, the canonical form, and PNG beside it. Each says where it is from.
func (p place) drawAll(rep *report.Report) error {
	var failed []error
	for _, c := range rep.Claims {
		for _, f := range c.Figures {
			figure := f.Chart
			figure.Caption = caption(figure.Caption, rep.Manifest)
			file := filepath.Join(p.out, figures, figure.ID)
			failed = append(failed, figure.WriteSVG(file+".svg"))
			if p.png {
				failed = append(failed, figure.WritePNG(file+".png"))
			}
		}
	}
	return errors.Join(failed...)
}

func caption(own string, m results.Manifest) string {
	text := fmt.Sprintf("%s; profile %s, seed %d.", m.Host, m.Profile, m.Seed)
	if own != "" {
		text = own + " " + text
	}
	return text
}
