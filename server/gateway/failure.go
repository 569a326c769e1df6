package gateway

import (
	"errors"
	"fmt"
	"os"

	"github.com/workerlab/workerlab/server/exchange"
	"github.com/workerlab/workerlab/server/task"
)

// ErrEnded says that the program closed the connection where more was due.
var ErrEnded = errors.New("the program ended the connection before its answer was complete")

// Failed is the error of an exchange whose program failed: with the status of a gateway, unless it is the
// client or the worker that ended it.
func Failed(err error) error {
	switch {
	case err == nil, errors.Is(err, task.ErrStopped):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &exchange.StatusError{Status: gatewayTimeout, Err: fmt.Errorf("no answer in time: %w", err)}
	}
	return &exchange.StatusError{Status: badGateway, Err: err}
}

const (
	badGateway     = 502
	gatewayTimeout = 504
)
