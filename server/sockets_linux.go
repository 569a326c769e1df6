package server

import (
	"net"
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

// settle closes what a predecessor had opened and our settings do not ask for.
func (s *sockets) settle() {
	for _, sock := range s.left {
		sock.close()
	}
	s.left = nil
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
