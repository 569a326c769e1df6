package calibrate

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/server/proc"
)

// Servers whose command line says what runs.
const (
	Gunicorn  = "gunicorn"
	workerlab = "workerlab serve"
)

// Program is the server that a command line starts: gunicorn, workerlab serve, or "" where it is none that we know.
func Program(args []string) string {
	for i, arg := range args {
		switch name := filepath.Base(arg); {
		case name == Gunicorn, name == "gunicorn3", strings.HasPrefix(arg, "gunicorn: "): // setproctitle
			return Gunicorn
		case name == "workerlab" && slices.Contains(args[i:], "serve"):
			return workerlab
		}
	}
	return ""
}

// findSize finds class and threads, and takes what is told.
func (d *Deployed) findSize(p proc.Process, told capacity.Size) error {
	d.Program = Program(p.Args)
	if d.Program == "" {
		d.Program = p.Name
	}
	of := fmt.Sprintf("process %d (%s) at %s", d.PID, d.Program, d.Address)
	settings := readSettings(p)
	threads := settings.threads()
	if told.Threads > 0 {
		threads = setting{value: strconv.Itoa(told.Threads), how: "--threads"}
	}
	if told.Workers > 0 {
		d.Found = []Finding{{"workers", strconv.Itoa(told.Workers), "--workers"}}
	}
	class := settings.class()
	if m, known := modelOf(class.value); known && m.Threaded != "" && told.Class == "" && threads.value != "1" && threads.value != "" { // as gunicorn does
		class.value = m.Threaded
	}
	serves, err := serving(of, class, told.Class)
	unknown := &UnknownError{Of: of}
	if err != nil && !errors.As(err, &unknown) {
		return err
	}
	d.Class = serves
	d.Size = capacity.Size{Class: serves.Class, Workers: cmp.Or(told.Workers, len(d.Workers)), Threads: 1}
	m, known := modelOf(serves.Class)
	switch {
	case known && !m.Threads && m.Threaded == "":
		threads = setting{value: "1", how: "a class without threads"}
	case threads.value == "":
		unknown.Missing = append(unknown.Missing, fmt.Sprintf("how many threads a worker has is not known (%s): say it by --threads", threads.why))
	}
	if len(unknown.Missing) > 0 {
		return unknown
	}
	d.Size.Threads, _ = strconv.Atoi(threads.value)
	d.Found = append(d.Found, Finding{"class", serves.Name, serves.How}, Finding{"threads", strconv.Itoa(d.Size.Threads), threads.how})
	return nil
}

// class notes a class that is not known, or that no model is of.
func (e *UnknownError) class(found setting) {
	list := strings.Join(catalog.Names(), ", ")
	if found.value == "" {
		e.Missing = append(e.Missing, fmt.Sprintf("its worker class is not known (%s): say it by --class, one of %s", found.why, list))
	} else if _, known := modelOf(found.value); !known {
		e.Missing = append(e.Missing, fmt.Sprintf("its worker class %s is none that plan has a model of: name the nearest by --class, one of %s", found.value, list))
	}
}

// A setting is a value with how it is known, or why it is not.
type setting struct {
	value, how, why string
	set             bool // it is no default
}

// settings are where a server has its own from.
type settings struct {
	args     []string // its options, those of the command line last
	defaults bool     // what they do not say is gunicorn's default …
	why      string   // … or is not known, because of this
	config   string   // text of gunicorn's configuration file; "": there is none
	file     string   // its name
}

func readSettings(p proc.Process) settings {
	s := settings{args: p.Args, defaults: true}
	switch Program(p.Args) {
	case workerlab:
	case Gunicorn:
		s.readGunicorn(p)
	default:
		s = settings{why: "its program is none that plan knows"}
	}
	return s
}

