package systems

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/rig"
	"github.com/workerlab/workerlab/experiments/trial"
)

// nginx is nginx in front of another server, both on the same cores.
type nginx struct {
	of   rig.Software
	pass string // the protocol in which requests are passed on: uwsgi, fastcgi; "": HTTP
}

var _ rig.AppSoftware = nginx{}

// Name implements experiments.Software.
func (n nginx) Name() string { return "nginx+" + n.of.Name() }

// Version implements experiments.Software.
func (n nginx) Version(ctx context.Context) (string, error) {
	behind, err := n.of.Version(ctx)
	if err := errors.Join(err, installed(n.Name(), part{"nginx", "nginx"})); err != nil {
		return "", err
	}
	front, err := version(ctx, "nginx/", "nginx", "-v")
	return front + " + " + behind, err
}

// Supports implements experiments.Software.
func (n nginx) Supports(t trial.Trial) error {
	var u unable
	u.unless(t.Pods <= 1, "several servers: one nginx stands before one server")
	return errors.Join(u.err(), n.of.Supports(t))
}

// Calibrate implements experiments.AppSoftware.
func (n nginx) Calibrate(ctx context.Context, b launch.Cores) (float64, error) {
	return python{}.Calibrate(ctx, b)
}

// Server implements experiments.Software.
func (n nginx) Server(t trial.Trial, b launch.Cores) rig.System {
	return &chain{
		behind: n.of.Server(t, b),
		front:  &server{software: n.Name(), trial: t, bench: b, start: startNginx(n.pass)},
	}
}

// idleConnections are as many as nginx keeps to the server behind: all that a load opens, so that none is
// closed for want of room, and before its time.
const idleConnections = 1024

// nginxConfig passes everything on to the server at an address.
func nginxConfig(t trial.Trial, dir, listen, pass, behind string, root bool) string {
	idle := t.Upstream
	var upstream strings.Builder
	fmt.Fprintf(&upstream, "\t\tserver %s;\n", behind)
	if idle > 0 {
		fmt.Fprintf(&upstream, "\t\tkeepalive %d;\n\t\tkeepalive_timeout %dms;\n", idleConnections, idle/time.Millisecond)
	}
	user := ""
	if root { // else it would become somebody who may not open the sockets behind it
		user = "user root;\n"
	}
	return user + fmt.Sprintf(`daemon off;
worker_processes 1;
pid %[1]s/nginx.pid;
error_log stderr crit;
events {
	worker_connections 8192;
}
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	keepalive_requests 1000000;
	upstream app {
%[3]s	}
	server {
		listen %[2]s backlog=2048;
		location / {
%[4]s		}
	}
}
`, dir, listen, upstream.String(), passing(pass, behindDir(behind), idle > 0))
}

// passing is the block that hands a request on.
func passing(pass, dir string, kept bool) string {
	var b strings.Builder
	say := func(line string) { b.WriteString("\t\t\t" + line + "\n") }
	switch pass {
	case "":
		say("proxy_pass http://app;")
		say("proxy_set_header Host $http_host;")
		say("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;")
		if kept {
			say("proxy_http_version 1.1;")
			say(`proxy_set_header Connection "";`)
		}
	default:
		say(pass + "_pass app;")
		for _, param := range [][2]string{
			{"REQUEST_METHOD", "$request_method"},
			{"QUERY_STRING", "$query_string"},
			{"PATH_INFO", "$document_uri"},
			{"SCRIPT_NAME", `""`},
			{"CONTENT_TYPE", "$content_type"},
			{"CONTENT_LENGTH", "$content_length"},
			{"REQUEST_URI", "$request_uri"},
			{"SERVER_PROTOCOL", "$server_protocol"},
			{"REMOTE_ADDR", "$remote_addr"},
			{"SERVER_NAME", "$server_name"},
			{"SERVER_PORT", "$server_port"},
			{"SCRIPT_FILENAME", dir + "/" + script},
		} {
			say(fmt.Sprintf("%s_param %s %s;", pass, param[0], param[1]))
		}
	}
	return b.String()
}

// behindDir is the folder of a server behind that listens on a socket in it.
func behindDir(socket string) string { return filepath.Dir(strings.TrimPrefix(socket, "unix:")) }
