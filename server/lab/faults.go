package lab

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/workerlab/workerlab/models/spec"
	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/poll"
)

func (a *app) fault(x *exchange.Exchange, path string) error {
	switch path {
	case "/crash": // as the kernel's out-of-memory killer does it: no clean-up, no goodbye
		return x.Do(func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) })
	case "/hang":
		return x.Do(func() { poll.Sleep(24 * time.Hour) })
	}
	n, err := spec.ParseSize(strings.TrimPrefix(string(x.Req.Query()), "bytes="))
	if err != nil {
		return text(x, 400, err.Error()+", as in /leak?bytes=1e6\n")
	}
	return text(x, 200, fmt.Sprintf("%d bytes leaked\n", a.leaked.grow(int(n))))
}
