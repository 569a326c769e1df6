package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/text"
)

// A standing is one claim with its verdicts on several systems.
type standing struct {
	ID       string
	Verdicts []results.Verdict // in the order of the systems; of one that the claim was not put to, without an ID
	Differ   bool              // two systems decide it differently
	Open     bool              // it is undecided on one of them
}

// A comparison is every claim that was put to more than one system.
type comparison struct {
	Systems []string
	Claims  []standing
}

// beside lists the claims that were put to more than one system, in order.
func beside(verdicts []results.Verdict) (c comparison) {
	byID := make(map[string]map[string]results.Verdict)
	var ids []string
	for _, v := range verdicts {
		if v.System == "" { // it compares systems itself
			continue
		}
		if byID[v.ID] == nil {
			byID[v.ID] = make(map[string]results.Verdict)
			ids = append(ids, v.ID)
		}
		byID[v.ID][v.System] = v
		if !slices.Contains(c.Systems, v.System) {
			c.Systems = append(c.Systems, v.System)
		}
	}
	for _, id := range ids {
		if len(byID[id]) < 2 {
			continue
		}
		row := standing{ID: id}
		var decided []results.Outcome
		for _, system := range c.Systems {
			v := byID[id][system]
			row.Verdicts = append(row.Verdicts, v)
			switch {
			case v.ID == "":
			case v.Outcome == results.Inconclusive:
				row.Open = true
			case !slices.Contains(decided, v.Outcome):
				decided = append(decided, v.Outcome)
			}
		}
		row.Differ = len(decided) > 1
		c.Claims = append(c.Claims, row)
	}
	return c
}

// Found says how the systems agree.
func (c comparison) Found() text.Message {
	alike, differ, open := 0, 0, 0
	for _, row := range c.Claims {
		switch {
		case row.Differ:
			differ++
		case row.Open:
			open++
		default:
			alike++
		}
	}
	return text.Of("%d claims were put to %s: %d come out alike, %d differently, %d are undecided on one of them.",
		len(c.Claims), strings.Join(c.Systems, ", "), alike, differ, open)
}

// Disagreements are the claims that come out differently.
func (c comparison) Disagreements() (rows []standing) {
	for _, row := range c.Claims {
		if row.Differ {
			rows = append(rows, row)
		}
	}
	return rows
}

// Disagreements names the claims that come out differently on several systems, one sentence each, with every
// system's verdict and effect.
func Disagreements(verdicts []results.Verdict) (lines []string) {
	c := beside(verdicts)
	for _, row := range c.Disagreements() {
		var parts []string
		for i, v := range row.Verdicts {
			if v.ID != "" {
				parts = append(parts, fmt.Sprintf("%s on %s (%s)", v.Outcome, c.Systems[i], measure(v.Effect)))
			}
		}
		lines = append(lines, row.ID+": "+strings.Join(parts, ", "))
	}
	return lines
}

// section sets the claims side by side, and then what each system says where they disagree.
func (c comparison) section() page.Section {
	t := page.Table{Columns: page.Heads(append([]string{"claim"}, c.Systems...)...)}
	for _, row := range c.Claims {
		cells := []page.Cell{{Code: row.ID}}
		for _, v := range row.Verdicts {
			cell := page.Cell{Text: text.Plain("–")}
			if v.ID != "" {
				cell = page.Cell{Badge: badge(v.Outcome), Text: text.Plain(measure(v.Effect).Value)}
			}
			cells = append(cells, cell)
		}
		t.Rows = append(t.Rows, page.Row{Marked: row.Differ, Cells: cells})
	}
	s := page.Section{ID: "systems", Title: text.Of("The systems side by side"), Blocks: []page.Block{page.Text{c.Found()}, t}}
	if differ := c.Disagreements(); len(differ) > 0 {
		sides := page.Sides{Title: text.Of("Where they disagree")}
		for _, row := range differ {
			side := page.Side{Of: row.ID}
			for i, v := range row.Verdicts {
				if v.ID != "" {
					side.Lines = append(side.Lines, page.SideLine{Who: c.Systems[i], Badge: badge(v.Outcome), Text: v.Why})
				}
			}
			sides.Items = append(sides.Items, side)
		}
		s.Blocks = append(s.Blocks, sides)
	}
	return s
}
