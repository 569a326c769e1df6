package proc

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"

	"github.com/prometheus/procfs"
)

// Tree returns pid and all its descendants: parents before children, siblings by process id.
func Tree(pid int) ([]int, error) {
	all, err := procfs.AllProcs()
	if err != nil {
		return nil, fmt.Errorf("process tree of %d: %w", pid, err)
	}
	children := map[int][]int{}
	found := false
	for _, p := range all {
		stat, err := p.Stat()
		if Ended(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("process tree of %d: %w", pid, err)
		}
		children[stat.PPID] = append(children[stat.PPID], p.PID)
		found = found || p.PID == pid
	}
	if !found {
		return nil, fmt.Errorf("process tree of %d: %w", pid, os.ErrNotExist)
	}
	return descend([]int{pid}, children), nil
}

func descend(tree []int, children map[int][]int) []int {
	for i := 0; i < len(tree); i++ {
		next := children[tree[i]]
		slices.Sort(next)
		tree = append(tree, next...)
	}
	return tree
}

// eachOfTree calls read for every process of a tree and skips those that have ended.
func eachOfTree(pid int, read func(pid int) error) error {
	tree, err := Tree(pid)
	if err != nil {
		return err
	}
	for _, member := range tree {
		if err := read(member); err != nil && (member == pid || !Ended(err)) {
			return err
		}
	}
	return nil
}

// Ended reports whether an error of reading /proc says that the process is no more.
func Ended(err error) bool {
	return errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH)
}
