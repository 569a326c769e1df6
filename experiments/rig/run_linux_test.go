package rig

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/workerlab/workerlab/experiments/launch"
	"github.com/workerlab/workerlab/experiments/trial"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/results"
	"github.com/workerlab/workerlab/server"
	"github.com/workerlab/workerlab/server/lab"
	"github.com/workerlab/workerlab/server/metrics"
	"github.com/workerlab/workerlab/server/proc"
	"github.com/workerlab/workerlab/server/task"
)

func labApp(h server.AppHost) (server.App, error) {
	return server.App{Handler: lab.App(lab.Options{Class: h.Settings.Class, Faults: h.Settings.Faults, Memory: h.Memory})}, nil
}

// serveLab is `workerlab serve` with the flags that Server.Args knows. It does not return.
func serveLab(args []string) {
	set := server.Defaults()
	f := flag.NewFlagSet("serve", flag.ExitOnError)
	f.Func("b", "", func(s string) error { set.Bind = []string{s}; return nil })
	f.StringVar(&set.MetricsBind, "metrics-bind", "", "")
	f.StringVar(&set.LogFormat, "log-format", "", "")
	f.StringVar(&set.Class, "k", "", "")
	f.IntVar(&set.Workers, "w", 1, "")
	f.IntVar(&set.Threads, "threads", 1, "")
	f.Float64Var(&set.CPURate, "cpu-rate", 0, "")
	f.BoolVar(&set.GIL, "gil", false, "")
	f.DurationVar(&set.Switch, "gil-switch-interval", set.Switch, "")
	f.Int64Var(&set.AppMemory, "app-memory", 0, "")
	f.BoolVar(&set.Preload, "preload", false, "")
	f.DurationVar(&set.Boot, "boot", 0, "")
	f.IntVar(&set.Connections, "worker-connections", set.Connections, "")
	f.IntVar(&set.Backlog, "backlog", set.Backlog, "")
	f.DurationVar(&set.Timeout, "timeout", set.Timeout, "")
	f.DurationVar(&set.KeepAlive, "keep-alive", set.KeepAlive, "")
	f.IntVar(&set.MaxRequests, "max-requests", 0, "")
	f.IntVar(&set.Jitter, "max-requests-jitter", 0, "")
	f.BoolVar(&set.ReusePort, "reuse-port", false, "")
	f.BoolVar(&set.Exclusive, "exclusive", false, "")
	f.BoolVar(&set.Faults, "faults", false, "")
	_ = f.Parse(args) // it exits on errors
	if err := server.Run(set, server.Parts{Classes: catalog.Workers(), Monitor: metrics.Serve}); err != nil {
		fmt.Fprintln(os.Stderr, "workerlab:", err)
		os.Exit(2)
	}
	os.Exit(0)
}

// testSession is a Session without the look at the host. When the test is over, no process of its
// servers may be left.
func testSession(t *testing.T) *Session {
	t.Helper()
	mark := fmt.Sprintf("WORKERLAB_TEST=%s/%d", t.Name(), time.Now().UnixNano())
	name, value, _ := strings.Cut(mark, "=")
	t.Setenv(name, value)
	t.Setenv("GORACE", "atexit_sleep_ms=0") // the servers need not wait for each other's races on their way out
	cpus := allCPUs(t)
	s := &Session{CPURate: task.Calibrate(50 * ms).Rate, cpus: cpus, launch: launch.NewLauncher()}
	t.Cleanup(func() {
		if err := s.launch.PinGenerator(cpus); err != nil {
			t.Error(err)
		}
		s.Close()
		http.DefaultClient.CloseIdleConnections()
		for _, left := range marked(t, mark) {
			t.Errorf("still there: %s", left)
		}
	})
	return s
}

