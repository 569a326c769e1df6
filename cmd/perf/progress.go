package main

import (
	"fmt"
	"io"
	"os"
)

// A progress is the line that says what is being measured. It rewrites itself on a terminal, and
// elsewhere says nothing.
type progress struct{ terminal io.Writer }

func progressOn(w io.Writer) progress {
	file, ok := w.(*os.File)
	if !ok {
		return progress{}
	}
	if info, err := file.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return progress{}
	}
	return progress{file}
}

func (p progress) say(format string, args ...any) {
	if p.terminal != nil {
		fmt.Fprintf(p.terminal, "\r\x1b[K"+format, args...)
	}
}

func (p progress) end() { p.say("") }
