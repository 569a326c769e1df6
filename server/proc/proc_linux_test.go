package proc

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain makes the test binary its own test subject: told to, it holds memory, or has a child.
func TestMain(m *testing.M) {
	switch os.Getenv("PROC_TEST") {
	case "hold":
		hold()
	case "parent":
		parent()
	default:
		os.Exit(m.Run())
	}
}

const held = 32 << 20

func hold() {
	b, err := unix.Mmap(-1, 0, held, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		panic(err)
	}
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	spinUntilUsed(50 * time.Millisecond)
	_, _ = os.Stdout.WriteString("ready\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
	_, _ = os.Stdout.Write(b[:1]) // reachable to the end
}

func spinUntilUsed(d time.Duration) {
	for used() < d {
	}
}

func used() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &ts); err != nil {
		panic(err)
	}
	return time.Duration(ts.Nano())
}

func parent() {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "PROC_TEST=hold")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		os.Exit(1)
	}
}

// start runs the test binary in a role, waits until it is ready, and ends it with the test.
func start(t *testing.T, role string) (pid int) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "PROC_TEST="+role)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		t.Fatal(line, err)
	}
	return cmd.Process.Pid
}

func TestMemoryCountsWrittenPages(t *testing.T) {
	m, err := ReadMemory(start(t, "hold"))
	if err != nil {
		t.Fatal(err)
	}
	if m.USS < held || m.PSS < m.USS || m.RSS < m.PSS {
		t.Errorf("%+v: want at least %d private bytes, and RSS ≥ PSS ≥ USS", m, held)
	}
	if m.USS > 4*held {
		t.Errorf("%+v: far more than was written", m)
	}
}

func TestUsageCountsWork(t *testing.T) {
	u, err := ReadUsage(start(t, "hold"))
	if err != nil {
		t.Fatal(err)
	}
	if u.CPU < 50*time.Millisecond {
		t.Errorf("CPU %v, but the process ran until its own clock said 50ms", u.CPU)
	}
	if d := u.CPU - u.User - u.System; d.Abs() > u.CPU/2 {
		t.Errorf("user %v and system %v do not add up to CPU %v", u.User, u.System, u.CPU)
	}
	if u.Voluntary == 0 || u.Threads < 2 {
		t.Errorf("%+v: a Go program has threads, and they wait", u)
	}
}

// A child works 50 ms, ends and is waited for.
func TestReapedCPUIsThatOfEndedChildren(t *testing.T) {
	before, err := ReapedCPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "PROC_TEST=hold")
	if err := cmd.Run(); err != nil { // its standard input is at its end, so it does not wait
		t.Fatal(err)
	}
	after, err := ReapedCPU(os.Getpid())
	if err != nil || after-before < 30*time.Millisecond {
		t.Errorf("%v before, %v after a child that worked 50ms, %v", before, after, err)
	}
}

// A descendant works 50 ms and ends as an orphan, so that nobody of its tree has an account of it.
func TestMeterCountsWhatNobodyWaitedFor(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const script = `echo ready; read go; said=$( (PROC_TEST=hold "$0" </dev/null &) ); echo done; read end`
	cmd := exec.Command("/bin/sh", "-c", script, exe)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = errors.Join(stdin.Close(), cmd.Wait()) }()
	said := bufio.NewReader(stdout)
	hears := func(want string) {
		if line, err := said.ReadString('\n'); err != nil || line != want+"\n" {
			t.Fatalf("it says %q, %v; want %q", line, err, want)
		}
	}
	hears("ready")
	meter, err := NewMeter(cmd.Process.Pid)
	if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSYS) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = meter.Close() }()
	if _, err := io.WriteString(stdin, "go\n"); err != nil {
		t.Fatal(err)
	}
	hears("done")
	used, err := meter.CPU()
	if err != nil || used < 30*time.Millisecond || used > 500*time.Millisecond {
		t.Errorf("the meter says %v (%v) of a descendant that worked 50ms", used, err)
	}
	if reaped, err := ReapedCPU(cmd.Process.Pid); err != nil || reaped > 20*time.Millisecond {
		t.Errorf("its parent accounts for %v (%v): this tests nothing", reaped, err)
	}
}

// What a process has started before is not counted, and so refused.
func TestMeterComesTooLate(t *testing.T) {
	if _, err := NewMeter(start(t, "parent")); err == nil {
		t.Error("a process with a child is metered")
	}
	if _, err := NewMeter(1<<22 + 1); err == nil {
		t.Error("no process is metered")
	}
}

func TestTreeHasDescendantsAndSums(t *testing.T) {
	pid := start(t, "parent")
	tree, err := Tree(pid)
	if err != nil || len(tree) != 2 || tree[0] != pid {
		t.Fatalf("tree %v, %v: want the parent and its child", tree, err)
	}
	own, err := ReadMemory(pid)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := TreeMemory(pid)
	if err != nil {
		t.Fatal(err)
	}
	if sum.USS < own.USS/2+held {
		t.Errorf("tree's USS %d: want its child's %d and its own, about %d", sum.USS, held, own.USS)
	}
	usage, err := TreeUsage(pid)
	if err != nil || usage.CPU < 50*time.Millisecond {
		t.Errorf("tree's CPU %v, %v: want its child's 50ms", usage.CPU, err)
	}
}

func TestOurselvesAreOurParentsDescendant(t *testing.T) {
	tree, err := Tree(os.Getppid())
	if err != nil || !slices.Contains(tree, os.Getpid()) {
		t.Errorf("tree of %d: %v, %v", os.Getppid(), tree, err)
	}
}

func TestNoSuchProcess(t *testing.T) {
	const none = 1<<22 + 1 // above the largest pid_max, 2^22 (proc(5))
	_, memory := ReadMemory(none)
	_, usage := ReadUsage(none)
	_, tree := Tree(none)
	_, reaped := ReapedCPU(none)
	_, clock := cpuClock(none)
	for what, err := range map[string]error{"memory": memory, "reaped": reaped, "usage": usage, "tree": tree, "clock": clock} {
		if !Ended(err) {
			t.Errorf("%s: %v is not taken for an ended process", what, err)
		}
	}
	if Ended(errors.New("other")) || Ended(nil) {
		t.Error("other errors are taken for an ended process")
	}
}

func TestDescend(t *testing.T) {
	got := descend([]int{1}, map[int][]int{1: {5, 3}, 3: {4}, 7: {8}})
	if want := []int{1, 3, 5, 4}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestHostAdvances(t *testing.T) {
	before, err := ReadHost()
	if err != nil {
		t.Fatal(err)
	}
	if len(before.Cores) == 0 || before.Busy <= 0 || before.Total < before.Busy+before.Idle {
		t.Fatalf("%+v", before)
	}
	spinUntilUsed(used() + 60*time.Millisecond)
	after, err := ReadHost()
	if err != nil {
		t.Fatal(err)
	}
	d := after.Sub(before)
	var busy time.Duration
	for _, c := range d.Cores {
		busy += c.Busy
	}
	if d.Busy < 20*time.Millisecond || busy < 20*time.Millisecond {
		t.Errorf("60ms of work, and the host was busy for %v, its cores for %v", d.Busy, busy)
	}
}