// marked are the command lines of the processes, other than this, that were started with mark in their
// environment. One that is just ending has none any more.
func marked(t *testing.T, mark string) (found []string) {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		dir := filepath.Dir(path)
		environ, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(environ), mark+"\x00") && dir != fmt.Sprintf("/proc/%d", os.Getpid()) {
			command, _ := os.ReadFile(filepath.Join(dir, "cmdline")) // for the message
			found = append(found, dir+" "+strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return found
}

func steps(trials ...trial.Trial) (all []trial.Step) {
	for _, t := range trials {
		t.Group = "test"
		all = append(all, trial.Step{Trial: t, Key: t.Key()})
	}
	return all
}

// value is a record's, which must have it.
func value(t *testing.T, r results.Record, name string) float64 {
	t.Helper()
	v, ok := r.Value(name)
	if !ok {
		t.Errorf("%s: no %s", results.Text(r.Cell["class"]), name)
	}
	return v
}

// Servers of every kind at once: each has its own fate, its own load and its own record.
func TestManyServersAtOnce(t *testing.T) {
	s := testSession(t)
	watched := trial.Trial{Place: trial.Share, Window: 4 * time.Second, Together: true, Untimed: true, Memory: trial.NotRead, Event: trial.Watched}
	one := func(server spec.Server, load spec.Load, change func(*trial.Trial)) trial.Trial {
		w := watched
		w.Server, w.Load = server, load
		if change != nil {
			change(&w)
		}
		return w
	}
	lone := spec.Load{Do: "wait:5s", Burst: 1, Phase: 100 * ms}
	few := spec.Load{Do: "wait:5ms", Rate: 20}
	all := steps(
		one(spec.Server{Class: "sync", Workers: 2, Timeout: time.Second}, lone, func(t *trial.Trial) { t.Hog = few }),
		one(spec.Server{Class: "gevent", Workers: 1, Timeout: 4 * time.Second}, lone, nil), // it beats twice in a timeout
		one(spec.Server{Class: "sync", Workers: 2}, spec.Load{Do: "wait:20ms", Rate: 60}, func(t *trial.Trial) { t.Event, t.At = trial.Killed, time.Second }),
		one(spec.Server{Class: "sync", Workers: 2}, spec.Load{Do: "wait:5ms", Clients: 2}, func(t *trial.Trial) { t.Event, t.At = trial.Reloads, time.Second/2 }),
		one(spec.Server{Class: "gthread", Workers: 1, Threads: 2}, few, func(t *trial.Trial) { t.Slow = trial.Slow{Clients: 2, Over: time.Second / 2} }),
		one(spec.Server{Class: "sync", Workers: 1}, spec.Load{Do: "wait:exp(5ms)", Rate: 60, Arriving: spec.Exponential}, func(t *trial.Trial) { t.Pods = 2 }),
		one(spec.Server{Class: "nonsense", Workers: 1}, few, nil),
		one(spec.Server{Class: "gthread", Workers: 1, Threads: 4}, spec.Load{Do: "wait:1ms", Clients: 2, Think: 10 * ms, Thinking: spec.Jittered, KeepAlive: true}, nil),
		one(spec.Server{Class: "gthread", Workers: 1, Threads: 4, KeepAlive: spec.Never}, spec.Load{Do: "wait:1ms", Clients: 2, Think: 10 * ms, KeepAlive: true}, nil),
		one(spec.Server{Class: "sync", Workers: 1, MaxRequests: 30}, spec.Load{Do: "leak:64KiB", Rate: 60}, func(t *trial.Trial) { t.Memory = trial.AfterLoad }),
		one(spec.Server{Class: "gthread", Workers: 1, Threads: 2}, few, func(t *trial.Trial) { t.Slow = trial.Slow{Clients: 1, Over: time.Second / 2, Post: 100} }),
		one(spec.Server{Class: "sync", Workers: 1}, spec.Load{Do: "wait:exp(5ms)", Rate: 60, Arriving: spec.Exponential}, func(t *trial.Trial) { t.Traced = true }),
	)
	records, err := s.batch(t.Context(), all, 1, false)
	if err != nil || len(records) != len(all) {
		t.Fatal(len(records), err)
	}
	for i, r := range records {
		failed := strings.Contains(strings.Join(r.Invalid, " "), "server failed")
		if broken := all[i].Trial.Server.Class == "nonsense"; failed != broken {
			t.Errorf("%s: %q", all[i].Trial, r.Invalid)
		}
		r.Trial = all[i].Key
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", all[i].Trial, err)
		}
		if !failed && (value(t, r, "start_seconds") <= 0 || value(t, r, "server_cpu") < 0 || r.Timeline == nil) {
			t.Errorf("%s: %+v", all[i].Trial, r.Values)
		}
	}
	aborted, patient, killed, reloaded, slow, pods := records[0], records[1], records[2], records[3], records[4], records[5]
	kept, unkept, leaking, posted, traced := records[7], records[8], records[9], records[10], records[11]

	if value(t, aborted, "answered") != 0 || value(t, aborted, "restarts") < 1 || value(t, aborted, "booted") < 1 || aborted.Failed != 1 {
		t.Errorf("a sync worker busy for five times its timeout: %+v, %v", aborted.Values, aborted.Failures)
	}
	if at := value(t, aborted, "first_exit_seconds"); at <= 0 || value(t, aborted, "fate_seconds") <= 0 {
		t.Errorf("it ended %g s after the request was sent: %+v", at, aborted.Values)
	}
	if value(t, aborted, "hog_completed") < 10 {
		t.Errorf("the other worker answered %g bystanders", value(t, aborted, "hog_completed"))
	}
	if value(t, patient, "answered") != 1 || value(t, patient, "restarts") != 0 || value(t, patient, "fate_seconds") < 5 {
		t.Errorf("a request that waits under gevent: %+v, %v", patient.Values, patient.Failures)
	}
	if value(t, killed, "restarts") != 1 || value(t, killed, "victim_in_flight") != 1 || value(t, killed, "lost_elsewhere") != 0 {
		t.Errorf("killed: %+v", killed.Values)
	}
	if value(t, reloaded, "lost") != 0 || value(t, reloaded, "restarts") < 1 || value(t, reloaded, "booted") < 2 || value(t, reloaded, "replaced_seconds") <= 0 {
		t.Errorf("reloaded: %+v", reloaded.Values)
	}
	for _, r := range []results.Record{slow, posted} {
		if value(t, r, "slow_completed") < 1 || value(t, r, "slow_failed") != 0 {
			t.Errorf("slow clients: %+v", r.Values)
		}
	}
	if sum := value(t, pods, "busiest_share") + value(t, pods, "idlest_share"); sum < 0.999 || sum > 1.001 || pods.Completed < 30 || pods.Failed > 0 {
		t.Errorf("two pods share 1, not %g; %d answers, %d failures", sum, pods.Completed, pods.Failed)
	}
	if value(t, kept, "opened") > 2 || value(t, kept, "reused") < 3 || value(t, unkept, "reused") != 0 {
		t.Errorf("kept alive %+v, never %+v", kept.Values, unkept.Values)
	}
	if value(t, leaking, "restarts") < 1 || value(t, leaking, "peak_pss") <= 0 || leaking.Failed > 0 {
		t.Errorf("a leak that max-requests caps: %+v, %v", leaking.Values, leaking.Failures)
	}
	checkTrace(t, traced)
}

