package gateway

import (
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"
)

// An Address is where a program listens.
type Address struct {
	path string // of a unix socket; it begins with @ where the socket has no file
	tcp  netip.AddrPort
}

// ParseAddress reads IP:PORT, localhost:PORT, unix:PATH or, on Linux, unix:@NAME. Other names are not
// looked up: a resolver may block for seconds, and with it an event loop.
func ParseAddress(s string) (Address, error) {
	if path, unix := strings.CutPrefix(s, "unix:"); unix {
		if path == "" || len(path) > 107 {
			return Address{}, fmt.Errorf("address %q: want unix: and a path of at most 107 bytes", s)
		}
		return Address{path: path}, nil
	}
	if port, local := strings.CutPrefix(s, "localhost:"); local {
		s = "127.0.0.1:" + port
	}
	tcp, err := netip.ParseAddrPort(s)
	if err != nil {
		return Address{}, fmt.Errorf("address %q: want IP:PORT, localhost:PORT or unix:PATH", s)
	}
	return Address{tcp: tcp}, nil
}

// String is the address as ParseAddress reads it.
func (a Address) String() string {
	if a.path != "" {
		return "unix:" + a.path
	}
	return a.tcp.String()
}

func (a Address) resolve() (sa unix.Sockaddr, family int, err error) {
	switch ip := a.tcp.Addr(); {
	case a.path != "":
		return &unix.SockaddrUnix{Name: a.path}, unix.AF_UNIX, nil
	case ip.Is4():
		return &unix.SockaddrInet4{Addr: ip.As4(), Port: int(a.tcp.Port())}, unix.AF_INET, nil
	case ip.Is6():
		return &unix.SockaddrInet6{Addr: ip.As16(), Port: int(a.tcp.Port())}, unix.AF_INET6, nil
	}
	return nil, 0, fmt.Errorf("no address")
}
