package main

import (
	"io"
	"strings"
	"testing"
)

func TestPlanMistakes(t *testing.T) {
	for want, args := range map[string][]string{
		"after --":                     {"--rate", "10", "--slo", "p99=1s"},
		"--rate 0":                     {"--slo", "p99=1s", "--", "gunicorn", "app:app"},
		"no objective":                 {"--rate", "10", "--", "gunicorn", "app:app"},
		"not of p99.9":                 {"--rate", "10", "--slo", "p99.9=1s", "--", "gunicorn", "app:app"},
		"--classes nonsense":           {"--rate", "10", "--slo", "p99=1s", "--classes", "nonsense", "--", "gunicorn", "app:app"},
		"cannot serve its application": {"--rate", "10", "--slo", "p99=1s", "--classes", "asgi", "--", "gunicorn", "app:app"},
		"class sync cannot serve":      {"--rate", "10", "--slo", "p99=1s", "--classes", "sync", "--", "gunicorn", "-k", "uvicorn.workers.UvicornWorker", "app:app"},
		"none that plan has a model":   {"--rate", "10", "--slo", "p99=1s", "--", "gunicorn", "-k", "own.Worker", "app:app"},
		"want one of a command":        {"--rate", "10", "--slo", "p99=1s", "--resume", "x", "--from", "y"},
		"verifies nothing":             {"--verify", "--from", "y"},
		"holds no records of a plan":   {"--resume", "y"},
		"--rate NaN":                   {"--rate", "NaN", "--slo", "p99=1s", "--", "gunicorn", "app:app"},
		"--rate -5":                    {"--rate", "-5", "--slo", "p99=1s", "--", "gunicorn", "app:app"},
		"--cores -1":                   {"--rate", "10", "--slo", "p99=1s", "--cores", "-1", "--", "gunicorn", "app:app"},
		"--window 100ms":               {"--rate", "10", "--slo", "p99=1s", "--window", "0.1", "--", "gunicorn", "app:app"},
		"leave out --daemon":           {"--rate", "10", "--slo", "p99=1s", "--", "gunicorn", "-D", "app:app"},
		"and a command":                {"--rate", "10", "--slo", "p99=1s", "--attach", ":80", "--", "gunicorn", "app:app"},
		"want --attach ADDR":           {"--rate", "10", "--slo", "p99=1s", "--workers", "2", "--", "gunicorn", "app:app"},
		"want unix:PATH":               {"--rate", "10", "--slo", "p99=1s", "--attach", "unix:"},
		"want gunicorn … or workerlab": {"--rate", "10", "--slo", "p99=1s", "--", "uwsgi", "app.ini"},
	} {
		cmd := newPlanCommand()
		cmd.SetArgs(args)
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		if err := cmd.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), want) || exitCode(err, io.Discard) != exitUsage {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}
