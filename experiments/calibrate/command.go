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

// Check reports a command whose size cannot be set, or whose server would leave us.
func (c Command) Check() error {
	if slices.Contains(c.Args, "-D") || slices.Contains(c.Args, "--daemon") {
		return fmt.Errorf("command %q: leave out --daemon: a server that leaves its parent cannot be stopped again", strings.Join(c.Args, " "))
	}
	for i, arg := range c.Args {
		switch name := filepath.Base(arg); {
		case name == "gunicorn", name == "workerlab" && slices.Contains(c.Args[i:], "serve"):
			return nil
		}
	}
	return fmt.Errorf("command %q: want gunicorn … or workerlab serve …, whose size can be set by their flags", strings.Join(c.Args, " "))
}

// sized is the command with another size and address. Of a flag that is given twice the last counts, so what
// is set here stands at the end; but of addresses every one counts, so its own are left out: the deployment
// itself may have them.
func (c Command) sized(s capacity.Size, addr string) []string {
	return append(c.unbound(),
		"--bind", addr, "--workers", strconv.Itoa(s.Workers), "--worker-class", s.Class, "--threads", strconv.Itoa(s.Threads))
}

// unbound is the command without the addresses that it would bind.
func (c Command) unbound() (args []string) {
	for i := 0; i < len(c.Args); i++ {
		switch arg := c.Args[i]; {
		case arg == "-b" || arg == "--bind":
			i++ // its value
		case strings.HasPrefix(arg, "--bind="), strings.HasPrefix(arg, "-b") && !strings.HasPrefix(arg, "--"):
		default:
			args = append(args, arg)
		}
	}
	return args
}
