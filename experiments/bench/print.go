package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/workerlab/workerlab/experiments/catalog"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/text"
)

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// List prints all claims.
func List(w io.Writer, asJSON bool) error {
	if asJSON {
		type claim struct {
			ID    string `json:"id"`
			Claim string `json:"claim"`
			Said  string `json:"said,omitempty"`
		}
		var all []claim
		for _, e := range catalog.Experiments() {
			all = append(all, claim{e.ID, e.Claim, e.Said})
		}
		return writeJSON(w, all)
	}
	for _, e := range catalog.Experiments() {
		fmt.Fprintf(w, "%s\n", e.ID)
		for _, line := range text.Wrap(e.Claim, 74) {
			fmt.Fprintf(w, "    %s\n", line)
		}
	}
	return nil
}

// Explain prints what a claim means and how it is measured.
func Explain(w io.Writer, id string) error {
	chosen, err := Choose([]string{id})
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(w, reflow(chosen[0].Explain()))
	return err
}

// reflow sets paragraphs anew for a terminal. Formulas, which are indented, stay as they are.
func reflow(doc string) string {
	var out, paragraph strings.Builder
	flush := func() {
		if paragraph.Len() > 0 {
			out.WriteString(strings.Join(text.Wrap(paragraph.String(), text.Width), "\n") + "\n")
			paragraph.Reset()
		}
	}
	for line := range strings.Lines(doc) {
		if strings.TrimSpace(line) == "" || line[0] == '\t' || line[0] == ' ' {
			flush()
			out.WriteString(line)
			continue
		}
		paragraph.WriteString(line)
	}
	flush()
	return out.String()
}

// A plannedRun is a step of the plan as --dry-run --json prints it.
type plannedRun struct {
	Trial   string       `json:"trial"`
	Cell    results.Cell `json:"cell"`
	Group   string       `json:"group"`
	Block   int          `json:"block"` // from 0, as a record's repetition
	Seconds float64      `json:"seconds"`
	// Together says that it runs at the same time as the others of its group and block.
	Together bool     `json:"together,omitempty"`
	Claims   []string `json:"claims"`
}

type printedPlan struct {
	Profile string       `json:"profile"`
	Seed    uint64       `json:"seed"`
	Seconds float64      `json:"seconds"`                   // about, if nothing has to be repeated
	AtMost  float64      `json:"at_most_seconds,omitempty"` // with repeated runs and further blocks
	Trials  int          `json:"trials"`
	Steps   []plannedRun `json:"steps"`
}

// Print tells what would run, in order, and how long it would take.
func (r *Run) Print(w io.Writer, asJSON bool) error {
	plan := rig.Remaining(r.plan, r.earlier, r.tries())
	if r.Complete() {
		plan = nil
	}
	estimate, most := plan.Estimate(), fuse(r.profile, len(r.systems.Tested), plan.Estimate())
	if r.modelsAlone() { // which take seconds
		estimate, most = 0, 0
	}
	if asJSON {
		p := printedPlan{r.profile.String(), r.seed, estimate.Seconds(), most.Seconds(), plan.Trials(), nil}
		for _, s := range plan {
			p.Steps = append(p.Steps, plannedRun{s.Trial.String(), s.Trial.Cell(), s.Trial.Group, s.Block, s.Trial.Estimate().Seconds(), s.Trial.Together, s.Users})
		}
		return writeJSON(w, p)
	}
	if r.Complete() {
		_, err := fmt.Fprintf(w, "There is nothing to resume: the run in %s is complete.\n", r.dir)
		return err
	}
	for i, s := range plan {
		printStep(w, i, s)
	}
	for _, why := range r.skipped {
		fmt.Fprintln(w, strings.Join(text.Wrap(why, text.Width), "\n"))
	}
	if r.modelsAlone() {
		text.Paragraph(w, fmt.Sprintf("%d runs of %d trials, profile %v, seed %d: none is measured; they are %s, as far as the models hold them, in seconds",
			len(plan), plan.Trials(), r.profile, r.seed, strings.Join(r.origins, " and ")))
		return nil
	}
	fmt.Fprintf(w, "%d runs of %d trials, profile %v, seed %d: about %v\n",
		len(plan), plan.Trials(), r.profile, r.seed, estimate.Round(time.Second))
	if estimate > most-reporting {
		_, err := fmt.Fprintf(w, "more than the %v of the profile: the last blocks will be left to --resume\n", most.Round(time.Second))
		return err
	}
	_, err := fmt.Fprintf(w, "at most %v, with runs repeated and blocks added for undecided claims\n", most.Round(time.Second))
	return err
}

// printStep writes a step in at most 80 columns, with the claims on a line of their own where they do
// not fit.
func printStep(w io.Writer, i int, s trial.Step) {
	beside := " "
	if s.Trial.Together {
		beside = "+"
	}
	line := fmt.Sprintf("%3d  block %d %s%5.1f s  %s", i+1, s.Block+1, beside, s.Trial.Estimate().Seconds(), text.Cut(s.Trial.String(), 56))
	claims := strings.Join(s.Users, ", ")
	if utf8.RuneCountInString(line)+2+len(claims) <= text.Width {
		fmt.Fprintf(w, "%s  %s\n", line, claims)
		return
	}
	fmt.Fprintln(w, line)
	for _, part := range text.Wrap(claims, 56) {
		fmt.Fprintf(w, "%22s  %s\n", "", part)
	}
}
