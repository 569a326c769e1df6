// Package http1 is a strict HTTP/1.1 request parser, body decoder and response writer that does no
// I/O.
package http1
