package launch

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/workerlab/workerlab/server/proc"
	"golang.org/x/sys/unix"
)

// A process that was waited for has no identity any more: its number may be another's.
func TestAServerThatEndedIsNotSignalled(t *testing.T) {
	bystander := exec.Command("sleep", "60")
	bystander.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := bystander.Start(); err != nil {
		t.Fatal(err)
	}
	ended := &Process{PID: bystander.Process.Pid, exited: make(chan error, 1)}
	ended.exited <- nil
	if err := ended.end(bystander.Process); err != nil {
		t.Error(err)
	}
	_ = bystander.Process.Signal(syscall.SIGTERM)
	var signalled *exec.ExitError
	if err := bystander.Wait(); !errors.As(err, &signalled) || signalled.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("it ended with %v, want SIGTERM, which is the test's own", err)
	}
}

func TestLauncherKeepsGeneratorAndServerApart(t *testing.T) {
	cpus, err := proc.CPUs()
	if err != nil {
		t.Fatal(err)
	}
	if len(cpus) < 2 {
		t.Skip("one usable core")
	}
	launcher := NewLauncher()
	defer launcher.Close()
	if launcher.tid == os.Getpid() {
		t.Error("the launcher sits on the first thread, which never ends")
	}
	if err := launcher.On(cpus[:1], func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := launcher.PinGenerator(cpus[1:2]); err != nil {
		t.Fatal(err)
	}
	defer launcher.PinGenerator(cpus) //nolint:errcheck // as it was
	var server, self unix.CPUSet
	if err := errors.Join(unix.SchedGetaffinity(launcher.tid, &server), unix.SchedGetaffinity(os.Getpid(), &self)); err != nil {
		t.Fatal(err)
	}
	if server != proc.CPUSet(cpus[0]) || self != proc.CPUSet(cpus[1]) {
		t.Errorf("launcher on %v, generator on %v", server, self)
	}
}
