// Package reference holds the servers that ours is compared with: Go's own, and two loops that do
// nothing but what the kernel demands of any server, so that they mark the limit.
//
// They answer every request alike, with the bytes that ours sends for hello, and never look at it. They
// serve until the process is ended by a signal.
package reference

import (
	"log/slog"
	"net"
)

// The whole responses: as long as ours, so that the kernel copies as much.
const (
	head  = "HTTP/1.1 200 OK\r\nServer: workerlab\r\nDate: Mon, 02 Jan 2006 15:04:05 GMT\r\n"
	body  = "Content-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n"
	stay  = head + "Connection: keep-alive\r\n" + body
	leave = head + "Connection: close\r\n" + body
)

// Names lists the reference servers that Serve knows.
func Names() []string { return []string{NetHTTP, Epoll, Accept} }

// The reference servers.
const (
	NetHTTP = "net/http" // the standard library's server
	Epoll   = "epoll"    // an event loop that writes hello for whatever it reads
	Accept  = "accept"   // accept, read, write, close, one connection after the other
)

// announce says where the server listens, in the words of workerlab serve --log-format json.
func announce(log *slog.Logger, addr net.Addr) {
	log.Info("listening", "addr", "http://"+addr.String())
	log.Info("ready", "workers", 1)
}
