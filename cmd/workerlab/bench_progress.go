package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/results/page"
	"github.com/workerlab/workerlab/results/text"
)

// A progressLine tells where a session stands: on a terminal as one line that is rewritten, elsewhere
// as a line every few seconds.
type progressLine struct {
	w        io.Writer
	terminal bool
	last     time.Time // when a line was printed, off a terminal
}

const (
	terminalWidth = text.Width
	plainPause    = 5 * time.Second
)

func newProgressLine(w io.Writer) *progressLine {
	return &progressLine{w: w, terminal: isTerminal(w)}
}

// isTerminal reports whether a person sees what is written, and at once.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// tableStyle is how a table is set for the reader of w.
func tableStyle(w io.Writer) page.Terminal {
	return page.Terminal{Color: coloured(w)}
}

// coloured reports whether words may be written to w in colour.
func coloured(w io.Writer) bool { return isTerminal(w) && os.Getenv("NO_COLOR") == "" }

// show is told before every batch.
func (l *progressLine) show(p rig.Progress) {
	what := p.Steps[0].Trial.String()
	if n := len(p.Steps); n > 1 {
		what = fmt.Sprintf("%d at once (%s)", n, p.Steps[0].Trial.Group)
	}
	if p.Try > 1 {
		what += fmt.Sprintf(" (try %d)", p.Try)
	}
	if p.Added.Look > 0 {
		what = "added for " + p.Added.Claim + ": " + what
	}
	l.say(fmt.Sprintf("[%*d/%d] %v left  %s", len(fmt.Sprint(p.Total)), p.Done+1, p.Total, p.Left.Round(time.Second), what))
}

// say replaces the line.
func (l *progressLine) say(line string) {
	switch {
	case l.terminal:
		fmt.Fprintf(l.w, "\r%-*s", terminalWidth, text.Cut(line, terminalWidth))
	case time.Since(l.last) >= plainPause:
		fmt.Fprintln(l.w, line)
		l.last = time.Now()
	}
}

// print writes text on lines of its own.
func (l *progressLine) print(sentences string) {
	l.end()
	for _, line := range text.Wrap(sentences, terminalWidth) {
		fmt.Fprintln(l.w, line)
	}
}

// end takes the line away.
func (l *progressLine) end() {
	if l.terminal {
		fmt.Fprintf(l.w, "\r%s\r", strings.Repeat(" ", terminalWidth))
	}
}
