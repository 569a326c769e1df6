package main

import (
	"context"
	"embed"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
)

//go:embed apps
var apps embed.FS

// A bench is what measuring needs.
type bench struct {
	options
	self, script string
	launcher     *launch.Launcher
	server, wrk  launch.Cores
	progress     progress
	spare        int                // measurements that may still be repeated
	at           int                // the block that is being measured
	skipped      []string           // cells that are left out, and what mends it
	apps         string             // folder of the Python applications
	always       map[string]float64 // values that are the same in every block
}

func measure(ctx context.Context, o options, stdout, stderr io.Writer) error {
	b, err := prepare(ctx, o, stderr)
	if err != nil {
		return err
	}
	defer os.RemoveAll(filepath.Dir(b.script)) //nolint:errcheck // a temporary folder
	defer b.launcher.Close()
	if b.Suite.Before != nil {
		if err := b.Suite.Before(ctx, b); err != nil {
			return err
		}
	}
	rep := newReport(b.options, b.server.CPUs[0], b.wrk.CPUs[0])
	rep.skipped = b.skipped
	for n := range o.Blocks {
		bl, err := b.block(ctx, n)
		if err != nil {
			return fmt.Errorf("block %d: %w", n+1, err)
		}
		rep.add(bl)
	}
	b.progress.end()
	if o.JSON {
		return rep.writeJSON(stdout)
	}
	return rep.write(stdout)
}

func prepare(ctx context.Context, o options, stderr io.Writer) (*bench, error) {
	b := &bench{options: o, progress: progressOn(stderr), spare: o.Blocks * len(o.Suite.Cells) / 4, always: map[string]float64{}}
	var err error
	for _, program := range o.Suite.Needs {
		if _, err = exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%w (Debian, Ubuntu: make real installs it)", err)
		}
	}
	if _, err = os.Stat(o.Server); o.Suite.Attacks && err != nil {
		return nil, fmt.Errorf("the server to measure (make build): %w", err)
	}
	if b.self, err = os.Executable(); err != nil {
		return nil, fmt.Errorf("own path: %w", err)
	}
	server, generator, err := cores(o.Suite.Attacks)
	if err != nil {
		return nil, err
	}
	b.launcher = launch.NewLauncher()
	b.server, b.wrk = b.launcher.Cores([]int{server}), b.launcher.Cores([]int{generator})
	if err := b.leaveOut(ctx); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "perf")
	if err != nil {
		return nil, err
	}
	b.script, b.apps = filepath.Join(dir, "perf.lua"), filepath.Join(dir, "apps")
	if err := os.CopyFS(dir, apps); err != nil {
		return nil, err
	}
	return b, os.WriteFile(b.script, []byte(wrkScript), 0o600)
}

// block measures every cell once, in an order of its own.
func (b *bench) block(ctx context.Context, n int) (block, error) {
	b.at = n
	all := slices.Clone(b.Suite.Cells)
	order := rand.New(rand.NewPCG(b.Seed, uint64(n)))
	order.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	bl := block{samples: map[string]sample{}, values: maps.Clone(b.always)}
	for i, c := range all {
		b.progress.say("block %d/%d, %d/%d %s", n+1, b.Blocks, i+1, len(all), c.Name)
		s, err := b.calmest(ctx, c)
		if err != nil {
			return bl, fmt.Errorf("%s: %w", c.Name, err)
		}
		bl.samples[c.Name] = s
	}
	if b.Suite.Beside != nil {
		if err := b.Suite.Beside(ctx, b, bl.values); err != nil {
			return bl, err
		}
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

// sample starts the cell's server, attacks it and ends it, or lets the cell simulate.
func (b *bench) sample(ctx context.Context, c cell) (sample, error) {
	if c.Form != nil {
		return b.simulate(ctx, c)
	}
	p, err := b.start(ctx, c)
	if err != nil {
		return sample{}, err
	}
	defer p.stop()
	if err := greet(ctx, p.addr, c.Close); err != nil {
		return sample{}, err
	}
	begin, err := read(p.PID)
	if err != nil {
		return sample{}, err
	}
	l, generator, err := b.attack(ctx, c, p.addr)
	if err != nil {
		return sample{}, err
	}
	end, err := read(p.PID)
	if err != nil {
		return sample{}, err
	}
	return sample{
		Rate:    float64(l.Requests) / l.Took.Seconds(),
		CPU:     (end.server - begin.server).Seconds() / float64(l.Requests),
		P50:     l.P50,
		Account: since(begin, end, generator),
	}, nil
}

// start starts the cell's server.
func (b *bench) start(ctx context.Context, c cell) (*process, error) {
	if !c.silent {
		return start(ctx, b.server, c.command(b, 0), 0)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	return start(ctx, b.server, c.command(b, port), port)
}

// freePort is one that nobody listens on now.
func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// attack runs wrk on its core, and returns the CPU time that it used.
func (b *bench) attack(ctx context.Context, c cell, addr string) (load, time.Duration, error) {
	command := []string{
		"wrk", "-t1", "-c", strconv.Itoa(c.Connections), "-d", strconv.Itoa(int(b.Window.Seconds())) + "s", "-s", b.script,
	}
	if c.Close {
		command = append(command, "-H", "Connection: close")
	}
	out, took, err := output(ctx, b.wrk, "", append(command, "http://"+addr+"/"))
	if err != nil {
		return load{}, 0, err
	}
	l, err := parseWrk(string(out))
	return l, took, err
}
