// Package fcgi passes exchanges on to a FastCGI application server (specification 1.0), such as php-fpm or
// fcgiwrap: CGI's variables and streams in records over a connection that is kept.
//
// Each exchange has a connection for itself, as nearly all servers want it (FCGI_MPXS_CONNS is rarely
// there); it goes back to a pool afterwards. One that the server has closed meanwhile is replaced without
// the client's notice, if nothing has been answered and no body was sent.
//
// The body is sent on as it comes, and answers are taken at the same time, so that a server that answers
// before it has read everything cannot deadlock. What it writes to stderr goes into the error log.
package fcgi
