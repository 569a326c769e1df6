package server

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// App memory stands for the state that importing an application builds up: pages that are written, so
// that the kernel has to keep them.

// newMemory maps private memory of the given size in bytes, and writes every page.
func newMemory(size int64) ([]byte, error) {
	if size == 0 {
		return nil, nil
	}
	m, err := unix.Mmap(-1, 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	// Huge pages would be taken or not by chance, and a copy-on-write fault would copy 2 MiB.
	_ = unix.Madvise(m, unix.MADV_NOHUGEPAGE) // EINVAL without huge pages in the kernel
	writePages(m)
	return m, nil
}

// writePages gives each page contents of its own.
func writePages(m []byte) {
	for i := 0; i < len(m); i += os.Getpagesize() {
		m[i] = byte(i>>12) | 1
	}
}

// A sharedMemory is preloaded app memory: the arbiter holds it mapped, as a preloading gunicorn
// does, and workers map it copy-on-write.
type sharedMemory struct {
	fd  int
	own []byte
}

func newSharedMemory(size int64) (*sharedMemory, error) {
	if size == 0 {
		return nil, nil
	}
	fd, err := unix.MemfdCreate("workerlab-app", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	if err := unix.Ftruncate(fd, size); err != nil {
		return nil, os.NewSyscallError("ftruncate", err)
	}
	m, err := unix.Mmap(fd, 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	writePages(m)
	return &sharedMemory{fd: fd, own: m}, nil
}

// inheritMemory maps preloaded memory copy-on-write and reads every page, so that it is mapped as fork
// would have left it.
//
// Note: MAP_POPULATE would write to a writable private mapping, and so copy it.
func inheritMemory(fd int) ([]byte, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, os.NewSyscallError("fstat", err)
	}
	m, err := unix.Mmap(fd, 0, int(st.Size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	for i := 0; i < len(m); i += os.Getpagesize() {
		if m[i] == 0 {
			return nil, errors.New("preloaded memory has a page that was never written")
		}
	}
	return m, nil
}
