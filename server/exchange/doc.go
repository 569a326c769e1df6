// Package exchange is one client connection as a task: requests parsed, handlers called, responses
// framed, keep-alive and pipelining decided. It never waits itself, so it runs under every worker
// model.
package exchange
