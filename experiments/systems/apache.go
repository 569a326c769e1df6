package systems

import (
	"context"
	"fmt"
	"strings"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/spec"
)

const modules = "/usr/lib/apache2/modules" // Debian's

// modWSGI is Apache with mod_wsgi: daemon processes with threads.
type modWSGI struct{ python }

var _ rig.AppSoftware = modWSGI{}

// Name implements experiments.Software.
func (modWSGI) Name() string { return "mod_wsgi" }

// Version implements experiments.Software.
func (m modWSGI) Version(ctx context.Context) (string, error) {
	return apacheWith(ctx, m.Name(), "mod_wsgi.so", "libapache2-mod-wsgi-py3")
}

func apacheWith(ctx context.Context, name, module, pack string) (string, error) {
	if err := installed(name, part{"apache2", "apache2"}, part{modules + "/" + module, pack}); err != nil {
		return "", err
	}
	return version(ctx, "Apache/", "apache2", "-v")
}

// Supports implements experiments.Software.
func (modWSGI) Supports(t trial.Trial) error {
	var u unable
	u.asPython(t)
	u.frameworks(t)
	u.quiet(t)
	s := t.Server
	u.ofThreads(s.Class)
	u.unless(s.Timeout == 0 && !s.Preload && s.Backlog == 0 && s.Connections == 0 && s.Jitter == 0 && s.MaxRequests == 0, "gunicorn's settings for timeouts, connections and restarts")
	u.unless(!s.ReusePort, "a listening socket per worker")
	u.unless(whole(s.KeepAlive), "times that are not whole seconds")
	return u.err()
}

// Server implements experiments.Software.
func (m modWSGI) Server(t trial.Trial, b launch.Cores) rig.System {
	return &server{software: m.Name(), trial: t, bench: b, tree: true, start: startModWSGI}
}

func wsgiConfig(t trial.Trial, dir string) string {
	// Apache imports a script once in each process. Its callable has to be named application.
	return fmt.Sprintf(`LoadModule wsgi_module %[1]s/mod_wsgi.so
WSGIDaemonProcess lab processes=%[2]d threads=%[3]d python-path=%[4]s
WSGIProcessGroup lab
WSGIApplicationGroup %%{GLOBAL}
WSGIScriptAlias / %[4]s/app.wsgi
WSGIImportScript %[4]s/app.wsgi process-group=lab application-group=%%{GLOBAL}
WSGISocketPrefix %[4]s/wsgi
`, modules, t.Server.Workers, max(1, t.Server.Threads), dir)
}

// modCGI is Apache with mod_cgid: a process for each request.
type modCGI struct{ python }

var _ rig.AppSoftware = modCGI{}

// Name implements experiments.Software.
func (modCGI) Name() string { return "mod_cgid" }

// Version implements experiments.Software.
func (m modCGI) Version(ctx context.Context) (string, error) {
	return apacheWith(ctx, m.Name(), "mod_cgid.so", "apache2")
}

// Supports implements experiments.Software.
func (modCGI) Supports(t trial.Trial) error {
	var u unable
	u.scripts(t)
	return u.err()
}

// scripts says what of a trial nobody can do who runs a process for each request.
func (u *unable) scripts(t trial.Trial) {
	s := t.Server
	u.unless(s.Class == "cgi", "worker class %s: it starts a process for each request", s.Class)
	u.unless(t.Event == trial.Nothing, "workers that live longer than a request")
	_, known := cgiScripts[t.App]
	u.unless(known, "CGI script %s", t.App)
}

// Server implements experiments.Software.
func (m modCGI) Server(t trial.Trial, b launch.Cores) rig.System {
	return &server{software: m.Name(), trial: t, bench: b, tree: true, careless: true, start: startModCGI}
}

func cgiConfig(dir string) string {
	return fmt.Sprintf(`LoadModule cgid_module %[1]s/mod_cgid.so
LoadModule alias_module %[1]s/mod_alias.so
LoadModule env_module %[1]s/mod_env.so
ScriptSock %[2]s/cgid
ScriptAlias / %[2]s/script.cgi/
PassEnv LAB_RATE PYTHONDONTWRITEBYTECODE
`, modules, dir)
}

// cgiScripts are the scripts that can be asked for by the trial's application: the lab application, and
// what a process costs by itself, with a shell and with Python but nothing imported.
var cgiScripts = map[string]func() string{
	"": func() string { return "#!" + interpreter() + "\nimport lab\nlab.cgi()\n" },
	"sh": func() string {
		return "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\nContent-Length: 6\\r\\n\\r\\nhello\\n'\n"
	},
	"python": func() string {
		return "#!" + interpreter() + " -ISs\nprint('Content-Type: text/plain\\r\\nContent-Length: 6\\r\\n\\r\\nhello')\n"
	},
}

// apacheConfig is a server's, the module's part left out.
func apacheConfig(t trial.Trial, dir, addr string, root bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, `ServerRoot %[1]s
ServerName localhost
Listen %[2]s
PidFile %[1]s/apache.pid
DefaultRuntimeDir %[1]s
DocumentRoot %[1]s
ErrorLog /dev/stderr
LogLevel error
LoadModule mpm_event_module %[3]s/mod_mpm_event.so
LoadModule authz_core_module %[3]s/mod_authz_core.so
StartServers 1
ServerLimit 4
ThreadsPerChild 64
MinSpareThreads 64
MaxSpareThreads 256
MaxRequestWorkers 256
Timeout 60
KeepAlive %[4]s
MaxKeepAliveRequests 0
<Directory %[1]s>
	Require all granted
</Directory>
`, dir, addr, modules, map[bool]string{true: "On", false: "Off"}[t.Server.KeepAlive != spec.Never])
	if t.Server.KeepAlive > 0 {
		fmt.Fprintf(&b, "KeepAliveTimeout %d\n", seconds(t.Server.KeepAlive))
	}
	if root { // Apache serves under another name then
		b.WriteString("User www-data\nGroup www-data\n")
	}
	return b.String()
}
