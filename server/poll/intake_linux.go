package poll

import (
	"fmt"
	"log/slog"

	"golang.org/x/sys/unix"
)

// An Intake is a worker's listeners in its poller. It rests, out of the poller, while the worker holds
// as many connections as it may, or could not accept another: then until it holds fewer. It belongs to
// the thread that waits.
type Intake struct {
	Poller    *Poller
	Listeners []int // non-blocking descriptors
	Most      int   // connections held at once
	Exclusive bool  // EPOLLEXCLUSIVE: the kernel wakes one idle worker for a connection, not all of them
	Log       *slog.Logger

	listening bool
	enough    int // it rests until fewer are held
}

// Open begins to listen.
func (in *Intake) Open() error { return in.listen(true) }

// Resting says that connections are left to others.
func (in *Intake) Resting() bool { return !in.listening }

// Owns reports whether fd is one of the listeners.
func (in *Intake) Owns(fd int) bool {
	for _, ln := range in.Listeners {
		if ln == fd {
			return true
		}
	}
	return false
}

// Take accepts one connection from ln for a worker that holds held of them. fd is −1 if none is waiting
// or the intake rests. An accept may fail for want of descriptors or memory, and the end of another
// connection brings some back; only who holds none gets the error.
func (in *Intake) Take(ln, held int) (fd int, err error) {
	if in.Resting() {
		return -1, nil
	}
	fd, err = Accept(ln)
	switch {
	case err != nil && held == 0:
		return -1, fmt.Errorf("accept a first connection: %w", err)
	case err != nil:
		in.Log.Warn("cannot accept; waiting for a connection to end", "err", err, "connections", held)
		return -1, in.rest(held)
	case fd >= 0 && held+1 >= in.Most:
		return fd, in.rest(in.Most)
	}
	return fd, nil
}

// Resume listens again if it rests and held is few enough.
func (in *Intake) Resume(held int) error {
	if in.Resting() && held < in.enough {
		return in.listen(true)
	}
	return nil
}

// Close closes the listeners, so that a server that stops refuses clients instead of letting them
// queue for nothing.
func (in *Intake) Close() error {
	err := in.listen(false)
	for _, ln := range in.Listeners {
		_ = unix.Close(ln)
	}
	in.Listeners, in.enough = nil, 0 // their numbers are others' from now on
	return err
}

func (in *Intake) rest(enough int) error {
	in.enough = enough
	return in.listen(false)
}

func (in *Intake) listen(on bool) error {
	if in.listening == on {
		return nil
	}
	in.listening = on
	mask := uint32(unix.EPOLLIN)
	if in.Exclusive {
		mask |= unix.EPOLLEXCLUSIVE
	}
	for _, ln := range in.Listeners {
		if !on {
			if err := in.Poller.Remove(ln); err != nil {
				return err
			}
		} else if err := in.Poller.Add(ln, mask); err != nil {
			return err
		}
	}
	return nil
}
