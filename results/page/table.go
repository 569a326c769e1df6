package page

import "github.com/workerlab/workerlab/results/text"

// A Table has heads over its columns; each row's first cell is its head.
type Table struct {
	Title   text.Message
	Class   string // in the style sheet; "": data
	Columns []Column
	Rows    []Row
	Ruled   bool // a terminal draws lines between the rows
}

// A Column is a head, and how the cells below it are set.
type Column struct {
	Head  text.Message
	Class string       // in the style sheet
	Unit  text.Message // of its cells, said where there is no room for the head
	Right bool         // a terminal aligns it to the right
	Most  int          // columns of a terminal that it takes at most; 0: as many as it needs
	Rest  bool         // it takes what the other columns leave of a terminal's width
}

// A Row is its cells. One that is Marked stands out.
type Row struct {
	Marked bool
	Cells  []Cell
}

// A Cell is a text, or a name with where it leads to, or a badge, or a measure, or several of these.
type Cell struct {
	Badge   Badge
	Text    text.Message
	Code    string // a name as on the command line
	Link    string // the ID of the section that the text leads to
	Measure *Measure
}

// Heads are columns of these heads.
func Heads(heads ...string) []Column {
	columns := make([]Column, len(heads))
	for i, head := range heads {
		if head != "" {
			columns[i].Head = text.Of(head)
		}
	}
	return columns
}

// Paragraphs are texts as they stand.
func Paragraphs(texts ...string) Text {
	var t Text
	for _, s := range texts {
		t = append(t, text.Plain(s))
	}
	return t
}

// NewFact is a line in English.
func NewFact(what, value string) Fact { return Fact{text.Of(what), text.Plain(value)} }

// Cells are a row of texts as they stand.
func Cells(texts ...string) Row {
	var r Row
	for _, s := range texts {
		r.Cells = append(r.Cells, Cell{Text: text.Plain(s)})
	}
	return r
}
