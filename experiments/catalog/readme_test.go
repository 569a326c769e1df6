package catalog

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/stat"
)

// marks are the outcomes as README's tables show them.
var marks = map[results.Outcome]string{
	results.Supported: "✔", results.Refuted: "✘", results.Depends: "◐", results.Inconclusive: "?",
}

// README's tables of verdicts are those of the runs that it names: every verdict has its row and every row its verdict,
// figure by figure.
func TestReadmeShowsTheReferenceRuns(t *testing.T) {
	for dir, row := range map[string]func([]results.Verdict) string{
		"quick":   alone,
		"systems": sideBySide,
	} {
		t.Run(dir, func(t *testing.T) {
			wanted := make(map[string]string)
			for id, verdicts := range byClaim(stored(t, "../../results/reference/"+dir)) {
				wanted[id] = row(verdicts)
			}
			shown := rows(t, "(results/reference/"+dir+"/report.md)")
			for id, want := range wanted {
				if shown[id] != want {
					t.Errorf("README has\n\t%s\nand the run\n\t%s", shown[id], want)
				}
			}
			for id, row := range shown {
				if wanted[id] == "" {
					t.Errorf("README has a row of no verdict: %s", row)
				}
			}
		})
	}
}

// rows are the lines of a table by the claim in their first column: of the last table that begins behind a link's target.
func rows(t *testing.T, target string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(string(text), target)
	if at < 0 {
		t.Fatalf("README does not link to %s", target)
	}
	first := regexp.MustCompile("^\\| `([a-z-]+)`")
	found := make(map[string]string)
	for line := range strings.Lines(string(text[at:])) {
		if m := first.FindStringSubmatch(line); m != nil {
			found[m[1]] = strings.TrimSpace(line)
		} else if len(found) > 0 {
			break
		}
	}
	if len(found) == 0 {
		t.Fatalf("README has no table behind its link to %s", target)
	}
	return found
}

// byClaim are the verdicts on each claim, in the order of the systems.
func byClaim(verdicts []results.Verdict) map[string][]results.Verdict {
	all := make(map[string][]results.Verdict)
	for _, v := range verdicts {
		all[v.ID] = append(all[v.ID], v)
	}
	return all
}

// alone is the row of a claim that was put to one system: `id`: sentence | ✔ supported | effect: 1.00 × (0.90–1.10).
func alone(verdicts []results.Verdict) string {
	v := verdicts[0]
	return "| `" + v.ID + "`: " + headline(v.ID) + " | " + marks[v.Outcome] + " " + v.Outcome.String() + " | " + escaped(v.Effect.Name.String()) + ": " + figures(v) + " |"
}

// sideBySide is the row of a claim that was put to ours and to gunicorn: `id` | effect | ✔ ours | ? theirs.
func sideBySide(verdicts []results.Verdict) string {
	row := "| `" + verdicts[0].ID + "` | " + escaped(verdicts[0].Effect.Name.String()) + " |"
	for _, system := range []string{results.Ours, "gunicorn"} {
		cell := "–"
		for _, v := range verdicts {
			if v.System == system {
				cell = marks[v.Outcome] + " " + figures(v)
			}
		}
		row += " " + cell + " |"
	}
	return row
}

func figures(v results.Verdict) string { return stat.FormatInterval(v.Effect.Interval, v.Effect.Unit) }

// escaped is a text as Markdown shows it.
func escaped(s string) string { return strings.ReplaceAll(s, ">", "&gt;") }

// headline is the claim's first sentence.
func headline(id string) string {
	for _, e := range Experiments() {
		if e.ID == id {
			first, _, _ := strings.Cut(e.Explain(), "\n")
			return first
		}
	}
	return ""
}
