package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
	"github.com/workerlab/workerlab/server/gateway/cgi"
	"github.com/workerlab/workerlab/server/gateway/fcgi"
	"github.com/workerlab/workerlab/server/gateway/scgi"
	"github.com/workerlab/workerlab/server/gateway/uwsgi"
	"github.com/workerlab/workerlab/server/gateway/wsgi"
	"github.com/workerlab/workerlab/server/lab"
)

// A kind of app. rest is what follows of its name behind the prefix.
type kind struct {
	prefix string
	check  func(set *server.Settings, rest string) error // before anything is started
	load   func(h server.AppHost, rest string) (server.App, error)
}

// kinds are those with a prefix; what is left is taken for a WSGI application.
var kinds = []kind{
	{"cgi:", checkFolder, loadCGI},
	{"fcgi:", checkAddress, loadProgram(fcgi.New)},
	{"scgi:", checkAddress, loadProgram(scgi.New)},
	{"uwsgi:", checkAddress, loadProgram(uwsgi.New)},
	{"", checkWSGI, loadWSGI},
}

func kindOf(app string) (k kind, rest string) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return strings.HasPrefix(app, k.prefix) })
	return kinds[i], strings.TrimPrefix(app, kinds[i].prefix)
}

const ours = "lab"

// checkApp refuses settings that the app cannot have.
func checkApp(set *server.Settings) error {
	if set.App == ours {
		return nil
	}
	for flag, given := range map[string]bool{
		"--gil": set.GIL, "--app-memory": set.AppMemory > 0, "--boot": set.Boot > 0, "--faults": set.Faults,
	} {
		if given {
			return fmt.Errorf("%s is for the lab app, and %s is another", flag, set.App)
		}
	}
	k, rest := kindOf(set.App)
	return k.check(set, rest)
}

// loadApp makes the app that the settings name.
func loadApp(h server.AppHost) (server.App, error) {
	set := &h.Settings
	if set.App == ours {
		return server.App{Handler: lab.App(lab.Options{Class: set.Class, Faults: set.Faults, Memory: h.Memory})}, nil
	}
	k, rest := kindOf(set.App)
	return k.load(h, rest)
}

func checkFolder(_ *server.Settings, folder string) error {
	if info, err := os.Stat(folder); err != nil {
		return fmt.Errorf("app cgi:%s: %w", folder, err)
	} else if !info.IsDir() {
		return fmt.Errorf("app cgi:%s: want a folder with scripts, and this is a file", folder)
	}
	return nil
}

func loadCGI(h server.AppHost, folder string) (server.App, error) {
	app, err := cgi.New(folder, h.Settings.Gateway, h.Errors)
	if err != nil {
		return server.App{}, err
	}
	return server.App{Handler: app.Serve, Close: app.Close}, nil
}

func checkAddress(_ *server.Settings, address string) error {
	_, err := gateway.ParseAddress(address)
	return err
}

// loadProgram is for a program that listens at an address.
func loadProgram(handler func(gateway.Program) exchange.Handler) func(server.AppHost, string) (server.App, error) {
	return func(h server.AppHost, address string) (server.App, error) {
		a, err := gateway.ParseAddress(address)
		return server.App{Handler: handler(gateway.Program{Address: a, Timeout: h.Settings.Gateway, Stderr: h.Errors})}, err
	}
}

func checkWSGI(set *server.Settings, app string) error {
	if err := wsgi.CheckApp(app); err != nil {
		return fmt.Errorf("%w; or lab, cgi:DIR, or fcgi:, scgi: or uwsgi:ADDR", err)
	}
	if m, known := catalog.Named(set.Class); known && m.Awaits {
		return fmt.Errorf("worker class %s awaits its app, and a WSGI application cannot be awaited: take gevent, or tornado to see what comes of it", set.Class)
	}
	if _, err := exec.LookPath(set.Python); err != nil {
		return fmt.Errorf("--python %s: want the interpreter that has the app's packages: %w", set.Python, err)
	}
	return nil
}

func loadWSGI(h server.AppHost, app string) (server.App, error) {
	o, err := optionsOf(h, app)
	if err != nil {
		return server.App{}, err
	}
	a, err := wsgi.New(o)
	if err != nil {
		return server.App{}, err
	}
	return server.App{Handler: a.Serve, Close: a.Close}, nil
}

func optionsOf(h server.AppHost, app string) (wsgi.Options, error) {
	set := &h.Settings
	m, _ := catalog.Named(set.Class)
	threads := 1
	if m.Threads {
		threads = set.Threads
	}
	folder, err := os.Getwd()
	return wsgi.Options{
		App: app, Greenlets: m.Greenlets, Threads: threads, Workers: set.Workers, Python: set.Python,
		Path:    slices.Concat([]string{folder}, set.PythonPath),
		Trusted: set.Forwarded, Errors: h.Errors, Died: h.Died, PID: os.Getpid(), Nursery: h.Preloaded,
	}, err
}

// preload loads, for all workers, the kind of app that has something to load.
func preload(h server.AppHost) (server.Preloaded, error) {
	k, app := kindOf(h.Settings.App)
	if h.Settings.App == ours || k.prefix != "" {
		return server.Preloaded{}, nil
	}
	o, err := optionsOf(h, app)
	if err != nil {
		return server.Preloaded{}, err
	}
	n, err := wsgi.NewNursery(o)
	if err != nil {
		return server.Preloaded{}, err
	}
	return server.Preloaded{Name: n.Name(), Close: n.Close}, nil
}
