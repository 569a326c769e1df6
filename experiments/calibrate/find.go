package calibrate

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/workerlab/workerlab/models/capacity"
	"github.com/workerlab/workerlab/server/proc"
)

// A Deployed is a deployment that runs already, as it was found.
type Deployed struct {
	Address string // where it listens, as it was asked for
	URL     string // http://HOST:PORT, what is requested
	Socket  string // of the Unix domain, dialled instead; "": none
	PID     int    // the arbiter: parent of the workers
	Workers []int  // their process ids; the arbiter's own where it has none
	Program string // gunicorn, workerlab serve, or what the process is called
	Size    capacity.Size
	Class   Serving   // that serves it
	Found   []Finding // how the size is known
}

// A Finding is one thing about a running deployment, and how it is known.
type Finding struct{ What, Value, How string }

// An UnknownError says what could not be found out of a running deployment, and which flags say it.
type UnknownError struct {
	Of      string // the process
	Missing []string
}

// Error implements error.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("%s: %s", e.Of, strings.Join(e.Missing, "; "))
}

// Find finds the deployment that listens at an address of this machine: HOST:PORT, :PORT, an http:// URL of
// them, or unix:PATH. The arbiter is the process that holds the listening socket and is the parent of the others
// that do; pid names it where it cannot be found, behind a proxy or in a container: 0: find it. What told
// says of the size counts more than what is found. It only reads /proc.
func Find(address string, pid int, told capacity.Size) (*Deployed, error) {
	d := &Deployed{Address: address, PID: pid}
	network, listens, err := d.endpoint()
	if err != nil {
		return nil, err
	}
	holders, err := holders(network, listens, address, pid)
	if err != nil {
		return nil, err
	}
	if d.PID == 0 {
		if d.PID, err = arbiter(address, holders); err != nil {
			return nil, err
		}
	}
	self, err := proc.Read(d.PID)
	if err != nil {
		return nil, fmt.Errorf("the arbiter (--pid): %w", err)
	}
	if err := d.findWorkers(holders); err != nil {
		return nil, err
	}
	return d, d.findSize(self, told)
}

// CheckAddress reports an address that is none.
func CheckAddress(address string) error {
	_, _, err := (&Deployed{Address: address}).endpoint()
	return err
}

