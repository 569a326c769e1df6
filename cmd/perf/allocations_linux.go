package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/http1"
	"github.com/workerlab/workerlab/server/lab"
	"github.com/workerlab/workerlab/server/scoreboard"
)

const (
	warmUp  = 2_000 // requests that are not counted
	counted = 20_000
)

// allocations counts each path once, for all blocks: in a process of its own, since the heap's counters are a
// process's.
func allocations(ctx context.Context, b *bench) error {
	for _, p := range paths() {
		b.progress.say("allocations: %s", p.Name)
		count, err := b.count(ctx, p)
		if err != nil {
			return fmt.Errorf("allocations of %s: %w", p.Name, err)
		}
		b.always[allocationsOf+p.Name] = count
	}
	return nil
}

func (b *bench) count(ctx context.Context, p path) (float64, error) {
	if p.Class == "" {
		return http1Allocations(), nil
	}
	cmd := exec.CommandContext(ctx, b.self, "allocations", p.Class, strconv.Itoa(p.Threads), strconv.FormatBool(p.Close))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}

// http1Allocations counts one request parsed and one head written.
func http1Allocations() float64 {
	request := []byte("GET / HTTP/1.1\r\nHost: localhost:8000\r\nUser-Agent: perf\r\nAccept: */*\r\n\r\n")
	parser := http1.Parser{Limits: server.Defaults().Limits}
	var r http1.Request
	var date http1.Date
	var out, fields []byte
	return testing.AllocsPerRun(counted, func() {
		parser.Reset()
		if _, done, err := parser.Parse(request, &r); err != nil || !done {
			panic(fmt.Sprintf("http1 refuses hello: %v", err)) // AllocsPerRun leaves no other way out
		}
		fields, _ = http1.AppendField(fields[:0], "Content-Type", "text/plain") // constants, known to be valid
		head := http1.Head{Status: 200, Fields: fields, Length: 6}
		out = http1.AppendHead(out[:0], &head, date.At(time.Now()))
	})
}

// printAllocations serves hello in this process, and prints the allocations of a request: perf
// allocations CLASS THREADS CLOSE.
func printAllocations(args []string, stdout io.Writer) error {
	if len(args) != 3 {
		return errors.New("usage: perf allocations CLASS THREADS CLOSE")
	}
	threads, err := strconv.Atoi(args[1])
	if err != nil {
		return fmt.Errorf("threads: %w", err)
	}
	closing, err := strconv.ParseBool(args[2])
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	worker := catalog.Workers()[args[0]]
	if worker == nil {
		return fmt.Errorf("no worker class %q", args[0])
	}
	perRequest, err := countAllocations(worker, args[0], threads, closing)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, perRequest)
	return err
}

// countAllocations counts what the whole process allocates while a client that allocates nothing
// attacks the worker.
func countAllocations(worker server.Worker, class string, threads int, closing bool) (float64, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	addr, ok := listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0, errors.New("not a TCP listener")
	}
	env, err := surroundings(listener, class, threads)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- worker.Serve(ctx, env) }()
	client := newClient(addr.Port, closing)
	perRequest, err := client.count()
	cancel()
	return perRequest, errors.Join(err, <-served)
}

// surroundings are those of a worker process, by gunicorn's defaults.
func surroundings(listener net.Listener, class string, threads int) (*server.Env, error) {
	file, err := listener.(*net.TCPListener).File()
	if err != nil {
		return nil, err
	}
	fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0) // a copy that the worker may close
	_ = file.Close()
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	board, err := scoreboard.Create(1)
	if err != nil {
		return nil, err
	}
	settings := server.Defaults()
	settings.Class, settings.Threads = class, max(threads, 1)
	return &server.Env{
		Settings:  settings,
		Listeners: []int{fd},
		Page:      board.Page(0),
		Conns: &exchange.Config{
			Handler: lab.App(lab.Options{Class: class}), Page: board.Page(0), Limits: settings.Limits,
			KeepAlive: settings.KeepAlive, HeaderTimeout: settings.HeaderTimeout,
		},
		Log: slog.New(slog.DiscardHandler),
	}, nil
}

// A client speaks HTTP with bare system calls and one buffer.
type client struct {
	to      unix.Sockaddr
	closing bool
	fd      int // -1: not connected
	request []byte
	in      []byte
}

func newClient(port int, closing bool) *client {
	request := "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
	if closing {
		request = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
	}
	return &client{
		to: &unix.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}, closing: closing,
		fd: -1, request: []byte(request), in: make([]byte, 4<<10),
	}
}

// count returns the allocations a request, rounded to hundredths: what is below is the runtime's own.
func (c *client) count() (float64, error) {
	defer c.hangUp()
	if err := c.repeat(warmUp); err != nil {
		return 0, err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := c.repeat(counted); err != nil {
		return 0, err
	}
	runtime.ReadMemStats(&after)
	return float64((after.Mallocs-before.Mallocs)*100/counted) / 100, nil
}

func (c *client) repeat(n int) error {
	for range n {
		if err := c.hello(); err != nil {
			return err
		}
	}
	return nil
}

var helloEnd = []byte("\r\n\r\nhello\n")

func (c *client) hello() error {
	if c.fd < 0 {
		if err := c.connect(); err != nil {
			return err
		}
	}
	if _, err := unix.Write(c.fd, c.request); err != nil {
		return os.NewSyscallError("write", err)
	}
	for got := 0; !bytes.HasSuffix(c.in[:got], helloEnd); {
		n, err := unix.Read(c.fd, c.in[got:])
		if err != nil {
			return os.NewSyscallError("read", err)
		}
		if n == 0 {
			return fmt.Errorf("instead of hello: %q", c.in[:got])
		}
		got += n
	}
	if c.closing {
		c.hangUp()
	}
	return nil
}

func (c *client) connect() (err error) {
	if c.fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		c.fd = -1
		return os.NewSyscallError("socket", err)
	}
	return os.NewSyscallError("connect", unix.Connect(c.fd, c.to))
}

func (c *client) hangUp() {
	if c.fd >= 0 {
		unix.Close(c.fd)
		c.fd = -1
	}
}
