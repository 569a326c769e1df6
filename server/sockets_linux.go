package server

import (
	"net"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// sockets are the listening sockets of a server: one for each bind address, or with reuse-port one
// for each address and lane. A worker is spawned on one lane and inherits that lane's sockets; the
// arbiter keeps all of them, so that no respawn resets a backlog.
type sockets struct {
	set  *Settings
	left []socket // inherited from a predecessor and not yet asked for
	open []socket

	steered int // connections go to that many lanes by a program of ours; 0: to all, by the kernel's hash
}

// lane returns the sockets of lane i and opens those that are missing.
func (s *sockets) lane(i int) ([]socket, error) {
	var lane []socket
	for _, bind := range s.set.Bind {
		sock, err := s.take(bind, s.laneOf(bind, i))
		if err != nil {
			return nil, err
		}
		lane = append(lane, sock)
	}
	return lane, nil
}

// laneOf is i where the address has a socket for every lane: SO_REUSEPORT spreads TCP alone.
func (s *sockets) laneOf(bind string, i int) int {
	addr, err := ParseAddress(bind)
	if err != nil || addr.Network != "tcp" || !s.set.ReusePort {
		return 0
	}
	return i
}

func (s *sockets) take(bind string, lane int) (socket, error) {
	for _, sock := range s.open {
		if sock.Bind == bind && sock.Lane == lane {
			return sock, nil
		}
	}
	sock, err := s.inherit(bind, lane)
	if err != nil {
		return socket{}, err
	}
	s.open = append(s.open, sock)
	return sock, nil
}

func (s *sockets) inherit(bind string, lane int) (socket, error) {
	for i, sock := range s.left {
		if sock.Bind == bind && sock.Lane == lane {
			s.left = append(s.left[:i], s.left[i+1:]...)
			return sock, nil
		}
	}
	return s.create(bind, lane)
}

func (s *sockets) create(bind string, lane int) (socket, error) {
	at := bind
	if lane > 0 {
		at = s.portOf(bind) // with port 0 the first lane has chosen for all
	}
	sock, err := listen(at, s.set.Backlog, s.set.ReusePort)
	sock.Bind, sock.Lane = bind, lane
	return sock, err
}

func (s *sockets) portOf(bind string) string {
	for _, sock := range s.open {
		if sock.Bind != bind || sock.Lane != 0 {
			continue
		}
		sa, err := unix.Getsockname(sock.FD)
		host, _, splitErr := net.SplitHostPort(bind)
		if err != nil || splitErr != nil {
			return bind
		}
		switch sa := sa.(type) {
		case *unix.SockaddrInet4:
			return net.JoinHostPort(host, strconv.Itoa(sa.Port))
		case *unix.SockaddrInet6:
			return net.JoinHostPort(host, strconv.Itoa(sa.Port))
		}
	}
	return bind
}

// settle closes what a predecessor had opened and our settings do not ask for: connections for its
// further lanes go to ours from now on.
func (s *sockets) settle(lanes int) error {
	var err error
	for _, sock := range s.left {
		if sock.Lane >= lanes && sock.Lane > 0 {
			err = s.steer(lanes)
		}
		sock.close()
	}
	s.left = nil
	return err
}

// fit closes lanes from the number used up, once new connections have been steered to the wanted ones.
// Closing a socket resets what is in its backlog, so a lane stays until its worker has left it empty.
// A handshake that began before the steering and takes longer than the arbiter waits is still lost,
// unless the kernel migrates it (net.ipv4.tcp_migrate_req).
func (s *sockets) fit(wanted, used int) error {
	lanes := 0
	for _, sock := range s.open {
		lanes = max(lanes, sock.Lane+1)
	}
	if lanes > wanted || s.steered != 0 {
		if err := s.steer(min(wanted, lanes)); err != nil {
			return err
		}
	}
	// The last first: the kernel fills the gap that a socket leaves with the group's last one.
	for lane := lanes - 1; lane >= max(wanted, used); lane-- {
		s.drop(lane)
	}
	return nil
}

// drained reports whether nobody waits to be accepted from a lane.
func (s *sockets) drained(lane int) bool {
	for _, sock := range s.open {
		if sock.Lane != lane {
			continue
		}
		waiting := []unix.PollFd{{Fd: int32(sock.FD), Events: unix.POLLIN}}
		if n, err := unix.Poll(waiting, 0); err != nil || n > 0 {
			return false
		}
	}
	return true
}

func (s *sockets) drop(lane int) {
	s.open = slices.DeleteFunc(s.open, func(sock socket) bool {
		if sock.Lane == lane {
			sock.close()
		}
		return sock.Lane == lane
	})
}

// steer makes the kernel choose among the first lanes of each address at random.
func (s *sockets) steer(lanes int) error {
	if s.steered == lanes {
		return nil
	}
	const random = 1<<32 - 0x1000 + 56 // SKF_AD_OFF + SKF_AD_RANDOM, linux/filter.h
	choose := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: random},
		{Code: unix.BPF_ALU | unix.BPF_MOD | unix.BPF_K, K: uint32(lanes)},
		{Code: unix.BPF_RET | unix.BPF_A},
	}
	prog := unix.SockFprog{Len: uint16(len(choose)), Filter: &choose[0]}
	for _, sock := range s.open {
		if sock.Lane != 0 || s.laneOf(sock.Bind, 1) == 0 {
			continue // the group's program is set through any one of its sockets
		}
		err := unix.SetsockoptSockFprog(sock.FD, unix.SOL_SOCKET, unix.SO_ATTACH_REUSEPORT_CBPF, &prog)
		if err != nil {
			return os.NewSyscallError("setsockopt SO_ATTACH_REUSEPORT_CBPF", err)
		}
	}
	s.steered = lanes
	return nil
}

// close closes every socket; with files the unix sockets' files go too.
func (s *sockets) close(files bool) {
	for _, sock := range s.open {
		sock.close()
		if files {
			sock.removeFile()
		}
	}
	s.open = nil
}