// endpoint reads the address: what is requested, and what must listen there.
func (d *Deployed) endpoint() (network, listens string, err error) {
	if path, ok := strings.CutPrefix(d.Address, "unix:"); ok {
		path = strings.TrimPrefix(path, "//")
		if path == "" {
			return "", "", fmt.Errorf("address %q: want unix:PATH", d.Address)
		}
		d.URL, d.Socket = "http://localhost", path
		return "unix", path, nil
	}
	text := d.Address
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	port := ""
	if err == nil {
		port = u.Port()
	}
	if n, bad := strconv.Atoi(port); err != nil || u.Scheme != "http" || bad != nil || n < 1 || n > 65535 || strings.Trim(u.Path, "/") != "" {
		return "", "", fmt.Errorf("address %q: want HOST:PORT or unix:PATH, as in 127.0.0.1:8000", d.Address)
	}
	host := u.Hostname()
	switch host {
	case "", "0", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	listens = net.JoinHostPort(host, port)
	d.URL = "http://" + listens
	return "tcp", listens, nil
}

// holders are the processes that hold the listening socket. Where the arbiter is named they may be none, or
// others: a proxy, or a container's.
func holders(network, listens, address string, pid int) ([]int, error) {
	inodes, err := proc.Listeners(network, listens)
	if err != nil {
		return nil, err
	}
	if len(inodes) == 0 && pid == 0 {
		return nil, fmt.Errorf("nobody listens at %s on this machine: start the deployment, or name its address; where it is in a container, its arbiter by --pid", address)
	}
	all, hidden, err := proc.Holders(inodes)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 && pid == 0 {
		return nil, fmt.Errorf("the process that listens at %s is not ours to see (%d are hidden): run plan as its user or as root, or name the arbiter by --pid", address, hidden)
	}
	return all, nil
}

// arbiter is the common parent of the holders of a listening socket.
func arbiter(address string, holders []int) (int, error) {
	tree, err := readAll(holders)
	if err != nil {
		return 0, err
	}
	roots := tree.roots()
	if known := tree.known(roots); len(roots) > 0 && !slices.Equal(known, roots) && len(known) == 1 {
		roots = known // held too by who opened the socket for it: systemd, a supervisor
	}
	switch parents := tree.parents(roots); {
	case len(roots) == 0:
		return 0, fmt.Errorf("the processes that listen at %s have just ended", address)
	case len(roots) == 1:
		return roots[0], nil
	case len(parents) == 1 && parents[0] > 1: // each worker has a socket of its own
		return parents[0], nil
	}
	return 0, fmt.Errorf("processes without a common parent listen at %s: %s; name the arbiter by --pid", address, tree.names(roots))
}

// processes are some, by their ids.
type processes map[int]proc.Process

func readAll(pids []int) (processes, error) {
	all := make(processes)
	for _, pid := range pids {
		p, err := proc.Read(pid)
		if proc.Ended(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all[pid] = p
	}
	return all, nil
}

// roots are those whose parent is none of them.
func (all processes) roots() (pids []int) {
	for pid, p := range all {
		if _, within := all[p.Parent]; !within {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

// known are those that run a server that we know, and whose parent does not: instead of roots that do not.
func (all processes) known(roots []int) (pids []int) {
	for pid, p := range all {
		parent, within := all[p.Parent]
		if Program(p.Args) != "" && (!within || Program(parent.Args) == "") {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	if len(pids) == 0 {
		return roots
	}
	return pids
}

func (all processes) parents(pids []int) (parents []int) {
	for _, pid := range pids {
		parents = append(parents, all[pid].Parent)
	}
	slices.Sort(parents)
	return slices.Compact(parents)
}

func (all processes) names(pids []int) string {
	var names []string
	for _, pid := range pids {
		names = append(names, fmt.Sprintf("%d (%s)", pid, all[pid].Name))
	}
	return strings.Join(names, ", ")
}

// findWorkers are the arbiter's children that hold the socket, or, where that is not to be seen, all of its
// children; or the process itself, which then serves alone.
func (d *Deployed) findWorkers(holders []int) error {
	tree, err := proc.Tree(d.PID)
	if err != nil {
		return err
	}
	all, err := readAll(tree)
	if err != nil {
		return err
	}
	seen := slices.ContainsFunc(holders, func(pid int) bool { _, ours := all[pid]; return ours })
	var children []int
	for _, pid := range tree {
		if all[pid].Parent == d.PID && (!seen || slices.Contains(holders, pid)) {
			children = append(children, pid)
		}
	}
	for _, child := range children {
		heirs := slices.DeleteFunc(slices.Clone(holders), func(pid int) bool { return all[pid].Parent != child })
		if len(heirs) > 0 && Program(all[child].Args) != "" {
			return fmt.Errorf("two generations serve at %s: process %d, and %d under it (an upgrade under way?): end one of them first", d.Address, d.PID, child)
		}
	}
	how := "children of process " + strconv.Itoa(d.PID) + " that hold the socket"
	switch {
	case len(children) == 0 && Program(all[d.PID].Args) != "":
		return fmt.Errorf("process %d at %s has no worker: wait until it has booted, or look into its log", d.PID, d.Address)
	case len(children) == 0:
		children, how = []int{d.PID}, "process "+strconv.Itoa(d.PID)+" has no children: it serves alone"
	case !seen:
		how = "children of process " + strconv.Itoa(d.PID) + "; the listener at " + d.Address + " is somebody else's, whose work is not counted"
	}
	d.Workers = children
	d.Found = append(d.Found, Finding{"workers", strconv.Itoa(len(children)), how})
	return nil
}
