package analysis

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/results"
)

// A Report is what report.md is made of. It is rendered from records and manifest alone.
type Report struct {
	Manifest     results.Manifest
	Verdicts     []results.Verdict
	Figures      []Figure
	Explanations map[string]string // by claim: what was done and how to read it, Markdown paragraphs
}

// A Figure is a drawn chart and where it stands.
type Figure struct {
	Claim string // whose it is; "": the whole run's
	Title string // also what a screen reader says
	File  string // of the SVG, relative to the report: figures/gil-cpu.svg
}

// WriteMarkdown writes the report: the outcomes in two sentences, a table of the claims, each claim
// with its evidence and how to obtain it again, and the machine.
func WriteMarkdown(w io.Writer, rep Report) error {
	var b bytes.Buffer
	rep.headline(&b)
	rep.table(&b)
	rep.figures(&b, "")
	for i, name := range names(rep.Verdicts) {
		rep.claim(&b, name, &rep.Verdicts[i])
	}
	rep.environment(&b)
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (rep *Report) headline(w *bytes.Buffer) {
	fmt.Fprintf(w, "# Worker models put to the test\n\n")
	runs, invalid := 0, 0
	for _, v := range rep.Verdicts {
		runs, invalid = runs+v.Runs, invalid+v.Invalid
	}
	fmt.Fprintf(w, "**%s**\n", Tally(rep.Verdicts))
	fmt.Fprintf(w, "They rest on %s (one that serves several claims counted for each), of which %d broke a validity rule and %s not counted; profile %s, seed %d.\n\n",
		plural(runs, "run"), invalid, isAre(invalid), orDash(escape(rep.Manifest.Profile)), rep.Manifest.Seed)
	if rep.Manifest.Interrupted != "" {
		fmt.Fprintf(w, "> **The run is not complete**: %s.\n\n", escape(rep.Manifest.Interrupted))
	}
	for _, warning := range rep.Manifest.Warnings {
		fmt.Fprintf(w, "> - %s\n", escape(warning))
	}
	if len(rep.Manifest.Warnings) > 0 {
		fmt.Fprintln(w)
	}
}

func (rep *Report) table(w *bytes.Buffer) {
	if len(rep.Verdicts) == 0 {
		return
	}
	rows := [][]string{{"claim", "verdict", "effect", "runs", "invalid"}}
	names := names(rep.Verdicts)
	for i, v := range rep.Verdicts {
		rows = append(rows, []string{
			fmt.Sprintf("[%s](#%s)", escape(names[i]), anchor(names[i])), mark(v.Outcome),
			escape(effectLine(v.Effect)), fmt.Sprint(v.Runs), fmt.Sprint(v.Invalid),
		})
	}
	writeTable(w, rows)
	fmt.Fprintf(w, "Supported or refuted: the whole interval lies on that side of the claim's threshold. Depends: supported under one condition named beforehand, refuted under another. Inconclusive: the interval holds the threshold, or too few runs count.\n\n")
}

func (rep *Report) claim(w *bytes.Buffer, name string, v *results.Verdict) {
	fmt.Fprintf(w, "## %s\n\n", escape(name))
	if v.Claim != "" {
		fmt.Fprintf(w, "> %s\n\n", escape(v.Claim))
	}
	fmt.Fprintf(w, "**%s** – %s", mark(v.Outcome), escape(effectLine(v.Effect)))
	if v.Effect.Confidence > 0 && v.Effect.Known() {
		fmt.Fprintf(w, ", %g %% interval", 100*v.Effect.Confidence)
	}
	fmt.Fprintf(w, ". %s\n\n", escape(v.Why.String()))
	rep.figures(w, v.ID)
	if text := strings.TrimSpace(rep.Explanations[v.ID]); text != "" {
		fmt.Fprintf(w, "%s\n\n", text)
	}
	others(w, v.Others)
	validity(w, v)
	fmt.Fprintf(w, "Again: `%s`\n\n", rep.reproduce(v))
}

func (rep *Report) figures(w *bytes.Buffer, claim string) {
	for _, f := range rep.Figures {
		if f.Claim == claim {
			fmt.Fprintf(w, "![%s](%s)\n\n", escape(f.Title), strings.ReplaceAll(f.File, " ", "%20"))
		}
	}
}

func (rep *Report) reproduce(v *results.Verdict) string {
	systems := ""
	if v.System != "" && v.System != ownSystem {
		systems = " --systems " + v.System
	}
	return fmt.Sprintf("workerlab bench --profile %s --only %s%s --seed %d",
		orDash(rep.Manifest.Profile), v.ID, systems, rep.Manifest.Seed)
}

// ownSystem is measured where no other is asked for.
const ownSystem = "workerlab"

func others(w *bytes.Buffer, effects []results.Effect) {
	if len(effects) == 0 {
		return
	}
	rows := [][]string{{"beside it", "value", "interval"}}
	for _, e := range effects {
		value, interval, _ := strings.Cut(FormatInterval(e.Interval, e.Unit), " (")
		rows = append(rows, []string{escape(e.Name.String()), escape(value), escape(orDash(strings.TrimSuffix(interval, ")")))})
	}
	writeTable(w, rows)
}

func validity(w *bytes.Buffer, v *results.Verdict) {
	fmt.Fprintf(w, "%s, %d invalid", plural(v.Runs, "run"), v.Invalid)
	reasons := slices.Sorted(maps.Keys(v.Reasons))
	for i, reason := range reasons {
		separator := "; "
		if i == 0 {
			separator = ": "
		}
		fmt.Fprintf(w, "%s%s (%d)", separator, escape(reason), v.Reasons[reason])
	}
	fmt.Fprint(w, ".\n\n")
	for _, warning := range v.Warnings {
		fmt.Fprintf(w, "- %s\n", escape(warning.String()))
	}
	if len(v.Warnings) > 0 {
		fmt.Fprintln(w)
	}
}
