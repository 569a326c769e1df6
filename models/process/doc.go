// Package process is the oldest worker model: a process for each connection, made for it and gone after it.
//
// Claim: nothing is shared, so nothing leaks, blocks or crashes but for one client; and each request pays for
// the start of a process and of the application in it.
//
// Theory: every request has a process of its own at once, and all of them share the C cores: M/G/∞ with
// processor sharing by C cores (package queueing). The work of a request is D + S, where S is the start of a
// process: exec, the runtime's start, and what the application takes to load. Throughput at saturation is
// C/(D+S) however long the waits are, as long as worker-connections allow as many processes.
//
// Who does it so: inetd's nowait services (inetd.conf(5)), CERN httpd and the first NCSA httpd, which forked
// for each connection, and CGI (RFC 3875) for each request. Apache has made its processes beforehand since
// its first releases. gunicorn has no such class.
//
// A worker of the class accepts, starts a process for each connection, at most worker-connections at once,
// and reaps it; the arbiter is that of the other classes. No connection is kept: every response says
// Connection: close. The process is this program executed anew, since a Go program cannot fork: its runtime
// starts each time, and with it all that the program links, where httpd's fork copied what was there. A hosted Python with
// --preload is really forked, from an interpreter that has loaded the application once; without, each process
// loads it anew, as CGI does.
//
// The worker beats, whatever its processes do: a request that hangs holds its own process and no other, and is
// not killed by the timeout.
package process

import _ "embed"

//go:embed doc.go
var doc string
