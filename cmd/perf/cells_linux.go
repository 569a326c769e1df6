package main

import (
	"strconv"

	"github.com/workerlab/workerlab/cmd/perf/reference"
	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
)

// A cell is one server under one load, or one program that simulates.
type cell struct {
	Name        string
	Connections int
	Close       bool  // a connection per request
	Form        *form // what a simulation is held to; nil: it is a server

	// command starts it. A server that is silent does not log its address as workerlab serve does, and listens
	// on the port.
	command func(b *bench, port int) []string
	silent  bool

	module, pack string // of Python, without which the cell is left out, and Debian's package of it; empty: none
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
	syncEach     = spec.DefaultClass
	epollLoop    = "bare epoll loop"
	acceptLoop   = "bare accept loop"
)

// loops are the classes that serve all their connections from one thread.
func loops() []string {
	return catalog.Where(func(m models.Model) bool { return m.Discipline(spec.Server{}.Filled()).Lock == models.Loop })
}

// coreCells are the servers of the core suite.
func coreCells() []cell {
	all := []cell{
		{Name: netHTTP, command: references(reference.NetHTTP), Connections: many},
		{Name: netHTTPAgain, command: references(reference.NetHTTP), Connections: many},
		{Name: epollLoop, command: references(reference.Epoll), Connections: many},
		{Name: gthread, command: ours("gthread", 4), Connections: many},
		{Name: netHTTPLone, command: references(reference.NetHTTP), Connections: lone},
		{Name: gthreadLone, command: ours("gthread", 4), Connections: lone},
		{Name: syncEach, command: ours("sync", 1), Connections: many, Close: true},
		{Name: acceptLoop, command: references(reference.Accept), Connections: many, Close: true},
	}
	for _, class := range loops() {
		all = append(all, cell{Name: class, command: ours(class, 1), Connections: many})
	}
	return all
}

// references is a server to compare with: this program, told to be it.
func references(name string) func(*bench, int) []string {
	return func(b *bench, _ int) []string { return []string{b.self, "reference", name} }
}

// ours is our server with one worker.
func ours(class string, threads int) func(*bench, int) []string {
	return func(b *bench, _ int) []string { return serve(b.Server, class, threads) }
}

// serve is workerlab's command line: one worker, and nothing measured at start.
func serve(server, class string, threads int, more ...string) []string {
	return append([]string{
		server, "serve", "--worker-class", class, "--threads", strconv.Itoa(threads), "--workers", "1",
		"--bind", "127.0.0.1:0", "--log-format", "json", "--cpu-rate", "1000", "--keep-alive", "60",
	}, more...)
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
