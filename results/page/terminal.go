package page

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/workerlab/workerlab/results/text"
)

// A Terminal is what a table is set in.
type Terminal struct {
	Width int  // columns; 0: 80
	Color bool // badges in colour; the caller knows the terminal and NO_COLOR
}

const usualWidth = 80

// Print writes the table, in English: columns no wider than they may be, long text wrapped.
func (t *Table) Print(w io.Writer, in Terminal) error {
	align := make([]tw.Align, len(t.Columns))
	heads := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		align[i], heads[i] = tw.AlignLeft, c.Head.String()
		if c.Right {
			align[i] = tw.AlignRight
		}
	}
	between := tw.Off
	if t.Ruled {
		between = tw.On
	}
	table := tablewriter.NewTable(w,
		tablewriter.WithHeaderAutoFormat(tw.Off), // it would turn "p99 (ms)" into "P 99 ( MS )"
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRendition(tw.Rendition{Settings: tw.Settings{Separators: tw.Separators{BetweenRows: between}}}),
	)
	table.Header(heads)
	for _, row := range t.wrapped(in) {
		if err := table.Append(row); err != nil {
			return fmt.Errorf("table: %w", err)
		}
	}
	if err := table.Render(); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	return nil
}

// wrapped are the cells as they are written, each in as much room as its column has.
func (t *Table) wrapped(in Terminal) (rows [][]string) {
	room := t.room(in)
	for _, row := range t.Rows {
		var cells []string
		for i, c := range row.Cells {
			cell := fit(c.terminal(), room[i])
			if code, ok := colors[c.Badge.Class]; ok && in.Color { // the word is there too
				cell = "\x1b[" + code + "m" + cell + "\x1b[0m"
			}
			cells = append(cells, cell)
		}
		rows = append(rows, cells)
	}
	return rows
}

// colors are the ANSI codes of badges by their class.
var colors = map[string]string{"supported": "32", "refuted": "31", "depends": "36", "inconclusive": "33"}

// terminal is the cell's text: a measure's figures stand on a line of their own.
func (c Cell) terminal() string {
	switch m := c.Measure; {
	case c.Badge.Sign != "":
		return strings.TrimSpace(c.Badge.Word.String() + " " + c.Text.String())
	case m == nil:
		return strings.TrimSpace(c.Text.String() + " " + c.Code)
	case m.Value == "" && m.Name.Empty():
		return "–"
	default:
		figures := Measure{Value: m.Value, Bounds: m.Bounds}.String()
		if m.Name.Empty() {
			return figures
		}
		return m.Name.String() + "\n" + figures
	}
}

// room is how wide each column's text may be.
func (t *Table) room(in Terminal) []int {
	width := in.Width
	if width == 0 {
		width = usualWidth
	}
	room := make([]int, len(t.Columns))
	left, rest := width-1, -1 // the last border
	for i, c := range t.Columns {
		for line := range strings.SplitSeq(c.Head.String(), "\n") {
			room[i] = max(room[i], utf8.RuneCountInString(line))
		}
		most := c.Most
		if most == 0 {
			most = width
		}
		for _, row := range t.Rows {
			for line := range strings.SplitSeq(fit(row.Cells[i].terminal(), most), "\n") {
				room[i] = max(room[i], utf8.RuneCountInString(line))
			}
		}
		left -= 3 // border and padding
		if c.Rest {
			rest = i
			continue
		}
		left -= room[i]
	}
	if rest >= 0 {
		room[rest] = max(left, leastRest)
	}
	return room
}

// leastRest is how many columns a text gets, however narrow the terminal is.
const leastRest = 24

// fit breaks each line to the room.
func fit(s string, room int) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, text.Wrap(line, room)...)
	}
	return strings.Join(lines, "\n")
}
