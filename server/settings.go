package server

import (
	"time"

	"github.com/workerlab/workerlab/server/http1"
)

// Settings are a server's options, under gunicorn's names and with its defaults (Defaults).
type Settings struct {
	App         string        // lab
	Class       string        // worker class: sync, gthread, gevent, eventlet, tornado, asyncio
	Workers     int           // processes
	Threads     int           // threads a worker; sync with more than one becomes gthread
	Connections int           // worker-connections: the most a worker holds at once (not sync)
	Bind        []string      // HOST:PORT, PORT, unix:PATH or fd://N
	Backlog     int           // connections waiting for accept; the kernel caps it at somaxconn
	ReusePort   bool          // a listening socket per worker (SO_REUSEPORT), owned by the arbiter
	MaxRequests int           // a worker is replaced after this many requests; 0: never
	Jitter      int           // at most this many are added to MaxRequests, drawn once a worker
	Preload     bool          // app memory is mapped copy-on-write from the arbiter
	AppMemory   int64         // bytes of state the app holds in each worker
	Boot        time.Duration // CPU work that a worker does before it serves, as importing an app would
	Timeout     time.Duration // a worker silent for this long is killed; 0: never
	Graceful    time.Duration // graceful-timeout: how long a worker may drain before it is killed
	KeepAlive   time.Duration // how long an idle connection is kept; 0: no keep-alive

	HeaderTimeout time.Duration // how long a request's head may take; 0: no limit (as gunicorn)
	Linger        bool          // wait for the client's FIN on every close, as gunicorn 26 does
	Limits        http1.Limits
	Exclusive     bool // event loops register listeners with EPOLLEXCLUSIVE

	GIL            bool          // emulate CPython's interpreter lock
	SwitchInterval time.Duration // after which a thread asks the holder to drop the lock
	CPURate        float64       // rounds/ms of calibrated work; 0: measured at start
	Faults         bool          // the lab app answers /crash, /hang and /leak

	Pidfile      string
	AccessLog    string // a path, or - for stdout; empty: none
	AccessFormat string // gunicorn's access_log_format
	ErrorLog     string // a path, or - for stderr
	LogLevel     string // debug, info, warning, error
	LogFormat    string // text, json
	MetricsBind  string // where Prometheus metrics are served; empty: nowhere
}

// Defaults are gunicorn's, but for the header timeout: gunicorn has none.
func Defaults() Settings {
	return Settings{
		App: "lab", Class: "sync", Workers: 1, Threads: 1, Connections: 1000,
		Bind: []string{"127.0.0.1:8000"}, Backlog: 2048,
		Timeout: 30 * time.Second, Graceful: 30 * time.Second, KeepAlive: 2 * time.Second,
		HeaderTimeout: 30 * time.Second, Limits: http1.Limits{Line: 4094, Fields: 100, FieldSize: 8190},
		SwitchInterval: 5 * time.Millisecond,
		AccessFormat:   `%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"`,
		ErrorLog:       "-", LogLevel: "info", LogFormat: "text",
	}
}
