package server

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// An Address is where a server listens.
type Address struct {
	Network string // tcp, unix or fd
	Name    string // HOST:PORT, the socket's path, or the number of an inherited descriptor
}

// defaultPort is what gunicorn takes for an address without one.
const defaultPort = "8000"

// ParseAddress reads a bind address as gunicorn writes it:
//
//	HOST:PORT, HOST, [::1]:PORT    that address; HOST 0 or empty: every IPv4 address
//	PORT                           127.0.0.1 (gunicorn takes it for a host)
//	unix:PATH                      a unix socket
//	fd://N                         an inherited listening socket
//
// Port 0 lets the kernel choose.
func ParseAddress(bind string) (Address, error) {
	if path, ok := strings.CutPrefix(bind, "unix:"); ok {
		return parseUnix(bind, path)
	}
	if number, ok := strings.CutPrefix(bind, "fd://"); ok {
		fd, err := strconv.Atoi(number)
		if err != nil || fd < 0 {
			return Address{}, fmt.Errorf("bind address %q: want fd://N with a descriptor's number", bind)
		}
		return Address{"fd", strconv.Itoa(fd)}, nil
	}
	return parseTCP(bind, strings.TrimPrefix(bind, "tcp://"))
}

// unixPathLimit is sizeof(sockaddr_un.sun_path) less its NUL, unix(7).
const unixPathLimit = 107

func parseUnix(bind, path string) (Address, error) {
	path = strings.TrimPrefix(path, "//")
	switch {
	case path == "" || strings.ContainsRune(path, 0):
		return Address{}, fmt.Errorf("bind address %q: want unix:PATH", bind)
	case len(path) > unixPathLimit:
		return Address{}, fmt.Errorf("bind address %q: a unix socket's path has at most %d bytes", bind, unixPathLimit)
	}
	return Address{"unix", path}, nil
}

func parseTCP(bind, netloc string) (Address, error) {
	host, port := "127.0.0.1", netloc
	if !digits(netloc) {
		host, port = splitHost(netloc)
	}
	if _, err := strconv.ParseUint(port, 10, 16); netloc == "" || err != nil || !digits(port) {
		return Address{}, fmt.Errorf("bind address %q: want HOST:PORT with a port from 0 to 65535, "+
			"PORT, unix:PATH or fd://N", bind)
	}
	if strings.ContainsAny(host, "[]/ ") {
		return Address{}, fmt.Errorf("bind address %q: %q is no host", bind, host)
	}
	if host == "" || host == "0" {
		host = "0.0.0.0"
	}
	return Address{"tcp", net.JoinHostPort(strings.ToLower(host), port)}, nil
}

func splitHost(netloc string) (host, port string) {
	if h, p, err := net.SplitHostPort(netloc); err == nil {
		return h, p
	}
	if strings.HasPrefix(netloc, "[") && strings.HasSuffix(netloc, "]") {
		return netloc[1 : len(netloc)-1], defaultPort
	}
	if strings.Contains(netloc, ":") {
		return netloc, "" // an IPv6 address without brackets, or worse
	}
	return netloc, defaultPort
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
