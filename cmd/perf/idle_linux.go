package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	gonum "gonum.org/v1/gonum/stat"

	"github.com/workerlab/workerlab/models/greenlet"
	"github.com/workerlab/workerlab/server/proc"
)

const (
	idleConnections = 10_000
	idleSteps       = 5  // readings of memory on the way
	greetings       = 50 // requests that warm a server up
)

// greet makes sure that the server says hello, and warms it up.
func greet(ctx context.Context, addr string, closing bool) error {
	transport := &http.Transport{DisableKeepAlives: closing}
	defer transport.CloseIdleConnections()
	const limit = 3 * time.Second
	client := http.Client{Transport: transport, Timeout: limit}
	for range greetings {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/", http.NoBody)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || string(body) != "hello\n" {
			return fmt.Errorf("the server did not say hello: %s %q: %w", resp.Status, body, err)
		}
	}
	return nil
}

// idle measures the bytes of PSS that an idle keep-alive connection of gevent costs.
func idle(ctx context.Context, b *bench, values map[string]float64) (err error) {
	b.progress.say("idle connections")
	if values[idleConnection], err = b.idle(ctx); err != nil {
		return fmt.Errorf("idle connections: %w", err)
	}
	return nil
}

// idle is the slope of memory over connections, so that what the server takes without any is no part of it.
func (b *bench) idle(ctx context.Context) (float64, error) {
	p, err := start(ctx, b.server, serve(b.Server, greenlet.Gevent.Name, 1, "--worker-connections", "20000"), 0)
	if err != nil {
		return 0, err
	}
	defer p.stop()
	if err := greet(ctx, p.addr, false); err != nil {
		return 0, err
	}
	var conns []net.Conn
	defer func() { hangUp(conns) }()
	var count, bytes []float64
	for step := range idleSteps + 1 {
		for len(conns) < step*idleConnections/idleSteps && ctx.Err() == nil {
			conn, err := greetAndStay(ctx, p.addr)
			if err != nil {
				return 0, fmt.Errorf("connection %d: %w", len(conns)+1, err)
			}
			conns = append(conns, conn)
		}
		pss, err := settledPSS(ctx, p.PID)
		if err != nil {
			return 0, err
		}
		count, bytes = append(count, float64(len(conns))), append(bytes, pss)
	}
	_, each := gonum.LinearRegression(count, bytes, nil, false)
	return each, nil
}

// greetAndStay makes one request and leaves its connection open.
func greetAndStay(ctx context.Context, addr string) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp4", addr)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: "+addr+"\r\n\r\n"); err != nil {
		_ = conn.Close()
		return nil, err
	}
	answer := bufio.NewReaderSize(conn, 1<<10)
	for {
		line, err := answer.ReadString('\n')
		if err != nil {
			_ = conn.Close()
			return nil, err
		}
		if strings.HasPrefix(line, "hello") {
			return conn, nil
		}
	}
}

// hangUp closes by reset, so that no port is left waiting.
func hangUp(conns []net.Conn) {
	for _, conn := range conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // if it fails, the close is an ordinary one
		}
		_ = conn.Close()
	}
}

// settledPSS reads the proportional memory of a server once it moves by less than 1 % in 0.1 s.
func settledPSS(ctx context.Context, pid int) (float64, error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	last := 0.0
	for {
		memory, err := proc.TreeMemory(pid)
		if err != nil {
			return 0, err
		}
		now := float64(memory.PSS)
		if now > 0.99*last && now < 1.01*last {
			return now, nil
		}
		last = now
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-tick.C:
		}
	}
}
