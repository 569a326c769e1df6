// Package cgi runs a program for every request, as the Common Gateway Interface has it (RFC 3875): the
// request's variables are its environment, the body its standard input, and what it prints, a head and a
// body, is the response.
//
// A path names a file below the folder, and may go on behind it: of /count.py/2026?n=1 the script is
// count.py, PATH_INFO is /2026 and QUERY_STRING n=1. Nothing outside the folder can be named, by dots or by
// symbolic links. What is no regular file is 404, and one that may not be executed 403.
//
// The body is spooled into memory first, so a script always knows CONTENT_LENGTH and a slow client costs no
// process. A script that prints nothing, or no head, or dies before, is answered by 502; one that keeps
// silent for too long by 504, and is killed with all its process group, as it is where the client has gone.
// Scripts whose name begins with nph- print a status line themselves, which is taken like a Status field:
// the connection stays the server's. A script that names a path of this server in Location, and no status,
// hands the request over to it (§6.2.2), ten times at most.
package cgi
