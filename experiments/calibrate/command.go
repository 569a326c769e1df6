package calibrate

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/server/proc"
)

// A Command is a deployment's command line: gunicorn's, or that of `workerlab serve`, which has the same
// flags.
type Command struct {
	Args []string
	Dir  string   // "": here
	Env  []string // beside our own

	Class Serving // that serves it, see Serves; zero: classes are called by the names of their models
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

// A Serving is the worker class that serves a deployment.
type Serving struct {
	Class string // the model's name
	Name  string // by which its server knows it, such as uvicorn.workers.UvicornWorker
	How   string // it is known: by the command line, a file, or as the default
	Set   bool   // something sets it: it is no default
}

// Serves is the worker class that the command starts. What told says counts more, by the name of a model; it is how a
// class is planned for that there is no model of.
func (c Command) Serves(told string) (Serving, error) {
	dir, err := c.dir()
	if err != nil {
		return Serving{}, err
	}
	found := readSettings(proc.Process{Args: c.Args, Env: append(os.Environ(), c.Env...), Dir: dir}).class()
	return serving("the command "+strings.Join(c.Args, " "), found, told)
}

func (c Command) dir() (string, error) {
	if c.Dir != "" {
		return c.Dir, nil
	}
	return os.Getwd()
}

// serving is what is made of a class that was found, and of what was told of it.
func serving(of string, found setting, told string) (Serving, error) {
	s := Serving{Name: found.value, How: found.how, Set: found.set}
	class := found.value
	if told != "" {
		class, s.How, s.Set = told, "--class", true
	}
	unknown := &UnknownError{Of: of}
	if unknown.class(setting{value: class, why: found.why}); len(unknown.Missing) > 0 {
		return s, unknown
	}
	m, _ := modelOf(class)
	s.Class = m.Name
	if s.Name == "" || known(s.Name) {
		s.Name = s.Class // all names of a class of ours are the same to its server
	}
	return s, nil
}

// sized is the command with another size and address. Of a flag that is given twice the last counts, so what
// is set here stands at the end; but of addresses every one counts, so its own are left out: the deployment
// itself may have them.
func (c Command) sized(s capacity.Size, addr string) []string {
	return append(c.unbound(),
		"--bind", addr, "--workers", strconv.Itoa(s.Workers), "--worker-class", c.Class.NameOf(s.Class), "--threads", strconv.Itoa(s.Threads))
}

// NameOf is the name by which the server knows a class.
func (s Serving) NameOf(class string) string {
	if class == s.Class && s.Name != "" {
		return s.Name
	}
	return class
}

// configured is the command with a configuration file, of gunicorn, at an address.
func (c Command) configured(file, addr string) []string {
	return append(c.unbound(), "--config", file, "--bind", addr)
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
