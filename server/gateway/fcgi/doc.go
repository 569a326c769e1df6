// Package fcgi passes exchanges on to a FastCGI application server (specification 1.0), such as php-fpm or
// fcgiwrap: CGI's variables and streams in records.
//
// Each exchange has a connection of its own, as nginx has it by default. The children of most servers serve one
// connection until it ends, so connections that are kept would pin as many children, and the next client would
// wait for one that is idle.
//
// The body is sent on as it comes, and answers are taken at the same time, so that a server that answers
// before it has read everything cannot deadlock. What it writes to stderr goes into the error log.
package fcgi
