// Package processperrequest: a process for each request pays for its start, and for the application's.
//
// The claim. A server that makes a process for each connection needs at least {least} times the CPU time of a
// worker that is there already where a request does nothing, and less than {most} times where it works {long}.
// What the application does at its start is paid by every request, unless it is loaded beforehand: of {boot} of
// work then less than {left} % is left, and of {size} of memory a process costs less than {shared} times what
// it costs where it fills them itself.
//
// What is said. Open Market's white paper on FastCGI blames CGI for a process per request and for the
// initialisation of the application in it; Apache's documentation of prefork says that it keeps idle processes
// ready so that clients do not wait for one to be forked.
//
// The theory. A worker that is there does h + D for a request that works D. A process for it is made first, F,
// its program starts in it, R, the application does its own start, B, and fills its memory, M. So a process per
// request costs
//
//	(F + R + B + M + h + D) / (h + D)
//
// times as much. Loaded beforehand, B is done once, and of M what is left is that the pages are mapped.
// Waits cost nothing: all processes wait at once, and the throughput is that of the cores, C/(F + R + B + M + h
// + D).
//
// What is measured. CPU time per request, of the worker and of its processes that have ended; {clients}
// clients, a connection per request, one core for the server. Requests work {works}, in the quick profile not
// all of these. F and R are together what a process costs that does
// nothing; they are of a Go program, which cannot fork: its runtime starts each time, and that part is Go's
// alone. With --preload a hosted Python application is really forked, from an interpreter that has loaded it,
// and without it an interpreter starts for each request (bench --systems workerlab+python): what differs
// between the two is R and B of Python. Secondary: how many requests that wait {wait} one worker holds at once,
// as throughput, against the formula.
package processperrequest
