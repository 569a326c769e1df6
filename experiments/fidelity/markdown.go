package fidelity

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/workerlab/workerlab/results/stat"
)

const introduction = `# How like gunicorn

Our worker classes beside gunicorn's, on one machine, with the same settings. Made by ` + "`make fidelity`" + `;
` + "`fidelity.json`" + ` has the same for programs.

`

const shapeIntroduction = `## Shape

Throughput and latency of both servers along an axis. What a request costs gunicorn more CPU time, measured on
one busy worker, our application was given to compute; every request has a connection of its own.
"Off by" is the greatest factor by which a point of one curve is off the other's, once each curve is divided
by the geometric mean of its points. A curve is within 10 % if every point is, with its whole 95 % interval.

`

const behaviourIntroduction = `## Behaviour

What clients see over raw TCP. Each server has one worker (gthread: of two threads); flags are equal, and the
defaults of both but for what is named. Events are in order, times in seconds, those of classes that behave
alike from the least to the greatest. FIN is a connection closed in order, RST one whose answers may be lost.
"The last" is an answer that says so, in whatever words. What gunicorn decides in a loop that turns once a
second comes up to a second late: such times are the same within %.1f s, all others within %.1f s.

`

// WriteMarkdown writes the report as Markdown.
func (r Report) WriteMarkdown(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(introduction)
	if r.Shape != nil {
		r.Shape.markdown(&b)
	}
	if r.Behaviour != nil {
		r.Behaviour.markdown(&b)
	}
	_, err := b.WriteTo(w)
	return err
}

func (s *Shape) markdown(w *bytes.Buffer) {
	fmt.Fprintf(w, "%s**%s**\n\n", shapeIntroduction, s.tally())
	rows := [][]string{{"scenario", "axis", "figure", "off by", "within 10 %"}}
	for _, c := range s.Curves {
		rows = append(rows, []string{c.Scenario, string(c.Axis), c.Figure, c.off(), string(c.Within)})
	}
	markdownTable(w, rows)
	fmt.Fprintf(w, "### Point by point\n\nGeometric means of %d blocks; the ratio is ours over gunicorn's, the shape that ratio over the geometric mean of the curve's.\n\n", s.Blocks)
	rows = [][]string{{"scenario", "figure", "point", "ours", "gunicorn", "ratio", "shape"}}
	for _, c := range s.Curves {
		rows = append(rows, c.rows()...)
	}
	markdownTable(w, rows)
	fmt.Fprintf(w, "### CPU time of a request on one busy worker\n\nWaits are left out.\n\n")
	rows = [][]string{{"class", "application", "cores", "ours", "gunicorn", "our application is given"}}
	for _, c := range s.Costs {
		rows = append(rows, []string{c.Class, c.Do, c.Place, stat.Format(c.Ours, "seconds"), stat.Format(c.Theirs, "seconds"), c.More().String()})
	}
	markdownTable(w, rows)
	s.Origin.markdown(w)
}

func (c Curve) rows() (rows [][]string) {
	if c.Lacks != "" {
		return [][]string{{c.Scenario, c.Figure, c.Lacks, "", "", "", ""}}
	}
	for _, p := range c.Points {
		rows = append(rows, []string{
			c.Scenario, c.Figure, p.At, stat.Format(p.Ours, c.Unit), stat.Format(p.Theirs, c.Unit),
			hundredths(p.Ratio), hundredths(p.Shape),
		})
	}
	return rows
}

func (b *Behaved) markdown(w *bytes.Buffer) {
	fmt.Fprintf(w, behaviourIntroduction+"**%s**\n\n", secondLoop.Seconds(), busyHost.Seconds(), b.tally())
	for _, about := range Behaviours() {
		fmt.Fprintf(w, "- `%s`: %s\n", about.ID, about.Does)
	}
	fmt.Fprintln(w)
	rows := [][]string{{"behaviour", "classes", "ours", "gunicorn", "why"}}
	for _, f := range findings(b.Rows) {
		theirs := f.Theirs
		if f.Same {
			theirs = "same"
		}
		rows = append(rows, []string{"`" + f.Behaviour + "`", f.Classes, f.Ours, theirs, f.Reason})
	}
	markdownTable(w, rows)
	b.Origin.markdown(w)
}

// markdown says where a part is from.
func (o Origin) markdown(w *bytes.Buffer) {
	took := time.Duration(o.Seconds * float64(time.Second)).Round(time.Second)
	fmt.Fprintf(w, "Measured %s in %v on %s; gunicorn %s", o.Started.UTC().Format(time.DateOnly), took, o.Host, o.Versions[Theirs])
	if o.Seed != 0 {
		fmt.Fprintf(w, "; seed %d", o.Seed)
	}
	fmt.Fprint(w, ".\n\n")
	for _, warning := range o.Warnings {
		fmt.Fprintf(w, "> - %s\n", oneLine(warning))
	}
	if len(o.Warnings) > 0 {
		fmt.Fprintln(w)
	}
}

// markdownTable writes rows, the first of them the header.
func markdownTable(w *bytes.Buffer, rows [][]string) {
	for i, row := range rows {
		for j := range row {
			row[j] = strings.ReplaceAll(oneLine(row[j]), "|", `\|`)
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(w, "|%s\n", strings.Repeat(" --- |", len(row)))
		}
	}
	fmt.Fprintln(w)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
