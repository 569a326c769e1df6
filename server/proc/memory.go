package proc

import (
	"fmt"

	"github.com/prometheus/procfs"
)

// Memory is what a process, or a tree of them, holds. All values are bytes.
type Memory struct {
	PSS uint64 // shared pages divided by their users
	USS uint64 // private pages
	RSS uint64 // all pages
}

// Add returns the sum of two.
func (m Memory) Add(o Memory) Memory {
	return Memory{PSS: m.PSS + o.PSS, USS: m.USS + o.USS, RSS: m.RSS + o.RSS}
}

// ReadMemory reads the memory of one process.
func ReadMemory(pid int) (Memory, error) {
	p, err := procfs.NewProc(pid)
	if err != nil {
		return Memory{}, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	r, err := p.ProcSMapsRollup()
	if err != nil {
		return Memory{}, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	return Memory{PSS: r.Pss, USS: r.PrivateClean + r.PrivateDirty, RSS: r.Rss}, nil
}

// TreeMemory sums the memory of a process and its descendants. One that ends meanwhile is skipped, but
// pid itself must be there.
func TreeMemory(pid int) (Memory, error) {
	var sum Memory
	err := eachOfTree(pid, func(pid int) error {
		m, err := ReadMemory(pid)
		sum = sum.Add(m)
		return err
	})
	return sum, err
}
