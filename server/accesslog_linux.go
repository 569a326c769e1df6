package server

import (
	"bytes"
	"os"
	"sync"
	"time"

	"github.com/workerlab/workerlab/server/accesslog"
	"github.com/workerlab/workerlab/server/exchange"
)

// newAccessLog makes the hook that logs every exchange: one write for each.
func newAccessLog(format string, w *logFile) (func(*exchange.Exchange, time.Duration), error) {
	f, err := accesslog.Parse(format)
	if err != nil {
		return nil, err
	}
	lines := sync.Pool{New: func() any { return new([]byte) }}
	pid := os.Getpid()
	return func(x *exchange.Exchange, took time.Duration) {
		line := lines.Get().(*[]byte)
		*line = f.Append((*line)[:0], &accesslog.Entry{
			Peer: x.Peer(), Method: x.Req.Method, Target: x.Req.Target, Minor: x.Req.Minor,
			Status: x.Status(), Sent: x.Sent(), Began: x.Began(), Took: took, PID: pid,
			Request:  x.Req.Get,
			Response: func(name string) []byte { return lookup(x.Fields(), name) },
		})
		_, _ = w.Write(*line) // a full disk must not stop the service
		lines.Put(line)
	}, nil
}

// lookup finds a header in encoded lines; name is in lower case.
func lookup(lines []byte, name string) []byte {
	for line := range bytes.SplitSeq(lines, []byte("\r\n")) {
		key, value, ok := bytes.Cut(line, []byte(":"))
		if ok && bytes.EqualFold(key, []byte(name)) {
			return bytes.TrimSpace(value)
		}
	}
	return nil
}
