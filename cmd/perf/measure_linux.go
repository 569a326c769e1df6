package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// A bench is what measuring needs.
type bench struct {
	options
	self, wrk, script   string
	serverCPU, attackOn int
	progress            progress
	spare               int // measurements that may still be repeated
}

func measure(ctx context.Context, o options, stdout, stderr io.Writer) error {
	b, err := prepare(o, stderr)
	if err != nil {
		return err
	}
	defer os.RemoveAll(filepath.Dir(b.script)) //nolint:errcheck // a temporary folder
	allocations, err := b.allocations(ctx)
	if err != nil {
		return err
	}
	rep := newReport(o, b.serverCPU, b.attackOn)
	for n := range o.Blocks {
		bl, err := b.block(ctx, n)
		if err != nil {
			return fmt.Errorf("block %d: %w", n+1, err)
		}
		bl.allocations = allocations
		rep.add(bl)
	}
	b.progress.end()
	if o.JSON {
		return rep.writeJSON(stdout)
	}
	return rep.write(stdout)
}

func prepare(o options, stderr io.Writer) (*bench, error) {
	b := &bench{options: o, progress: progressOn(stderr), spare: o.Blocks * len(cells()) / 4}
	var err error
	if b.wrk, err = exec.LookPath("wrk"); err != nil {
		return nil, errors.New("the generator is wrk, which is not installed (Debian, Ubuntu: apt-get install wrk)")
	}
	if _, err = os.Stat(o.Server); err != nil {
		return nil, fmt.Errorf("the server to measure (make build): %w", err)
	}
	if b.self, err = os.Executable(); err != nil {
		return nil, fmt.Errorf("own path: %w", err)
	}
	if b.serverCPU, b.attackOn, err = cores(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "perf")
	if err != nil {
		return nil, err
	}
	b.script = filepath.Join(dir, "perf.lua")
	return b, os.WriteFile(b.script, []byte(wrkScript), 0o600)
}

// block measures every cell once, in an order of its own.
func (b *bench) block(ctx context.Context, n int) (block, error) {
	all := cells()
	order := rand.New(rand.NewPCG(b.Seed, uint64(n)))
	order.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	bl := block{samples: map[string]sample{}}
	for i, c := range all {
		b.progress.say("block %d/%d, %d/%d %s", n+1, b.Blocks, i+1, len(all)+1, c.Name)
		s, err := b.calmest(ctx, c)
		if err != nil {
			return bl, fmt.Errorf("%s: %w", c.Name, err)
		}
		bl.samples[c.Name] = s
	}
	b.progress.say("block %d/%d, idle connections", n+1, b.Blocks)
	var err error
	if bl.perConn, err = b.idle(ctx); err != nil {
		return bl, fmt.Errorf("idle connections: %w", err)
	}
	return bl, nil
}

// calmest measures a cell, and again while others disturb it: at most three times, and no more often
// than the run can spare. If none was calm, the calmest is kept; the report counts it.
func (b *bench) calmest(ctx context.Context, c cell) (sample, error) {
	best, err := b.sample(ctx, c)
	for try := 1; try < 3 && err == nil && best.Account.tainted() && b.spare > 0; try++ {
		b.spare--
		var s sample
		if s, err = b.sample(ctx, c); err == nil && s.Account.disturbance() < best.Account.disturbance() {
			best = s
		}
	}
	return best, err
}

// sample starts the cell's server, attacks it and ends it.
func (b *bench) sample(ctx context.Context, c cell) (sample, error) {
	p, err := start(ctx, b.serverCPU, c.command(b.self, b.Server))
	if err != nil {
		return sample{}, err
	}
	defer p.stop()
	if err := greet(ctx, p.addr, c.Close); err != nil {
		return sample{}, err
	}
	begin, err := read(p.pid)
	if err != nil {
		return sample{}, err
	}
	l, generator, err := b.attack(ctx, c, p.addr)
	if err != nil {
		return sample{}, err
	}
	end, err := read(p.pid)
	if err != nil {
		return sample{}, err
	}
	return sample{
		Rate:    float64(l.Requests) / l.Took.Seconds(),
		CPU:     (end.server - begin.server) / time.Duration(l.Requests),
		P50:     l.P50,
		Account: since(begin, end, generator),
	}, nil
}

// attack runs wrk on its core, and returns the CPU time that it used.
func (b *bench) attack(ctx context.Context, c cell, addr string) (load, time.Duration, error) {
	command := []string{
		b.wrk, "-t1", "-c", strconv.Itoa(c.Connections), "-d", strconv.Itoa(int(b.Window.Seconds())) + "s", "-s", b.script,
	}
	if c.Close {
		command = append(command, "-H", "Connection: close")
	}
	cmd, err := pinned(ctx, b.attackOn, append(command, "http://"+addr+"/"))
	if err != nil {
		return load{}, 0, err
	}
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return load{}, 0, ctx.Err()
	}
	if err != nil {
		return load{}, 0, fmt.Errorf("wrk: %w", err)
	}
	l, err := parseWrk(string(out))
	return l, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), err
}
