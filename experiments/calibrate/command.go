package calibrate

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/workerlab/workerlab/models/capacity"
)

// A Command is a deployment's command line: gunicorn's, or that of `workerlab serve`, which has the same
// flags.
type Command struct {
	Args []string
	Dir  string   // "": here
	Env  []string // beside our own
}

// Check reports a command whose size cannot be set.
func (c Command) Check() error {
	for i, arg := range c.Args {
		switch name := filepath.Base(arg); {
		case name == "gunicorn", name == "workerlab" && slices.Contains(c.Args[i:], "serve"):
			return nil
		}
	}
	return fmt.Errorf("command %q: want gunicorn … or workerlab serve …, whose size can be set by their flags", strings.Join(c.Args, " "))
}

// sized is the command with another size and address. Of a flag that is given twice the last counts, so what
// is set here stands at the end.
func (c Command) sized(s capacity.Size, addr string) []string {
	return append(slices.Clone(c.Args),
		"--bind", addr, "--workers", strconv.Itoa(s.Workers), "--worker-class", s.Class, "--threads", strconv.Itoa(s.Threads))
}
