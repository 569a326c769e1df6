// Package uwsgi passes exchanges on to uWSGI in its own protocol: a packet of variables, each with its
// length, and the body behind it; the answer is an HTTP response until uWSGI closes the connection, which
// every request has of its own (https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html).
package uwsgi
