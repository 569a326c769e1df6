package faults

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/internal/patience"
	"github.com/workerlab/workerlab/models/process"
	"github.com/workerlab/workerlab/server/proc"
	"github.com/workerlab/workerlab/server/servertest"
)

// answeredBy asks who answers, and in which process.
func answeredBy(t *testing.T, addr string) (pid int) {
	t.Helper()
	resp, err := http.Get("http://" + addr + "/whoami")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var who struct{ PID int }
	if body, err := io.ReadAll(resp.Body); err != nil || json.Unmarshal(body, &who) != nil {
		t.Fatalf("%s, %v", body, err)
	}
	return who.PID
}

// Each connection has a process of its own, of which nothing is left when it has been answered.
func TestEachConnectionHasAProcess(t *testing.T) {
	t.Parallel()
	s := start(t, "-k", process.Model.Name, "-w", "1")
	worker := s.Scoreboard()[0].PID
	first, second := answeredBy(t, s.Addr), answeredBy(t, s.Addr)
	if first == second || first == worker || second == worker {
		t.Errorf("answered by %d and %d, worker %d: want three processes", first, second, worker)
	}
	s.Until("the processes are gone", func(board []servertest.Worker) bool {
		return board[0].Connections == 0 && !servertest.Running(first) && !servertest.Running(second)
	})
	if got := s.Scoreboard()[0]; got.PID != worker || got.Requests != 2 {
		t.Errorf("worker %d counts %d requests, want %d and 2", got.PID, got.Requests, worker)
	}
}

// One that crashes takes nobody with it, and the worker does not even notice.
func TestACrashIsOfOneConnection(t *testing.T) {
	t.Parallel()
	s := start(t, "-k", process.Model.Name, "-w", "1")
	worker := s.Scoreboard()[0].PID
	slow := send(t, s.Addr, "/task?do=wait:500ms")
	s.Until("the request is in flight", busy)
	if err := <-send(t, s.Addr, "/crash").done; err == nil {
		t.Error("a crash was answered")
	}
	if err := <-slow.done; err != nil {
		t.Errorf("the request beside it: %v", err)
	}
	s.Until("nothing is counted as under way", func(board []servertest.Worker) bool {
		return board[0].Connections == 0 && board[0].InFlight == 0
	})
	if got := s.Scoreboard()[0].PID; got != worker {
		t.Errorf("the worker was replaced: %d, then %d", worker, got)
	}
}

// Processes do not outlive the worker that made them.
func TestProcessesEndWithTheirWorker(t *testing.T) {
	t.Parallel()
	s := start(t, "-k", process.Model.Name, "-w", "1")
	worker := s.Scoreboard()[0].PID
	slow := send(t, s.Addr, "/task?do=wait:60s")
	s.Until("the request is in flight", busy)
	tree, err := proc.Tree(worker)
	if err != nil || len(tree) != 2 {
		t.Fatalf("worker %d and its process are %v, %v", worker, tree, err)
	}
	child := tree[1]
	s.Signal(worker, unix.SIGKILL)
	if err := <-slow.done; err == nil {
		t.Error("a request of a minute was answered")
	}
	patience.Eventually(t, "the process is gone", func() bool { return !servertest.Running(child) })
}
