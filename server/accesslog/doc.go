// Package accesslog writes access logs in gunicorn's format language: a line with atoms such as
// %(h)s, compiled once (Parse) and filled in for every request (Format.Append).
//
// Guarantees: nothing that a client sends can start a new line, move the cursor of a terminal, or end
// a quoted part of the line; an unknown atom is "-", as in gunicorn; one request is one line; filling
// in allocates nothing unless an atom asks for a header or a user name.
//
// The atoms are those of gunicorn's glogging.py:
//
//	%(h)s  remote address              %(s)s  status
//	%(l)s  "-"                         %(B)s  response length in bytes
//	%(u)s  user of basic auth          %(b)s  the same
//	%(t)s  date of the request         %(f)s  referer
//	%(r)s  request line                %(a)s  user agent
//	%(m)s  request method              %(T)s  request time in seconds
//	%(U)s  URL path                    %(M)s  request time in milliseconds
//	%(q)s  query string                %(D)s  request time in microseconds
//	%(H)s  protocol                    %(L)s  request time in decimal seconds
//	%(p)s  process id                  %({name}i)s, %({name}o)s  request or response header
package accesslog
