package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/workerlab/workerlab/models/greenlet"
	"github.com/workerlab/workerlab/models/spec"
)

// hosting is the suite of WSGI applications: our server beside gunicorn and uWSGI, with the same application,
// class, processes and threads. The whole process tree counts.
func hosting() suite {
	return suite{
		Name: "wsgi", Does: "one worker, a WSGI application", Attacks: true, Cells: hostingCells(), Columns: serverColumns(), Rows: hostingRows(),
		Noise:  rates(oursSync+again, oursSync, "requests/s", 1),
		Needs:  []string{"wrk", "gunicorn", "uwsgi"},
		Before: alone, Beside: fourWorkers,
	}
}

// Names that the rows refer to.
const (
	oursSync     = spec.DefaultClass
	oursThreads  = "gthread 4"
	oursEach     = "gthread 4, one request each"
	oursDjango   = "Django, gthread 4"
	djangoEach   = "Django, gthread 4, one request each"
	again        = " again"
	onGunicorn   = " (gunicorn)"
	onUWSGI      = " (uWSGI)"
	djangoAlone  = "Django alone, seconds a call"
	fourOurs     = "4 workers, bytes of PSS"
	fourGunicorn = fourOurs + onGunicorn
)

// coroutines is the cell whose workers are coroutines'.
func coroutines() string { return greenlet.Gevent.Name }

const (
	hello  = "hello:application"
	django = "hello_django:application"
)

func hostingCells() []cell {
	return []cell{
		{Name: oursSync, command: hosted("sync", 1, hello), Connections: many, Close: true},
		{Name: oursSync + again, command: hosted("sync", 1, hello), Connections: many, Close: true},
		{Name: oursSync + onGunicorn, command: gunicorn("sync", 1, 1, hello), silent: true, Connections: many, Close: true},
		{Name: oursSync + onUWSGI, command: uwsgi(1, hello), silent: true, Connections: many, Close: true},
		{Name: oursThreads, command: hosted("gthread", 4, hello), Connections: many},
		{Name: oursThreads + onGunicorn, command: gunicorn("gthread", 4, 1, hello), silent: true, Connections: many},
		{Name: oursEach, command: hosted("gthread", 4, hello), Connections: many, Close: true},
		{Name: oursEach + onUWSGI, command: uwsgi(4, hello), silent: true, Connections: many, Close: true},
		{Name: coroutines(), command: hosted("gevent", 1, hello), Connections: many},
		{Name: coroutines() + onGunicorn, command: gunicorn("gevent", 1, 1, hello), silent: true, Connections: many},
		{Name: oursDjango, command: hosted("gthread", 4, django), Connections: many},
		{Name: oursDjango + onGunicorn, command: gunicorn("gthread", 4, 1, django), silent: true, Connections: many},
		{Name: djangoEach, command: hosted("gthread", 4, django), Connections: many, Close: true},
		{Name: djangoEach + onUWSGI, command: uwsgi(4, django), silent: true, Connections: many, Close: true},
	}
}

// hosted is our server with a WSGI application.
func hosted(class string, threads int, app string) func(*bench, int) []string {
	return func(b *bench, _ int) []string {
		return serve(b.Server, class, threads, "--python", b.Python, "--chdir", b.apps, app)
	}
}

func gunicorn(class string, threads, workers int, app string) func(*bench, int) []string {
	return func(b *bench, port int) []string {
		return []string{
			b.Python, "-m", "gunicorn", "--worker-class", class, "--threads", strconv.Itoa(threads), "--workers", strconv.Itoa(workers),
			"--bind", "127.0.0.1:" + strconv.Itoa(port), "--keep-alive", "60", "--log-level", "warning", "--chdir", b.apps, app,
		}
	}
}

func uwsgi(threads int, app string) func(*bench, int) []string {
	return func(b *bench, port int) []string {
		module, callable, _ := strings.Cut(app, ":")
		command := []string{
			"uwsgi", "--plugin", "python3", "--http-socket", "127.0.0.1:" + strconv.Itoa(port), "--master", "--processes", "1",
			"--add-header", "Connection: close", // it closes and does not say so, which wrk takes for an error
			"--disable-logging", "--die-on-term", "--need-app", "--chdir", b.apps, "--module", module, "--callable", callable,
		}
		if threads > 1 {
			command = append(command, "--enable-threads", "--threads", strconv.Itoa(threads))
		}
		return command
	}
}

// hostingRows are what hosting a WSGI application promises.
func hostingRows() []row {
	return []row{
		rates(oursSync, oursSync+onGunicorn, "requests/s", 3),
		spends(oursSync, oursSync+onGunicorn, 0.4),
		rates(oursThreads, oursThreads+onGunicorn, "requests/s", 3),
		spends(oursThreads, oursThreads+onGunicorn, 0.4),
		rates(coroutines(), coroutines()+onGunicorn, "requests/s", 2),
		spends(coroutines(), coroutines()+onGunicorn, 0.5),
		rates(oursDjango, oursDjango+onGunicorn, "requests/s", 1.2),
		{
			What: oursDjango + " / the same (gunicorn): CPU a request beyond the application's", Unit: "×", Most: true, Target: 0.5,
			cells: []string{oursDjango, oursDjango + onGunicorn},
			value: func(b block) float64 {
				app := b.values[djangoAlone]
				return (b.samples[oursDjango].CPU - app) / (b.samples[oursDjango+onGunicorn].CPU - app)
			},
		},
		rates(oursSync, oursSync+onUWSGI, "requests/s", 0.8),
		rates(oursEach, oursEach+onUWSGI, "requests/s", 1),
		rates(djangoEach, djangoEach+onUWSGI, "requests/s", 0.9),
		{
			What: "memory of 4 sync workers / gunicorn's", Unit: "×", Most: true, Target: 1.5,
			value: func(b block) float64 { return b.values[fourOurs] / b.values[fourGunicorn] },
		},
	}
}

// spends compares the CPU time a request.
func spends(ours, theirs string, target float64) row {
	return row{
		What: ours + " / " + theirs + ": CPU a request", Unit: "×", Most: true, Target: target,
		cells: []string{ours, theirs}, value: cpuRatio(ours, theirs),
	}
}

// alone measures what Django's hello takes when nobody serves it.
func alone(ctx context.Context, b *bench) error {
	b.progress.say("Django alone")
	out, _, err := output(ctx, b.server, b.apps, []string{b.Python, "loop.py", "hello_django", fmt.Sprint(b.Window.Seconds())})
	if err != nil {
		return fmt.Errorf("calling Django in a loop: %w", err)
	}
	b.always[djangoAlone], err = strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	return err
}

// fourWorkers measures the memory of four workers, each of which has most likely served.
func fourWorkers(ctx context.Context, b *bench, values map[string]float64) error {
	for name, c := range map[string]cell{
		fourOurs: {command: func(b *bench, _ int) []string {
			return append(hosted(spec.DefaultClass, 1, hello)(b, 0), "--workers", "4")
		}},
		fourGunicorn: {command: gunicorn(spec.DefaultClass, 1, 4, hello), silent: true},
	} {
		b.progress.say("%s", name)
		pss, err := b.memory(ctx, c)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		values[name] = pss
	}
	return nil
}

func (b *bench) memory(ctx context.Context, c cell) (float64, error) {
	p, err := b.start(ctx, c)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	for range 10 {
		if err := greet(ctx, p.addr, true); err != nil {
			return 0, err
		}
	}
	return settledPSS(ctx, p.PID)
}
