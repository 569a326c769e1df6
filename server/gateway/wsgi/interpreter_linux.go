package wsgi

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/workerlab/workerlab/server/gateway"
)

//go:embed bridge.py
var bridge []byte

// An interpreter is a process that runs bridge.py.
type interpreter struct {
	address  gateway.Address
	listener int // ours too, so that it can be shut down
	shut     sync.Once
	kill     func()        // nil: nothing was started
	ended    chan struct{} // closed when the process is no more
	err      error         // how it ended; to be read after ended
}

// An order is what bridge.py is told.
type order struct {
	App       string
	Path      []string // goes first into sys.path
	Greenlets string   // the package that patches; empty: none
	Threads   int
	Workers   int
	Owner     int // the process whose channels are served; 0: be a nursery
}

func (o *order) args() []string {
	return append([]string{o.App, o.Greenlets, strconv.Itoa(o.Threads), strconv.Itoa(o.Workers), strconv.Itoa(o.Owner)}, o.Path...)
}

// start runs python and waits until it has loaded the application. It must be called by the thread that
// lives as long as the process: the kernel kills the interpreter when the thread that made it ends.
func start(python string, o order, stderr io.Writer) (*interpreter, error) {
	i := &interpreter{listener: -1, ended: make(chan struct{})}
	if err := i.listen(); err != nil {
		return nil, err
	}
	if err := i.run(python, o, stderr); err != nil {
		i.stop()
		return nil, err
	}
	return i, nil
}

// listen opens the socket for channels: without a file, by a name that the kernel chooses.
func (i *interpreter) listen() (err error) {
	const backlog = 4096
	if i.listener, err = unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return os.NewSyscallError("socket", err)
	}
	if err := unix.Bind(i.listener, &unix.SockaddrUnix{}); err != nil {
		return os.NewSyscallError("bind", err)
	}
	if err := unix.Listen(i.listener, backlog); err != nil {
		return os.NewSyscallError("listen", err)
	}
	name, err := unix.Getsockname(i.listener)
	if err != nil {
		return os.NewSyscallError("getsockname", err)
	}
	i.address, err = gateway.ParseAddress("unix:" + name.(*unix.SockaddrUnix).Name)
	return err
}

func (i *interpreter) run(python string, o order, stderr io.Writer) error {
	inherited, loaded, err := i.files()
	if err != nil {
		return err
	}
	defer func() { _ = loaded.Close() }()
	script := "/proc/self/fd/" + strconv.Itoa(2+len(inherited))
	cmd := exec.Command(python, append([]string{script}, o.args()...)...)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = os.Stdout, stderr, inherited
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = time.Second // for a grandchild that keeps stderr
	err = cmd.Start()
	for _, f := range inherited {
		_ = f.Close()
	}
	if err != nil {
		return fmt.Errorf("start the interpreter: %w", err)
	}
	i.kill = func() { _ = cmd.Process.Kill() } // it may have ended just now
	go func() {
		i.err = cmd.Wait()
		i.unlisten() // or clients would wait in a backlog that nobody empties
		close(i.ended)
	}()
	return i.await(loaded)
}

// files are what the interpreter inherits, from descriptor 3 on: the listener, the end of a pipe to say
// that the application is loaded, of which we get the other, and its program.
func (i *interpreter) files() (inherited []*os.File, loaded *os.File, err error) {
	listener, err := unix.FcntlInt(uintptr(i.listener), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("fcntl", err)
	}
	program, err := unix.MemfdCreate("bridge.py", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, nil, os.NewSyscallError("memfd_create", err)
	}
	file := os.NewFile(uintptr(program), "bridge.py")
	loaded, tell, err := os.Pipe()
	if err == nil {
		_, err = file.WriteAt(bridge, 0)
	}
	return []*os.File{os.NewFile(uintptr(listener), "channels"), tell, file}, loaded, err
}

// await waits for the word that the application is loaded.
func (i *interpreter) await(loaded *os.File) error {
	go func() { // no end of the pipe tells of it where a child of the application's keeps the other open
		<-i.ended
		_ = loaded.Close()
	}()
	said := make([]byte, len(ready))
	if _, err := io.ReadFull(loaded, said); err == nil && bytes.Equal(said, ready) {
		return nil
	}
	<-i.ended
	return fmt.Errorf("the interpreter ended before it had loaded the application (%w); see above why", i.failure())
}

var ready = []byte("ready")

func (i *interpreter) failure() error {
	if i.err == nil {
		return errors.New("exit status 0")
	}
	return i.err
}

// stop lets the interpreter end, its atexit functions included, and kills it after a second. All channels
// must be closed.
func (i *interpreter) stop() {
	i.unlisten()
	if i.kill == nil {
		return
	}
	select {
	case <-i.ended:
	case <-time.After(time.Second):
		i.kill()
		<-i.ended
	}
}

// unlisten ends the socket for channels, by which the main thread's accept returns and nobody connects any more.
func (i *interpreter) unlisten() {
	i.shut.Do(func() {
		if i.listener >= 0 {
			_ = unix.Shutdown(i.listener, unix.SHUT_RDWR)
			_ = unix.Close(i.listener)
		}
	})
}
