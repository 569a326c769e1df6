// Package scgi passes exchanges on to an SCGI application server: CGI's variables in one netstring, the body
// behind it, and CGI's answer until the server closes the connection, which every request has of its own
// (https://python.ca/scgi/protocol.txt).
package scgi
