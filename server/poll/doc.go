// Package poll is the kernel's side of waiting: epoll with deadlines finer than a millisecond, a wake-up
// from another thread, listeners that rest while a worker is full, a heap of timers, and transfers that
// never block.
package poll
