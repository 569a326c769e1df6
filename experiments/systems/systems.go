package systems

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/catalog"
)

// All are the softwares beside ours, in the order in which they are listed.
func All() []rig.Software {
	return []rig.Software{
		gunicorn{},
		uwsgi{},
		modWSGI{},
		modCGI{},
		hosted{},
		nginx{of: gunicorn{}},
		nginx{of: uwsgi{socket: true}, pass: "uwsgi"},
		nginx{of: fcgiwrap{}, pass: "fastcgi"},
		nginx{of: rig.Workerlab()},
	}
}

// WriteLab writes the lab application into a folder, for other deployments of it than All's.
func WriteLab(dir string) error {
	return os.WriteFile(filepath.Join(dir, "lab.py"), []byte(labApp), 0o644)
}

// Calibrator measures the speed of the lab application.
func Calibrator() rig.AppSoftware { return gunicorn{} }

// A part is a program that a software needs, and the Debian package that has it.
type part struct{ program, pack string }

// installed reports what of the parts is missing, with the command that installs it.
func installed(name string, parts ...part) error {
	var missing, packs []string
	for _, p := range parts {
		if _, err := find(p.program); err != nil {
			missing, packs = append(missing, p.program), append(packs, p.pack)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return notInstalled(name, missing, packs)
}

func notInstalled(name string, missing, packs []string) error {
	return &rig.NotInstalledError{Name: name, Missing: missing, Packages: packs}
}

// find finds a program, also where only the administrator's path leads, or a file.
func find(program string) (string, error) {
	if strings.Contains(program, "/") {
		_, err := os.Stat(program)
		return program, err
	}
	if path, err := exec.LookPath(program); err == nil {
		return path, nil
	}
	return exec.LookPath("/usr/sbin/" + program)
}

// version is the first word after a prefix of what a program prints when it is asked for its version.
func version(ctx context.Context, prefix, program string, args ...string) (string, error) {
	const limit = 10 * time.Second
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	path, err := find(program)
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", program, strings.Join(args, " "), err)
	}
	_, after, found := strings.Cut(string(out), prefix)
	if !found {
		after = string(out)
	}
	words := append(strings.Fields(after), "")
	return strings.TrimSuffix(words[0], ")"), nil
}

// unable lists what a software cannot do of a trial.
type unable []error

func (u *unable) unless(can bool, format string, args ...any) {
	if !can {
		*u = append(*u, fmt.Errorf(format, args...))
	}
}

func (u unable) err() error { return errors.Join(u...) }

// quiet says that nobody tells of the workers' starts and ends.
func (u *unable) quiet(t trial.Trial) {
	u.unless(t.Event != trial.Watched && t.Event != trial.Reloads, "telling when its workers start and end")
}

// asPython says what of a trial no server in Python can do: the interpreter's lock is not emulated here, and
// cannot be switched off.
func (u *unable) asPython(t trial.Trial) {
	s := t.Server
	u.unless(s.Threads <= 1 || s.GIL || !t.Computes(), "threads that compute without the interpreter lock")
	m, _ := catalog.Named(s.Class)
	u.unless(!m.Awaits, "worker class %s: WSGI has no await", s.Class)
	u.unless(!s.Exclusive, "EPOLLEXCLUSIVE")
}

// ofThreads refuses classes but the two whose workers are processes with one thread or several.
func (u *unable) ofThreads(class string) {
	m, _ := catalog.Named(class)
	u.unless(m.Threads || m.Threaded != "", "worker class %s: it has processes and threads", class)
}
