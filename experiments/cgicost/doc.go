// Package cgicost: what CGI costs is the interpreter that starts, and not the process.
//
// The claim. The same Python application answers through CGI and under mod_wsgi. A request that does
// nothing costs at least 20 times the CPU time through CGI, one that works 200 ms less than 1.5 times.
// Of what the first costs through CGI, starting a process is less than a tenth: the interpreter and
// what it imports are the rest.
//
// The theory. Under mod_wsgi a request that works D costs h + D, h being what server and application
// do to answer at all. Through CGI every request starts a process, F, in it an interpreter that
// imports the application, B, and then works D. So CGI costs
//
//	(F + B + D) / (h + D)
//
// times as much: (F + B)/h where nothing is worked, and ever less the longer it is. It is twice as much
// at D = F + B − 2h, which is what CGI costs where nothing is worked, hardly less. F can be measured
// alone: a script of the shell that prints an answer is a process and hardly anything else, and one
// of Python that imports nothing is a process and an interpreter.
//
// What is measured. CPU time per request, of all the server's processes and of those that have ended;
// one client, a connection per request, one core for the server. Apache with mod_cgid runs the
// application as a script, whose modules are compiled beforehand, and with mod_wsgi it has two processes
// that serve it; requests work 0, 5, 20 and 200 ms, in longer profiles 50 ms too. What a script of the
// shell and one of Python without site and imports cost is told as shares of the application's. Beside
// them, for requests that do nothing and no part of the claim: CGI behind nginx (fcgiwrap), uWSGI
// behind nginx, and uWSGI alone. The application imports about what a small script does; one with a
// framework imports more, and its B is larger. D is work by the speed of the program python3. Where
// mod_wsgi has the interpreter as a shared library it is slower, as by 5 % in Debian's Python 3.11, so
// that for long work the measured ratio lies somewhat below the formula.
package cgicost
