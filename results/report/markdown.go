package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/workerlab/workerlab/results"
)

// WriteMarkdown writes the report in English: the outcomes in two sentences, a table of the claims,
// each claim with its evidence and how to obtain it again, and the machine.
func (rep *Report) WriteMarkdown(w io.Writer) error {
	var b bytes.Buffer
	rep.head(&b)
	rep.table(&b)
	rep.systems(&b)
	for i, name := range names(rep.Verdicts()) {
		rep.claim(&b, name, &rep.Claims[i])
	}
	rep.models(&b)
	rep.foot(&b)
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (rep *Report) head(w *bytes.Buffer) {
	fmt.Fprintf(w, "# Worker models put to the test\n\n**%s**\n%s\n\n", rep.found(), rep.basis())
	fmt.Fprintf(w, "Profile %s, seed %d.\n\n", orDash(escape(rep.Manifest.Profile)), rep.Manifest.Seed)
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
	if len(rep.Claims) == 0 {
		return
	}
	rows := [][]string{{"claim", "verdict", "effect", "runs", "invalid"}}
	for i, name := range names(rep.Verdicts()) {
		v := &rep.Claims[i].Verdict
		rows = append(rows, []string{
			fmt.Sprintf("[%s](#%s)", escape(name), anchor(name)), mark(v.Outcome),
			escape(effectLine(v.Effect)), fmt.Sprint(v.Runs), fmt.Sprint(v.Invalid),
		})
	}
	writeTable(w, rows)
	for _, m := range meanings() {
		fmt.Fprintf(w, "- %s: %s\n", mark(m.Outcome), m.Text)
	}
	fmt.Fprintln(w)
}

func (rep *Report) claim(w *bytes.Buffer, name string, c *Claim) {
	v := &c.Verdict
	fmt.Fprintf(w, "## %s\n\n", escape(name))
	if v.Claim != "" {
		fmt.Fprintf(w, "> %s\n\n", escape(v.Claim))
	}
	if c.Said != "" {
		fmt.Fprintf(w, "Commonly said: %s\n\n", escape(c.Said))
	}
	fmt.Fprintf(w, "**%s** – %s", mark(v.Outcome), escape(effectLine(v.Effect)))
	if v.Effect.Confidence > 0 && v.Effect.Known() {
		fmt.Fprintf(w, ", %g %% interval", 100*v.Effect.Confidence)
	}
	fmt.Fprintf(w, ". %s\n\n", escape(v.Why.String()))
	for _, f := range c.Figures {
		fmt.Fprintf(w, "![%s](%s)\n\n", escape(f.Chart.Title), strings.ReplaceAll(f.File, " ", "%20"))
	}
	if text := strings.TrimSpace(c.Explanation); text != "" {
		fmt.Fprintf(w, "%s\n\n", text)
	}
	secondary(w, v.Others)
	rep.doubts(w, c)
	fmt.Fprintf(w, "Again: `%s`\n\n", rep.reproduce(v))
}

// secondary lists the secondary effects.
func secondary(w *bytes.Buffer, effects []results.Effect) {
	if len(effects) == 0 {
		return
	}
	rows := [][]string{{"beside it", "value", "interval"}}
	for _, e := range effects {
		value, bounds := figures(e)
		rows = append(rows, []string{escape(e.Name.String()), escape(orDash(value)), escape(orDash(bounds))})
	}
	writeTable(w, rows)
}

func (rep *Report) doubts(w *bytes.Buffer, c *Claim) {
	for _, t := range c.threats(rep.Controls) {
		fmt.Fprintf(w, "- %s %s\n", escape(t.Question.String()), escape(t.Answer.String()))
	}
	fmt.Fprintln(w)
}

func (rep *Report) foot(w *bytes.Buffer) {
	if len(rep.Controls) > 0 {
		fmt.Fprintf(w, "## Identical trials\n\n%s\n\n", rep.agreement())
		rows := [][]string{{"trial", "what was compared", "twin over original", "passed for a difference"}}
		for _, c := range rep.Controls {
			rows = append(rows, []string{escape(c.Trial), escape(c.Value), escape(c.Difference()), yes(c.Declared)})
		}
		writeTable(w, rows)
	}
	fmt.Fprintf(w, "## The run and the machine\n\n")
	rows := [][]string{{"what", "value"}}
	for _, f := range environment(rep.Manifest) {
		rows = append(rows, []string{escape(f.What.String()), escape(f.Value.String())})
	}
	writeTable(w, rows)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// effectLine is the effect on one line: "X(8)/X(1): 6.97 × (6.81–7.14)".
func effectLine(e results.Effect) string {
	value, bounds := figures(e)
	switch {
	case value == "":
		return "no effect could be estimated"
	case bounds != "":
		value += " (" + bounds + ")"
	}
	if e.Name.Empty() {
		return value
	}
	return e.Name.String() + ": " + value
}

func mark(o results.Outcome) string { return sign(o) + " " + o.String() }
