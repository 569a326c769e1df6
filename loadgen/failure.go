package loadgen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// Kinds of failure. Others are "status NNN" and, for what has no name here, the error's text.
const (
	FailTimeout   = "timeout"        // no whole answer in time, be it for the connection, the head or the body
	FailRefused   = "refused"        // nobody listens
	FailReset     = "reset"          // the connection was reset, or written to after its end
	FailEOF       = "eof"            // the connection ended before the answer did
	FailMalformed = "malformed"      // the answer is not HTTP
	FailPorts     = "no local port"  // the generator ran out of ports: not the server's fault
	FailFiles     = "no descriptor"  // the generator ran out of descriptors: not the server's fault
	FailOther     = "other failures" // what came after more than maxKinds different ones
)

// maxKinds bounds the number of different failures that are told apart.
const maxKinds = 32

// failStatus names the failure of an answer that says so itself.
func failStatus(code int) string { return fmt.Sprintf("status %d", code) }

// errMalformed marks what the HTTP reader, not the connection, complains about.
var errMalformed = errors.New("malformed answer")

// protocolError marks err unless it comes from the connection.
func protocolError(err error) error {
	var network *net.OpError
	if errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return fmt.Errorf("%w: %w", errMalformed, err)
}

// kind names a failure.
func kind(err error) string {
	var network net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return FailRefused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		return FailReset
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return FailPorts
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return FailFiles
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return FailTimeout
	case errors.Is(err, errMalformed):
		return FailMalformed
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return FailEOF
	}
	return innermost(err)
}

// innermost returns the text of the error at the bottom: those around it name ports, which would make
// every failure one of its own.
func innermost(err error) string {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return strings.TrimSpace(err.Error())
}
