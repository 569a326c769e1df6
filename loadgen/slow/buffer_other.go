//go:build !unix

package slow

import (
	"errors"
	"fmt"
	"syscall"
)

func smallBuffer(_, _ string, _ syscall.RawConn) error {
	return fmt.Errorf("a small receive buffer: %w", errors.ErrUnsupported)
}
