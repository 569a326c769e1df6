package server

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// Environment variables by which a process learns that it continues another.
const (
	workerVariable = "WORKERLAB_WORKER" // an assignment: be a worker
	legacyVariable = "WORKERLAB_LEGACY" // a legacy: take over from an arbiter
)

// An assignment is what a worker process is told. Descriptors are numbered as the worker sees them.
type assignment struct {
	Settings    Settings
	Slot        int
	MaxRequests int64  // with this worker's jitter
	Board       int    // descriptor of the scoreboard
	Life        int    // descriptor: EOF means that the arbiter is gone
	Boots       int    // descriptor to write the process id to, once it serves
	Memory      int    // descriptor of preloaded memory; 0: none
	Preloaded   string // the preloaded app's name; empty: it is none
	Listeners   []int
	Connection  int // descriptor of the one connection to serve; 0: it is a worker
}

// spawn starts a worker process on a lane.
func (h *host) spawn(slot, lane int) (pid int, err error) {
	socks, err := h.sockets.lane(lane)
	if err != nil {
		return 0, err
	}
	page := h.board.Claim(slot)
	var files files
	todo := assignment{
		Settings: *h.set, Slot: slot, MaxRequests: h.drawMaxRequests(),
		Board: files.add(h.board.FD()), Life: files.add(h.life[0]), Boots: files.add(h.boots[1]), Preloaded: h.preloaded.Name,
	}
	if h.memory != nil {
		todo.Memory = files.add(h.memory.fd)
	}
	for _, s := range socks {
		todo.Listeners = append(todo.Listeners, files.add(s.FD))
	}
	// This very program, even if another has taken its path since: an old arbiter never mixes versions.
	pid, err = execute("/proc/self/exe", []string{h.program.args[0], "worker"}, workerVariable, todo, files, nil)
	if err != nil {
		return 0, fmt.Errorf("worker: %w", err)
	}
	page.PID.Store(int64(pid))
	return pid, nil
}

// drawMaxRequests adds the jitter, once for each worker.
func (h *host) drawMaxRequests() int64 {
	if h.set.MaxRequests == 0 {
		return 0
	}
	return int64(h.set.MaxRequests) + h.rng.Int64N(int64(h.set.Jitter)+1)
}

// files are the descriptors that a new process inherits behind the three standard ones.
type files []uintptr

// add returns the number that fd will have in the new process.
func (f *files) add(fd int) int {
	*f = append(*f, uintptr(fd))
	return len(*f) + 2
}

// execute starts a program with a message in its environment. It hands over raw descriptors, see
// socket; every other descriptor of ours is closed on exec.
func execute(path string, args []string, variable string, message any, inherit files, attr *syscall.SysProcAttr) (pid int, err error) {
	text, err := json.Marshal(message)
	if err != nil {
		return 0, err
	}
	return syscall.ForkExec(path, args, &syscall.ProcAttr{
		Env:   append(cleanEnviron(), variable+"="+string(text)),
		Files: append([]uintptr{0, 1, 2}, inherit...),
		Sys:   attr,
	})
}

// cleanEnviron is our environment without what was meant for us alone.
func cleanEnviron() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, workerVariable+"=") && !strings.HasPrefix(kv, legacyVariable+"=") {
			env = append(env, kv)
		}
	}
	return env
}
