package proc

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestListenersAndTheirHolders(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	for _, c := range []struct{ network, address, ask string }{
		{"tcp4", "127.0.0.1:0", "127.0.0.1"}, {"tcp4", "0.0.0.0:0", "127.0.0.1"}, {"unix", path, ""},
	} {
		l, err := net.Listen(c.network, c.address)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		network, address := c.network, c.address
		if network != "unix" {
			_, port, _ := net.SplitHostPort(l.Addr().String())
			network, address = "tcp", net.JoinHostPort(c.ask, port)
		}
		inodes, err := Listeners(network, address)
		if err != nil || len(inodes) != 1 {
			t.Fatalf("%s: %v, %v", address, inodes, err)
		}
		pids, _, err := Holders(inodes)
		if err != nil || !slices.Equal(pids, []int{os.Getpid()}) {
			t.Errorf("%s is held by %v, %v: want this process", address, pids, err)
		}
		l.Close()
		if inodes, err := Listeners(network, address); err != nil || len(inodes) != 0 {
			t.Errorf("%s is closed: %v, %v", address, inodes, err)
		}
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	for _, bad := range []string{"127.0.0.1", "127.0.0.1:nothing"} {
		if inodes, err := Listeners("tcp", bad); err == nil {
			t.Errorf("%s: %v", bad, inodes)
		}
	}
}

func TestRead(t *testing.T) {
	p, err := Read(os.Getpid())
	if err != nil || p.Parent != os.Getppid() || !slices.Equal(p.Args, os.Args) || len(p.Env) == 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if dir, _ := os.Getwd(); p.Dir != dir {
		t.Errorf("in %s, want %s", p.Dir, dir)
	}
	if _, err := Read(1 << 22); !Ended(err) {
		t.Errorf("of no process: %v", err)
	}
}
