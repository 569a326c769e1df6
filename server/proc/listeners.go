package proc

import (
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
)

const (
	tcpListens  = 0x0a    // TCP_LISTEN (include/net/tcp_states.h)
	unixListens = 1 << 16 // __SO_ACCEPTCON (include/linux/net.h)
)

// Listeners are the sockets that listen at an address of this machine, by inode: "tcp" and HOST:PORT, or
// "unix" and a path. A socket bound to the very address counts before those bound to every address. Other
// network namespaces are not seen.
func Listeners(network, address string) ([]uint64, error) {
	fs, err := procfs.NewDefaultFS()
	if err != nil {
		return nil, fmt.Errorf("listeners at %s: %w", address, err)
	}
	var found []uint64
	if network == "unix" {
		found, err = unixListeners(fs, address)
	} else {
		found, err = tcpListeners(fs, address)
	}
	if err != nil {
		return nil, fmt.Errorf("listeners at %s: %w", address, err)
	}
	return found, nil
}

func unixListeners(fs procfs.FS, path string) (inodes []uint64, err error) {
	sockets, err := fs.NetUNIX()
	if err != nil {
		return nil, err
	}
	for _, s := range sockets.Rows {
		if s.Flags&unixListens != 0 && filepath.Clean(s.Path) == filepath.Clean(path) {
			inodes = append(inodes, s.Inode)
		}
	}
	return inodes, nil
}

func tcpListeners(fs procfs.FS, address string) ([]uint64, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := net.LookupPort("tcp", service)
	if err != nil {
		return nil, err
	}
	ips, err := net.LookupIP(host)
	if err != nil {
		return nil, err
	}
	sockets, err := fs.NetTCP() //nolint:staticcheck // netlink is quicker with many sockets; this is looked at once
	if err != nil {
		return nil, err
	}
	six, err := fs.NetTCP6()       //nolint:staticcheck // as above
	if err != nil && !Ended(err) { // a kernel without IPv6 has no such file
		return nil, err
	}
	var exact, every []uint64
	for _, s := range slices.Concat(sockets, six) {
		switch {
		case s.St != tcpListens || s.LocalPort != uint64(port):
		case slices.ContainsFunc(ips, s.LocalAddr.Equal):
			exact = append(exact, s.Inode)
		case s.LocalAddr.IsUnspecified():
			every = append(every, s.Inode)
		}
	}
	if len(exact) > 0 {
		return exact, nil
	}
	return every, nil
}

// Holders are the processes that have one of the sockets open, by process id. Hidden is how many processes'
// descriptors we may not see: another user's.
func Holders(inodes []uint64) (pids []int, hidden int, err error) {
	all, err := procfs.AllProcs()
	if err != nil {
		return nil, 0, fmt.Errorf("processes of sockets: %w", err)
	}
	for _, p := range all {
		targets, err := p.FileDescriptorTargets()
		switch {
		case err == nil && slices.ContainsFunc(targets, func(target string) bool { return slices.Contains(inodes, socket(target)) }):
			pids = append(pids, p.PID)
		case err != nil && !Ended(err):
			hidden++
		}
	}
	slices.Sort(pids)
	return pids, hidden, nil
}

// socket is the inode of a descriptor's target, "socket:[4711]"; 0: it is no socket.
func socket(target string) uint64 {
	number, ok := strings.CutPrefix(target, "socket:[")
	if !ok {
		return 0
	}
	inode, err := strconv.ParseUint(strings.TrimSuffix(number, "]"), 10, 64)
	if err != nil {
		return 0
	}
	return inode
}
