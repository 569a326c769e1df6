package wsgi

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// A Nursery is an interpreter that has loaded the application, once, for those of all workers to be forked
// from: --preload. Like any interpreter it dies with the thread that made it, and its children with it.
type Nursery struct{ *interpreter }

// NewNursery starts one and waits until it has loaded the application. o's PID and Died are not used.
func NewNursery(o Options) (Nursery, error) {
	i, err := start(o.Python, o.order(0), o.Errors)
	return Nursery{i}, err
}

// Name is what a worker finds it by: see Options.Nursery.
func (n Nursery) Name() string { return n.address.String() }

// Close ends it, and with it what it has forked.
func (n Nursery) Close() { n.stop() }

// adopt is start, with an interpreter that a nursery forks. stderr is the nursery's.
func adopt(nursery string, owner int) (*interpreter, error) {
	i := &interpreter{listener: -1, ended: make(chan struct{})}
	if err := i.listen(); err != nil {
		return nil, err
	}
	if err := i.ask(nursery, owner); err != nil {
		i.stop()
		return nil, err
	}
	return i, nil
}

// ask has an interpreter forked. The connection stands for it from then on: it ends when the interpreter
// has, after a word about how, and ending it kills the interpreter.
func (i *interpreter) ask(nursery string, owner int) error {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Net: "unix", Name: nursery[len("unix:"):]})
	if err != nil {
		return fmt.Errorf("the preloaded interpreter: %w", err)
	}
	loaded, tell, err := os.Pipe()
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	defer func() { _ = loaded.Close() }()
	_, _, err = conn.WriteMsgUnix(strconv.AppendInt(nil, int64(owner), 10), unix.UnixRights(i.listener, int(tell.Fd())), nil)
	if err := errors.Join(err, tell.Close()); err != nil {
		return errors.Join(err, conn.Close())
	}
	i.kill = func() { _ = conn.CloseWrite() } // that it is over already is as good
	go func() {
		defer close(i.ended)        // last of all
		said, _ := io.ReadAll(conn) // it ends whatever happens
		_ = conn.Close()
		i.err = errors.New("killed with the preloaded interpreter")
		if len(said) > 0 {
			i.err = errors.New(string(said))
		}
		i.unlisten()
	}()
	return i.await(loaded)
}
