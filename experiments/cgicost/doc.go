// Package cgicost: what CGI costs is the interpreter that starts, and not the process.
//
// The claim. A request through CGI costs at least {least} times the CPU time of the same Python application
// under mod_wsgi when it does nothing, and less than {most} times when it works {long}; starting a process is
// less than {atStart} % of what CGI costs, the interpreter and its imports are the rest.
//
// What is said. Python's HOWTO on web servers has CGI start an interpreter for every request, which takes time
// and fits low loads only; most introductions blame the process that is started.
//
// The theory. Under mod_wsgi a request that works D costs h + D, h being what server and application do to
// answer at all. Through CGI every request starts a process, F, in it an interpreter that imports the
// application, B, and then works D. So CGI costs
//
//	(F + B + D) / (h + D)
//
// times as much: (F + B)/h where nothing is worked, and ever less the longer it is. It is twice as much at D =
// F + B − 2h, which is what CGI costs where nothing is worked, hardly less. F can be measured alone: a script
// of the shell that prints an answer is a process and hardly anything else, and one of Python that imports
// nothing is a process and an interpreter.
//
// What is measured. CPU time per request, of all the server's processes and of those that have ended; {clients}
// client, a connection per request, one core for the server. Apache with mod_cgid runs the application as a
// script, whose modules are compiled beforehand, and with mod_wsgi it has {served} processes that serve it;
// requests work {works}, in the quick profile not all of these. What a script of the shell and one of Python
// without site and imports cost is told as shares of the application's. Secondary, for requests that do
// nothing: CGI behind nginx (fcgiwrap), uWSGI behind nginx, and uWSGI alone. The application imports about what
// a small script does; one with a framework imports more, and its B is larger. D is work by the speed of the
// program python3. Where mod_wsgi has the interpreter as a shared library it is slower, as in Debian, so that
// for long work the measured ratio lies somewhat below the formula.
package cgicost
