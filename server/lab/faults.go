package lab

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/poll"
)

// leak is memory that nobody gives back.
type leak struct {
	mu   sync.Mutex
	kept [][]byte
	size int
}

// most bounds one leak, so that a slip of the pen does not take the host down.
const most = 1 << 30

func (l *leak) grow(n int) (total int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := make([]byte, n)
	for i := 0; i < n; i += 4096 { // written, or the kernel would not give the pages
		b[i] = 1
	}
	l.kept = append(l.kept, b)
	l.size += n
	return l.size
}

func (a *app) fault(x *exchange.Exchange, path string) error {
	switch path {
	case "/crash": // as the kernel's out-of-memory killer does it: no clean-up, no goodbye
		return x.Do(func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) })
	case "/hang":
		return x.Do(func() { poll.Sleep(24 * time.Hour) })
	}
	n, err := amount(string(x.Req.Query()))
	if err != nil {
		return text(x, 400, err.Error()+"\n")
	}
	return text(x, 200, fmt.Sprintf("%d bytes leaked\n", a.leaked.grow(n)))
}

// amount reads a query such as bytes=1e6, or just 1e6.
func amount(query string) (bytes int, err error) {
	s := strings.TrimPrefix(query, "bytes=")
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(0 <= n && n <= most) { // not a number is neither
		return 0, fmt.Errorf("%q is not a number of bytes from 0 to %d, as in /leak?bytes=1e6", s, most)
	}
	return int(n), nil
}