// checkTrace holds a run's requests to what they asked for: none was answered sooner.
func checkTrace(t *testing.T, r results.Record) {
	t.Helper()
	if r.Trace.Len() < int(r.Completed) || r.Completed == 0 {
		t.Fatalf("%d requests are traced of %d and the warm-up's", r.Trace.Len(), r.Completed)
	}
	for i, demand := range r.Trace.Demand {
		if took := r.Trace.Done[i] - r.Trace.Sent[i]; demand < 0 || took < demand || r.Trace.Intended[i] > r.Trace.Sent[i] {
			t.Errorf("request %d of %d µs, intended at %d, sent at %d: answered after %d µs", i, demand, r.Trace.Intended[i], r.Trace.Sent[i], took)
		}
	}
}

func TestBatchEndsWithItsContext(t *testing.T) {
	s := testSession(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	lone := trial.Trial{Window: 20 * time.Second, Load: spec.Load{Do: "wait:20s", Burst: 1, Timeout: 30 * time.Second}, Together: true, Memory: trial.NotRead}
	var all []trial.Trial
	for _, class := range []string{"sync", "gthread", "gevent"} {
		lone.Server = spec.Server{Class: class, Workers: 1}
		all = append(all, lone)
	}
	began := time.Now()
	records, err := s.batch(ctx, steps(all...), 1, false)
	if !errors.Is(err, context.DeadlineExceeded) || len(records) != 3 {
		t.Errorf("%d records, %v", len(records), err)
	}
	for _, r := range records {
		if r.Valid() {
			t.Error("a run that was cut short counts")
		}
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("it took %v to end", took)
	}
}

// A bench that panics while its servers are loaded takes them with it.
func TestBatchLeavesNothingToAPanic(t *testing.T) {
	mark := fmt.Sprintf("WORKERLAB_TEST=%s/%d", t.Name(), time.Now().UnixNano())
	bench := exec.Command("/proc/self/exe", "panics")
	bench.Env = append(os.Environ(), mark, "GORACE=atexit_sleep_ms=0")
	output, err := bench.CombinedOutput()
	if err == nil || !strings.Contains(string(output), "two workers serve") {
		t.Fatalf("%v: %s", err, output)
	}
	deadline := time.Now().Add(10 * time.Second)
	for len(marked(t, mark)) > 0 {
		if time.Now().After(deadline) {
			t.Fatalf("still there: %q", marked(t, mark))
		}
		if err := sleep(t.Context(), 5*ms); err != nil {
			t.Fatal(err)
		}
	}
}

// panics is that bench: it panics a while after its server's workers are there.
func panics() {
	cpus, err := proc.CPUs()
	if err != nil {
		panic(err)
	}
	s := &Session{CPURate: 1000, cpus: cpus, launch: launch.NewLauncher()}
	one := trial.Trial{
		Server: spec.Server{Class: "sync", Workers: 2}, Window: 20 * time.Second,
		Load: spec.Load{Do: "wait:10s", Burst: 2, Timeout: 30 * time.Second}, Event: trial.Watched, Memory: trial.NotRead,
	}
	go func() {
		for sleep(context.Background(), 20*ms) == nil {
			tree, err := proc.Tree(os.Getpid())
			if err == nil && len(tree) == 1+1+2 { // the bench, the arbiter, the workers
				_ = sleep(context.Background(), 300*ms)
				panic("two workers serve")
			}
		}
	}()
	_, err = s.batch(context.Background(), steps(one), 1, false)
	panic(err)
}

func TestBatchRefusesWhatCannotBe(t *testing.T) {
	s := testSession(t)
	good := trial.Trial{Server: spec.Server{Class: "sync", Workers: 1}, Window: time.Second, Load: spec.Load{Rate: 10}}
	other, bad := good, good
	other.Place, bad.Load = trial.Share, spec.Load{}
	if records, err := s.batch(t.Context(), steps(good, other), 1, false); err == nil || records[0].Valid() || records[1].Valid() {
		t.Errorf("two places at once: %v", err)
	}
	if records, err := s.batch(t.Context(), steps(bad), 1, false); err == nil || !strings.Contains(err.Error(), "no load") || records[0].Valid() {
		t.Errorf("no load: %v", err)
	}
}
