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
	amount := string(x.Req.Query())
	if rest, ok := strings.CutPrefix(amount, "bytes="); ok {
		amount = rest
	}
	n, err := strconv.ParseFloat(amount, 64)
	if err != nil || n < 0 || n > most {
		return text(x, 400, fmt.Sprintf("%q is not a number of bytes from 0 to %d, as in /leak?bytes=1e6\n", amount, most))
	}
	return text(x, 200, fmt.Sprintf("%d bytes leaked\n", a.leaked.grow(int(n))))
}