// readGunicorn looks where gunicorn looks (gunicorn/app/base.py): its file, GUNICORN_CMD_ARGS, its command line.
func (s *settings) readGunicorn(p proc.Process) {
	if slices.ContainsFunc(p.Args, func(arg string) bool { return strings.HasPrefix(arg, "gunicorn: ") }) {
		*s = settings{why: "its process title hides its command line"}
		return
	}
	for _, variable := range p.Env {
		if text, ok := strings.CutPrefix(variable, "GUNICORN_CMD_ARGS="); ok {
			s.args = slices.Concat(strings.Fields(strings.NewReplacer(`"`, "", `'`, "").Replace(text)), s.args)
		}
	}
	if p.Env == nil {
		s.defaults, s.why = false, "we may not read its environment"
	}
	named, given := option(s.args, "-c", "--config", "--co")
	s.file = strings.TrimPrefix(named, "file:")
	if !given {
		s.file = "gunicorn.conf.py"
	}
	path := s.file
	if !filepath.IsAbs(path) {
		path = filepath.Join(p.Dir, path)
	}
	text, err := os.ReadFile(path)
	switch {
	case err == nil:
		s.config = string(text)
	case given || p.Dir == "":
		s.defaults, s.why = false, fmt.Sprintf("its configuration %s cannot be read", s.file)
	}
}

func (s settings) class() setting {
	return s.find(spec.DefaultClass, "worker_class", "-k", "--worker-class", "--worker-cl")
}

func (s settings) threads() setting {
	return s.find("1", "threads", "", "--threads", "--th")
}

// find is what the options say, or the file, or the default.
func (s settings) find(standard, name, short, long, shortest string) setting {
	if value, ok := option(s.args, short, long, shortest); ok {
		return setting{value: value, how: "its command line", set: true}
	}
	value, mentioned := assigned(s.config, name)
	switch {
	case value != "":
		return setting{value: value, how: s.file, set: true}
	case mentioned:
		return setting{why: s.file + " computes it"}
	case s.defaults:
		return setting{value: standard, how: "the default: nothing sets it"}
	}
	return setting{why: s.why}
}

// option is the value of a command line's option, of which the last counts; the long form may be abbreviated
// (argparse), though not to less than shortest.
func option(args []string, short, long, shortest string) (value string, given bool) {
	for i, arg := range args {
		name, rest, joined := strings.Cut(arg, "=")
		switch {
		case strings.HasPrefix(name, shortest) && strings.HasPrefix(long, name) && joined:
			value, given = rest, true
		case arg == short && short != "", strings.HasPrefix(arg, shortest) && strings.HasPrefix(long, arg):
			if i+1 < len(args) {
				value, given = args[i+1], true
			}
		case short != "" && strings.HasPrefix(arg, short) && !strings.HasPrefix(arg, "--"):
			value, given = strings.TrimPrefix(arg, short), true
		}
	}
	return value, given
}

// assigned is the text or number that a configuration file assigns to a name, once and at the top: Python is
// not run here. Mentioned says that the name is in it in any way.
func assigned(config, name string) (value string, mentioned bool) {
	word := regexp.MustCompile(`(?m)^[^#\n]*\b` + name + `\b`)
	plain := regexp.MustCompile(`(?m)^` + name + `[ \t]*=[ \t]*(?:"([\w.:]+)"|'([\w.:]+)'|(\d+))[ \t]*(?:#.*)?$`)
	all, lines := plain.FindAllStringSubmatch(config, -1), word.FindAllString(config, -1)
	if len(all) == 1 && len(lines) == 1 {
		return all[0][1] + all[0][2] + all[0][3], true
	}
	return "", len(lines) > 0
}

// modelOf is the model of a class by any of its names, the path of its Python class among them.
func modelOf(name string) (models.Model, bool) {
	if m, known := catalog.Named(name); known {
		return m, true
	}
	last := name[strings.LastIndexAny(name, ".:")+1:]
	for _, m := range catalog.Models() {
		if slices.Contains(m.Python, last) && last != name {
			return m, true
		}
	}
	return models.Model{}, false
}

// known reports whether a name is that of one of gunicorn's own classes, or ours.
func known(name string) bool {
	_, ours := catalog.Named(name)
	return ours || strings.HasPrefix(name, "gunicorn.workers.")
}
