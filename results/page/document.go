package page

import (
	"strings"

	"github.com/workerlab/workerlab/results/chart"
	"github.com/workerlab/workerlab/results/stat"
	"github.com/workerlab/workerlab/results/text"
)

// A Document is what is told: a headline, what it rests on, and sections.
type Document struct {
	Window   string       // the name of the browser's window, and Markdown's heading
	What     text.Message // what this is, above the headline
	Headline text.Message // what came out, in a sentence
	Basis    text.Message // what it rests on
	Note     text.Message // that it was made so
	Alerts   []Alert      // what a reader should know before anything else
	Sections []Section
	// Languages beside English, which the texts are in.
	Languages []Language
}

// A Language is one that a Document can be read in beside English. What its catalogue lacks is shown in English.
type Language struct {
	Code      string // ko
	Called    string // by itself: 한국어
	Catalogue text.Catalogue
}

// An Alert is a doubt of the whole. One with a Head is set apart.
type Alert struct{ Head, Text text.Message }

// A Section is a part with a title of its own. One with a Badge is listed at the top of the page.
type Section struct {
	ID     string // the target of links; "": from the title
	Name   string // a short one, as on the command line; Markdown's heading
	Title  text.Message
	Lead   bool // it belongs to the headline: Markdown gives it no heading
	Badge  Badge
	Blocks []Block
}

// A Badge is an outcome: its word, a sign that is found without colour, and its class in the style sheet.
type Badge struct {
	Sign, Class string
	Word        text.Message
}

// A Block is a piece of a section: of those below.
//
//sumtype:decl
type Block interface{ block() }

type (
	// Text is paragraphs.
	Text []text.Message

	// A Claim is a sentence that is put to the test, and what is commonly said.
	Claim struct{ Tested, Said text.Message }

	// A Finding is a figure and what follows from it.
	Finding struct {
		Badge
		Measure
		Why text.Message
	}

	// A Figure is a chart and where its drawing stands, relative to the document: figures/gil-cpu.svg.
	Figure struct {
		Chart chart.Chart
		File  string
	}

	// Prose is a text of paragraphs in each language, English first, that opens by its summary. What a language lacks
	// is English.
	Prose struct {
		Summary text.Message
		Texts   []string
		Titled  bool // the first paragraph is the section's title, which a page does not say again
	}

	// Checks are questions that were looked into.
	Checks struct {
		Title text.Message
		Items []Check
	}

	// A Command is one to type.
	Command struct {
		Lead text.Message
		Line string
	}

	// Terms say what badges mean.
	Terms []Term

	// Facts are lines about something.
	Facts []Fact

	// Sides are what several say of one thing.
	Sides struct {
		Title text.Message
		Items []Side
	}

	// Code stands as it is.
	Code string

	// Links are files beside the page, which Markdown's readers see anyway.
	Links struct {
		Title, Text text.Message
		Files       []string
	}
)

func (Text) block()    {}
func (Claim) block()   {}
func (Finding) block() {}
func (Figure) block()  {}
func (Prose) block()   {}
func (Table) block()   {}
func (Checks) block()  {}
func (Command) block() {}
func (Terms) block()   {}
func (Facts) block()   {}
func (Sides) block()   {}
func (Code) block()    {}
func (Links) block()   {}

// Figures are those of all sections.
func (d *Document) Figures() (all []Figure) {
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if f, ok := b.(Figure); ok {
				all = append(all, f)
			}
		}
	}
	return all
}

// A Measure is a named figure with its bounds, as texts: "6.97 ×" and "6.81–7.14", each "" if unknown.
type Measure struct {
	Name          text.Message
	Value, Bounds string
	Confidence    float64 // of the bounds; 0: there are none
	Basis         string  // what they rest on
}

// NewMeasure writes an interval in its unit, as stat.FormatInterval does.
func NewMeasure(name text.Message, i stat.Interval, unit string) Measure {
	m := Measure{Name: name}
	if i == (stat.Interval{}) || !i.Known() {
		return m
	}
	value, bounds, _ := strings.Cut(stat.FormatInterval(i, unit), " (")
	m.Value, m.Bounds, m.Confidence, m.Basis = value, strings.TrimSuffix(bounds, ")"), i.Confidence, i.Basis.String()
	return m
}

// String is the measure on one line: "X(8)/X(1): 6.97 × (6.81–7.14)".
func (m Measure) String() string {
	line := m.Value
	switch {
	case line == "":
		return "no effect could be estimated"
	case m.Bounds != "":
		line += " (" + m.Bounds + ")"
	}
	if m.Name.Empty() {
		return line
	}
	return m.Name.String() + ": " + line
}

// A Check is a question, what came of it, and how that is to be taken.
type Check struct {
	Question, Answer text.Message
	State            State
}

// A State says how a check turned out.
type State int

// The states.
const (
	Unknown State = iota // nothing recorded tells
	Fine
	Heed // it may have mattered
)

// Sign is the state's shape and word.
func (s State) Sign() text.Message {
	switch s {
	case Fine:
		return text.Of("✔ fine")
	case Heed:
		return text.Of("▲ mind this")
	case Unknown:
	}
	return text.Of("? not known")
}

// A Term is a badge and what it means.
type Term struct {
	Badge Badge
	Text  text.Message
}

// A Fact is one line about something.
type Fact struct{ What, Value text.Message }

// A Side is what several say of one thing.
type Side struct {
	Of    string
	Lines []SideLine
}

// A SideLine is what one of them says.
type SideLine struct {
	Who   string
	Badge Badge
	Text  text.Message
}
