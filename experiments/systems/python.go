package systems

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	_ "embed"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/trial"
)

//go:embed lab/lab.py
var labApp string

// python is what all servers of the lab's Python application have in common.
type python struct{}

// Calibrate implements experiments.AppSoftware.
func (python) Calibrate(ctx context.Context, b launch.Cores) (rate float64, err error) {
	const long, limit = 500 * time.Millisecond, 20 * time.Second
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, interpreter(), "-", "calibrate", fmt.Sprint(long.Seconds()))
	cmd.Stdin = strings.NewReader(labApp)
	out, err := output(cmd, b)
	if err != nil {
		return 0, fmt.Errorf("calibrate the Python application: %w", err)
	}
	if rate, err = strconv.ParseFloat(strings.TrimSpace(out), 64); err != nil || rate <= 0 {
		return 0, fmt.Errorf("calibrate the Python application: it says %q", out)
	}
	return rate, nil
}

// output is what a command prints that runs on the bench's cores.
func output(cmd *exec.Cmd, b launch.Cores) (string, error) {
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := b.On(cmd.Start); err != nil {
		return "", err
	}
	if err := cmd.Wait(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out.String())
	}
	return out.String(), nil
}

// interpreter is the Python that gunicorn runs in, if it is there, and else the system's own, whose library
// Debian's uWSGI and mod_wsgi have.
func interpreter() string {
	const system = "/usr/bin/python3"
	if path, err := find("gunicorn"); err == nil {
		if named := shebang(path); named != "" {
			return named
		}
	}
	if _, err := os.Stat(system); err == nil {
		return system
	}
	return "python3"
}

// shebang is the program that a script names in its first line, if it exists; a way through env(1) is not
// followed.
func shebang(script string) string {
	f, err := os.Open(script)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	line, _ := bufio.NewReader(f).ReadString('\n')
	path, is := strings.CutPrefix(strings.TrimSpace(line), "#!")
	if _, err := os.Stat(path); !is || err != nil {
		return ""
	}
	return path
}

// environment is the lab application's, for a trial.
func environment(t trial.Trial, b launch.Cores, board string) []string {
	s := t.Server
	env := []string{
		"LAB_RATE=" + strconv.FormatFloat(b.AppRate, 'f', -1, 64),
		"LAB_BOARD=" + board,
		"LAB_MEMORY=" + strconv.FormatInt(s.AppMemory, 10),
		"LAB_BOOT=" + fmt.Sprint(float64(s.Boot)/float64(time.Millisecond)),
		"PYTHONDONTWRITEBYTECODE=1", // the folder goes with the server
	}
	if s.Switch > 0 {
		env = append(env, "LAB_SWITCH="+fmt.Sprint(s.Switch.Seconds()))
	}
	return env
}

// callable is the application that a trial asks for.
func callable(t trial.Trial) string {
	if t.App == "" {
		return "application"
	}
	return t.App + "_application"
}

// frameworks are the applications that lab.py can be.
func (u *unable) frameworks(t trial.Trial) {
	u.unless(t.App == "" || t.App == "django" || t.App == "flask", "application %s", t.App)
}
