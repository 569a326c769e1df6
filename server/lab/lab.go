// Package lab is the built-in application: handlers whose demands are known, so that what a worker
// model makes of them can be measured.
//
//	/                              hello, in six bytes
//	/task?do=cpu:2ms,wait:20ms     the demands, in order, and then hello
//	/bytes?n=12000000              so many bytes, streamed in constant memory; at most 1 GiB
//	/echo                          the request as JSON; a request body is streamed back instead
//	/whoami                        the worker that answered, as JSON
//	/crash  /hang  /leak?bytes=1e6 with faults switched on: die, never answer, keep memory
//
// What /task can be asked for:
//
//	cpu:2ms      calibrated work
//	wait:20ms    time off the CPU; the worker may serve others meanwhile
//	block:20ms   a wait that does not yield
//	touch:0.5    write to the first byte of each page of that share of the app memory, from its start:
//	             a preloaded page is copied with it
//	leak:64KiB   keep that much memory for good, with faults switched on
//
// All steps are looked at before the first is taken: a list with a bad one, or one that this server
// cannot do, is answered 400 and nothing else.
package lab

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/server/exchange"
)

// Options describe the worker that the app runs in.
type Options struct {
	Class  string // as /whoami reports it
	Faults bool   // answer /crash, /hang and /leak, and leak in /task
	Memory []byte // that touch writes to; the app's alone. nil: none
}

// App is the lab as a handler.
func App(o Options) exchange.Handler {
	a := &app{Options: o, memory: memory{pages: o.Memory}}
	return a.route
}

type app struct {
	Options
	memory memory
	leaked leak
}

func (a *app) route(x *exchange.Exchange) error {
	switch path := x.Req.Path(); string(path) {
	case "/":
		return hello(x)
	case "/task":
		return a.task(x)
	case "/bytes":
		return stream(x)
	case "/echo":
		return echo(x)
	case "/whoami":
		return a.whoami(x)
	case "/crash", "/hang", "/leak":
		if a.Faults {
			return a.fault(x, string(path))
		}
		return text(x, 404, "faults are off: start the server with --faults\n")
	}
	return text(x, 404, "nothing here; try /, /task?do=cpu:2ms,wait:20ms, /bytes?n=1e6, /echo or /whoami\n")
}

var helloBody = []byte("hello\n")

func hello(x *exchange.Exchange) error {
	if err := x.Respond(200, int64(len(helloBody)), "Content-Type", "text/plain"); err != nil {
		return err
	}
	_, err := x.Write(helloBody)
	return err
}

func text(x *exchange.Exchange, status int, body string) error {
	if err := x.Respond(status, int64(len(body)), "Content-Type", "text/plain; charset=utf-8"); err != nil {
		return err
	}
	_, err := io.WriteString(x, body)
	return err
}

func respondJSON(x *exchange.Exchange, v any) error {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("lab: %w", err)
	}
	body = append(body, '\n')
	if err := x.Respond(200, int64(len(body)), "Content-Type", "application/json"); err != nil {
		return err
	}
	_, err = x.Write(body)
	return err
}

// echo streams a body back in constant memory, whatever its size.
func echo(x *exchange.Exchange) error {
	if x.Req.Length == 0 {
		return respondJSON(x, describe(x))
	}
	if err := x.Respond(200, x.Req.Length, "Content-Type", "application/octet-stream"); err != nil {
		return err
	}
	_, err := io.Copy(x, x)
	return err
}

// filler is what /bytes is made of, piece by piece: large enough to go out as it is, without a copy.
var filler [64 << 10]byte

// stream answers with as many bytes as it is asked for, in constant memory.
func stream(x *exchange.Exchange) error {
	asked, err := parameter(string(x.Req.Query()), "n")
	if err != nil {
		return text(x, 400, err.Error()+"\n")
	}
	left, err := spec.ParseSize(asked)
	if err != nil {
		return text(x, 400, err.Error()+", as in /bytes?n=1e6\n")
	}
	if err := x.Respond(200, left, "Content-Type", "application/octet-stream"); err != nil {
		return err
	}
	for left > 0 {
		n, err := x.Write(filler[:min(left, int64(len(filler)))])
		if err != nil {
			return err
		}
		left -= int64(n)
	}
	return nil
}

type request struct {
	Method  string      `json:"method"`
	Target  string      `json:"target"`
	Version string      `json:"version"`
	Headers [][2]string `json:"headers"`
	Client  string      `json:"client"`
}

func describe(x *exchange.Exchange) request {
	r := request{
		Method: string(x.Req.Method), Target: string(x.Req.Target),
		Version: "HTTP/1." + strconv.Itoa(int(x.Req.Minor)), Client: x.Peer(),
		Headers: [][2]string{},
	}
	for _, f := range x.Req.Fields {
		r.Headers = append(r.Headers, [2]string{string(f.Name), string(f.Value)})
	}
	return r
}

func (a *app) whoami(x *exchange.Exchange) error {
	return respondJSON(x, struct {
		PID    int    `json:"pid"`
		Class  string `json:"class"`
		Thread int    `json:"thread"`
	}{os.Getpid(), a.Class, x.Thread()})
}
