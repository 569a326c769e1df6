package cgi

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/gateway"
	"github.com/workerlab/workerlab/server/http1"
)

// An App is a folder of scripts.
type App struct {
	folder  string
	root    *os.Root
	timeout time.Duration
	stderr  *os.File // the scripts'
	relayed chan struct{}
}

// New serves the scripts of a folder, each of which may be silent for as long as timeout. What they write
// to stderr goes to log.
func New(folder string, timeout time.Duration, log io.Writer) (*App, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	a := &App{folder: folder, root: root, timeout: timeout, stderr: w, relayed: make(chan struct{})}
	go func() {
		defer close(a.relayed)
		_, _ = io.Copy(log, r) // a log that cannot be written has nowhere to say so
		_ = r.Close()
	}()
	return a, nil
}

// Close ends the app. No exchange may be under way.
func (a *App) Close() {
	_ = a.stderr.Close()
	_ = a.root.Close()
	select {
	case <-a.relayed:
	case <-time.After(time.Second): // a daemon that a script has left may hold it open for ever
	}
}

// mostHops is how often a request may be handed over from script to script.
const mostHops = 10

// Serve is the app as a handler.
func (a *App) Serve(x *exchange.Exchange) error {
	body, err := spool(x)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	path, query := x.Req.Path(), string(x.Req.Query())
	for hop := range mostHops {
		unescaped, ok := gateway.Unescape(nil, path)
		if !ok {
			return http1.BadRequest
		}
		s, status := find(a.root, string(unescaped))
		if status != 0 {
			return refuse(x, status)
		}
		next, err := a.run(x, s, variables(x, hop > 0, query, body.size), body)
		if err != nil || next == "" {
			return err
		}
		to, q, _ := strings.Cut(next, "?")
		path, query = []byte(to), q
		if err := body.empty(); err != nil {
			return err
		}
	}
	return gateway.Failed(fmt.Errorf("scripts hand the request over to each other, more than %d times", mostHops))
}

func refuse(x *exchange.Exchange, status int) error {
	text := http1.Reason(status) + "\n"
	if err := x.Respond(status, int64(len(text)), "Content-Type", "text/plain; charset=utf-8"); err != nil {
		return err
	}
	_, err := io.WriteString(x, text)
	return err
}

// A body is the request's, in memory.
type body struct {
	*os.File
	size int64
}

// spool takes in x's whole body.
func spool(x *exchange.Exchange) (*body, error) {
	fd, err := unix.MemfdCreate("body", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	b := &body{File: os.NewFile(uintptr(fd), "body")}
	if x.Req.Length == 0 {
		return b, nil
	}
	if b.size, err = io.Copy(b.File, x); err == nil {
		_, err = b.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = b.Close()
		return nil, err
	}
	return b, nil
}

// empty is for the second script on the way of a request, which gets no body.
func (b *body) empty() error {
	b.size = 0
	_, err := b.Seek(0, io.SeekStart)
	return errors.Join(err, b.Truncate(0))
}

// variables are the environment of a script, but for those that tell of the script itself. A request that
// was handed over is a GET of its own target.
func variables(x *exchange.Exchange, handedOver bool, query string, size int64) []string {
	env := []string{"GATEWAY_INTERFACE=CGI/1.1", "SERVER_SOFTWARE=workerlab"}
	for _, name := range []string{"PATH", "LANG", "TZ"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	if handedOver {
		env = append(env, "REQUEST_METHOD=GET", "QUERY_STRING="+query)
	}
	if size > 0 {
		env = append(env, "CONTENT_LENGTH="+strconv.FormatInt(size, 10))
	}
	var meta gateway.Meta
	meta.Each(x, func(name, value []byte) {
		switch string(name) {
		case "CONTENT_LENGTH": // of a body in chunks it would be missing
			return
		case "CONTENT_TYPE":
			if size == 0 {
				return
			}
		case "REQUEST_METHOD", "QUERY_STRING":
			if handedOver {
				return
			}
		}
		env = append(env, string(name)+"="+string(value))
	})
	return env
}
