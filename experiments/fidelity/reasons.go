package fidelity

import (
	"slices"

	"github.com/workerlab/workerlab/models"
	"github.com/workerlab/workerlab/models/catalog"
	"github.com/workerlab/workerlab/models/spec"
)

// A difference is one that is known, between what was observed of ours and of gunicorn, times left out: a
// reason explains what it was found for, and nothing that merely looks like it.
type difference struct {
	behaviours   []string
	classes      []string
	ours, theirs string // as Observation.plain tells them
	reason       string
}

// reason is why the servers differ; "": nobody knows.
func reason(r *Row) string {
	for _, d := range differences {
		if slices.Contains(d.behaviours, r.Behaviour) && slices.Contains(d.classes, r.Class) &&
			d.ours == r.Ours.plain() && d.theirs == r.Theirs.plain() {
			return d.reason
		}
	}
	return ""
}

// The reasons, found in gunicorn 20.1 and tornado 6.2.
const (
	lastIsKnownLate = "Whether an answer is the last is settled when the application begins it, by gunicorn before it is called (handle_request): " +
		"one under way at the signal says that the connection is kept, which is closed all the same."
	tornadoPromises = "gtornado's answers do not say that the worker ends; its loop stops a second or two later (heartbeat), whatever is open then."
	idleIsKept      = "A worker that drains keeps an idle connection for as long as it was promised to; gunicorn's gthread closes it with its poller, and a request on its way is lost."
	idleIsKeptLoop  = "A worker that drains keeps an idle connection for as long as it was promised to; gtornado stops its loop, and a request on its way is lost."
	tornadoForever  = "gtornado hands no time to tornado, whose own is 3600 s: --keep-alive only switches keep-alive off there."
	headHasTime     = "A head has 30 s here (--header-timeout); gunicorn's gthread waits for ever in recv, and T such clients hold all T threads."
	headIsIdle      = "A head has 30 s here once it has begun (--header-timeout); under gunicorn's gevent and eventlet the keep-alive time runs until it is whole (timeout_ctx)."
	tornadoHead     = "A head has 30 s here (--header-timeout); tornado gives it an hour."
	lostInBuffer    = "gunicorn's gthread has read the second request into the parser's buffer and then waits for the socket to become readable (finish_request): it is answered when more comes, or never."
	tornadoVersion  = "tornado answers HTTP/1.0 as HTTP/1.1 without Connection: close, and closes."
	bodyForHead     = "gunicorn sends what the application returns, after HEAD too, and relies on a framework to return nothing; the lab's application has none, and ours drops the body."
	tornadoBody     = "tornado closes where an application returns a body for HEAD (HTTPOutputError), which only a framework would not; ours drops the body."
	lineStatus      = "Ours answers by the status that is registered for it (RFC 9110 §15.5.15), gunicorn by 400."
	tornadoLine     = "gtornado does not apply --limit-request-line: tornado allows 64 KiB for the whole head."
)

var (
	signals = []string{"term", "hup"}
	greens  = catalog.Where(func(m models.Model) bool { return m.Greenlets != "" })
	thread  = catalog.Where(func(m models.Model) bool { return m.Threads })
	loop    = catalog.Where(func(m models.Model) bool { return m.Discipline(spec.Server{}.Filled()).Blocks })
)

// Answers that several behaviours end with.
const (
	refusedToo = "; another client: refused"
	answered   = "; another client: 200 hello"
	renewed    = "; another client: 200 by a new worker"

	lastAnswer = "200 hello, the last; FIN"
	thenClosed = "200 hello; FIN"
	thenKept   = "200 hello; kept"
	timedOut   = "408, the last; FIN"
	forEver    = "no answer; kept"
)

var differences = []difference{
	{signals, slices.Concat(thread, greens), lastAnswer + refusedToo, thenClosed + refusedToo, lastIsKnownLate},
	{signals, slices.Concat(thread, greens), lastAnswer + renewed, thenClosed + renewed, lastIsKnownLate},
	{signals, loop, lastAnswer + answered + ", the last", thenClosed + answered, tornadoPromises},
	{signals, loop, lastAnswer + renewed, thenClosed + renewed, tornadoPromises},
	{[]string{"term-idle"}, thread, thenClosed, thenClosed, idleIsKept},
	{[]string{"term-idle"}, loop, thenClosed, thenClosed, idleIsKeptLoop},
	{[]string{"keep-alive"}, loop, thenClosed, thenKept, tornadoForever},
	{[]string{"pipelining"}, loop, "200 hello; " + thenClosed, "200 hello; " + thenKept, tornadoForever},
	{[]string{"silence"}, loop, fin + answered, forEver + answered, tornadoForever},
	{[]string{"silence"}, thread, fin + answered, forEver + answered, headHasTime},
	{[]string{"half-head"}, thread, timedOut + answered, forEver + answered, headHasTime},
	{[]string{"half-head"}, greens, timedOut + answered, fin + answered, headIsIdle},
	{[]string{"half-head"}, loop, timedOut + answered, forEver + answered, tornadoHead},
	{[]string{"pipelining"}, thread, "200 hello; " + thenClosed, thenClosed, lostInBuffer},
	{[]string{"http-1.0"}, loop, lastAnswer, thenClosed, tornadoVersion},
	{[]string{"head"}, []string{"sync"}, "200, the last; FIN", "200, the last; 6 bytes more; FIN", bodyForHead},
	{[]string{"head"}, slices.Concat(thread, greens), "200; kept", "200; 6 bytes more; kept", bodyForHead},
	{[]string{"head"}, loop, "200; kept", fin, tornadoBody},
	{[]string{"long-line"}, slices.Concat([]string{"sync"}, thread, greens), "414, the last; FIN", "400, the last; FIN", lineStatus},
	{[]string{"long-line"}, loop, "414, the last; FIN", thenKept, tornadoLine},
}
