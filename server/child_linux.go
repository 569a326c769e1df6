package server

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// start makes a process that serves one connection: this very program again, with our place on the scoreboard.
// It is killed where we die before it. It must be called by the thread that lives as long as we do.
func (p *process) start(connection int) (Child, error) {
	var files files
	todo := p.todo
	todo.Board, todo.Life, todo.Connection = files.add(p.todo.Board), files.add(p.todo.Life), files.add(connection)
	todo.Boots, todo.Listeners = 0, nil
	if p.todo.Memory != 0 {
		todo.Memory = files.add(p.todo.Memory)
	}
	ended := -1
	pid, err := execute("/proc/self/exe", os.Args, workerVariable, todo, files, &syscall.SysProcAttr{
		Pdeathsig: syscall.SIGKILL, PidFD: &ended,
	})
	if err != nil {
		return Child{}, os.NewSyscallError("start a process for the connection", err)
	}
	return Child{Ended: ended, Reap: func() {
		_, _ = unix.Wait4(pid, nil, 0, nil) // it has ended, and is ours
		_ = unix.Close(ended)
	}}, nil
}

// apologize answers the client of a process that could not load its app.
func (p *process) apologize() {
	_, _ = unix.Write(p.todo.Connection, []byte("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
	_ = unix.Close(p.todo.Connection)
}
