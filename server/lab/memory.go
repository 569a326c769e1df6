package lab

import (
	"os"
	"sync"
)

// memory is the state that importing the app has built up: its own, or the arbiter's copy-on-write.
type memory struct {
	mu    sync.Mutex
	pages []byte
}

// touch writes to a share of the pages, from the start, as CPython's reference counts do to every object
// that is only looked at: a page shared with the arbiter becomes the worker's own. It yields nothing, so
// the time it takes is the thread's, and under the interpreter lock everybody's.
func (m *memory) touch(share float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	written := m.pages[:int(share*float64(len(m.pages)))]
	for i := 0; i < len(written); i += os.Getpagesize() {
		written[i]++
	}
}

// leak is memory that nobody gives back.
type leak struct {
	mu   sync.Mutex
	kept [][]byte
	size int
}

func (l *leak) grow(n int) (total int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := make([]byte, n)
	for i := 0; i < n; i += os.Getpagesize() { // written, or the kernel would not give the pages
		b[i] = 1
	}
	l.kept = append(l.kept, b)
	l.size += n
	return l.size
}
