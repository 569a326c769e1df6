// Package systems puts other people's servers on the bench, beside ours: gunicorn, uWSGI, Apache with
// mod_wsgi and with CGI, and nginx in front of some of them.
//
// All of them serve the same application, lab/lab.py, which demands what workerlab's own does. Each is
// started with configuration that is written here, into a folder of its own that goes when the server is
// stopped; its workers count their requests on a scoreboard that the application keeps in a file; its
// whole process tree is measured; and nothing of it is left.
//
// What a server cannot do of a trial it says (Supports), and such trials are not run on it.
package systems
