package gateway

import "sync"

// A Pool keeps what one exchange has finished with for the next: connections, mostly. The zero Pool is
// empty. It is for all threads of a worker.
type Pool[T any] struct {
	mu   sync.Mutex
	idle []T
}

// Take takes what was given last, which is the warmest.
func (p *Pool[T]) Take() (t T, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	if last < 0 {
		return t, false
	}
	t = p.idle[last]
	p.idle = p.idle[:last]
	return t, true
}

// Give gives t back.
func (p *Pool[T]) Give(t T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, t)
}

// Drain takes all there is.
func (p *Pool[T]) Drain() []T {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.idle
	p.idle = nil
	return all
}
