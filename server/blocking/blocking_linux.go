// Package blocking performs demands where they arise, as a thread of a blocking server does: a wait
// stops the thread, and with it everything the thread serves.
package blocking

import (
	"github.com/workerlab/workerlab/server/gil"
	"github.com/workerlab/workerlab/server/poll"
	"github.com/workerlab/workerlab/server/task"
)

// An Executor performs the demands of tasks pushed into its Perform. Its thread must hold Lock while a
// task runs; as in CPython, whatever may wait releases the lock and takes it again.
type Executor struct {
	Burner task.Burner
	Lock   *gil.Lock // nil: free-threaded
}

// Perform meets op before it returns true. It is the yield of a pushed task: bind it once, since
// every method value allocates.
func (e *Executor) Perform(op task.Op) bool {
	switch op := op.(type) {
	case *task.CPU:
		e.burn(op)
	case *task.Do:
		e.Lock.Release()
		op.Func()
		e.Lock.Acquire()
	case *task.Wait:
		e.Lock.Release()
		poll.Sleep(op.For)
		e.Lock.Acquire()
	case *task.IO:
		e.Lock.Release()
		op.Err = transfer(op)
		e.Lock.Acquire()
	case *task.Ready:
		e.Lock.Release()
		op.Err = poll.Block(op.FD, !op.Write, op.Write, op.Deadline)
		e.Lock.Acquire()
	}
	return true
}

func (e *Executor) burn(op *task.CPU) {
	if e.Lock == nil {
		e.Burner.Burn(op.Work, nil)
		return
	}
	e.Burner.Burn(op.Work, e.Lock.Check)
}

// transfer tries before it waits: the bytes of a request have mostly arrived with it.
func transfer(op *task.IO) error {
	for {
		write := poll.Write
		if op.Ending {
			write = poll.WriteLast
		}
		var err error
		if op.Sent, err = write(op.FD, op.Out); err != nil {
			return err
		}
		// An error of the read is reported by the next demand if bytes were sent by this one.
		if op.Got, err = poll.Read(op.FD, op.In); err != nil && op.Sent == 0 {
			return err
		}
		if op.Sent > 0 || op.Got > 0 || len(op.Out)+len(op.In) == 0 {
			return nil
		}
		if err := poll.Block(op.FD, len(op.In) > 0, len(op.Out) > 0, op.Deadline); err != nil {
			return err
		}
	}
}
