package main

import (
	"strconv"

	"github.com/workerlab/workerlab/cmd/perf/reference"
)

// A cell is one server under one load.
type cell struct {
	Name        string
	Class       string // of our server; empty: the reference server
	Threads     int
	Reference   string
	Connections int
	Close       bool // a connection per request
}

// Connections of the loads: enough that an event loop finds several due a turn, and one.
const (
	many = 64
	lone = 1
)

// Names that the rows refer to.
const (
	netHTTP      = "net/http"
	netHTTPAgain = "net/http again"
	netHTTPLone  = "net/http, lone"
	gthread      = "gthread 4"
	gthreadLone  = "gthread 4, lone"
	syncEach     = "sync"
	epollLoop    = "bare epoll loop"
	acceptLoop   = "bare accept loop"
)

// loops are the classes that serve all their connections from one thread.
func loops() []string { return []string{"gevent", "eventlet", "asyncio", "tornado"} }

// cells is everything that is measured once a block.
func cells() []cell {
	all := []cell{
		{Name: netHTTP, Reference: reference.NetHTTP, Connections: many},
		{Name: netHTTPAgain, Reference: reference.NetHTTP, Connections: many},
		{Name: epollLoop, Reference: reference.Epoll, Connections: many},
		{Name: gthread, Class: "gthread", Threads: 4, Connections: many},
		{Name: netHTTPLone, Reference: reference.NetHTTP, Connections: lone},
		{Name: gthreadLone, Class: "gthread", Threads: 4, Connections: lone},
		{Name: syncEach, Class: "sync", Connections: many, Close: true},
		{Name: acceptLoop, Reference: reference.Accept, Connections: many, Close: true},
	}
	for _, class := range loops() {
		all = append(all, cell{Name: class, Class: class, Connections: many})
	}
	return all
}

// command starts the cell's server, for a self that is this program.
func (c cell) command(self, server string) []string {
	if c.Class == "" {
		return []string{self, "reference", c.Reference}
	}
	return serve(server, c.Class, c.Threads)
}

// serve is workerlab's command line: one worker, and nothing measured at start.
func serve(server, class string, threads int, more ...string) []string {
	command := []string{
		server, "serve", "--worker-class", class, "--workers", "1", "--bind", "127.0.0.1:0",
		"--log-format", "json", "--cpu-rate", "1000", "--keep-alive", "60",
	}
	if threads > 0 {
		command = append(command, "--threads", strconv.Itoa(threads))
	}
	return append(command, more...)
}

// A path is a way through the server whose allocations are counted.
type path struct {
	Name    string
	Class   string // empty: the parser and the response writer alone
	Threads int
	Close   bool // a connection per request
	Most    float64
}

// anywhere is what a request may allocate in all.
const anywhere = 4

func paths() []path {
	all := []path{
		{Name: "http1 alone"},
		{Name: "gthread", Class: "gthread", Threads: 4, Most: anywhere},
		{Name: "sync", Class: "sync", Close: true, Most: anywhere},
	}
	for _, class := range loops() {
		all = append(all, path{Name: class, Class: class, Most: anywhere})
	}
	return all
}
