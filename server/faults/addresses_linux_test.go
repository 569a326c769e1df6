package faults

import (
	"net"
	"path/filepath"
	"testing"

	"github.com/workerlab/workerlab/server/servertest"
)

// Every address of several is served, by every kind of socket.
func TestAddresses(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skipf("this host has no IPv6: %v", err)
	}
	l.Close()
	file := filepath.Join(t.TempDir(), "lab.sock")
	s := start(t, "-k", "gthread", "-w", "1", "-b", "[::1]:0", "-b", "unix:"+file)
	v6 := s.Await("listening", func(r servertest.Record) bool { return len(r.Addr) > 8 && r.Addr[:8] == "http://[" })
	for network, addr := range map[string]string{"tcp4": s.Addr, "tcp6": v6.Addr[len("http://"):], "unix": file} {
		c, err := net.Dial(network, addr)
		if err != nil {
			t.Errorf("%s %s: %v", network, addr, err)
			continue
		}
		defer c.Close()
		if err := <-sendOver(c, "/").done; err != nil {
			t.Errorf("%s %s: %v", network, addr, err)
		}
	}
}
