"""The lab application for servers that host Python: what /task demands means what it means to workerlab's own.

It is a plain WSGI application (`application`), a Django one (`django_application`), a Flask one
(`flask_application`), and a CGI script (`cgi()`). `python3 lab.py calibrate SECONDS` prints the rounds of work that
an idle core does in a millisecond; they come back in LAB_RATE.

Environment: LAB_RATE; LAB_BOARD, the file of the scoreboard; LAB_MEMORY, bytes of state that importing it builds;
LAB_BOOT, milliseconds of work that importing it takes; LAB_SWITCH, the interpreter's switch interval in seconds;
LAB_JOIN=import, for servers that cannot be told to call board.join in each process that is going to serve.
"""
import fcntl
import functools
import itertools
import json
import mmap
import os
import re
import signal
import sys
import threading
import time
from urllib.parse import parse_qs

RATE = float(os.environ.get("LAB_RATE", "0"))
PAGE = 4096


def burn(rounds):
    """Work that is all bytecode: it holds the interpreter lock, and gives it up as any computation does."""
    x = 1
    for _ in range(rounds):
        x = (x * 5 + 1) & 0xFFFF
    return x


def calibrate(seconds):
    """The rounds a millisecond of the fastest of many short trials: the one that nobody interrupted."""
    rounds, best, end = 1024, 0.0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        burn(rounds)
        took = time.perf_counter() - began
        if took < 0.002:
            rounds *= 2
        else:
            best = max(best, rounds / (took * 1e3))
    return best


# The demands.

UNITS = {"h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
SIZES = {"": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


def duration(text):
    """Seconds of a duration as Go writes it: 2ms, 1.5s, 1m0s."""
    parts = re.findall(r"([0-9.]+)(h|ms|us|µs|ns|m|s)", text)
    if text != "0" and "".join(a + b for a, b in parts) != text or not text:
        raise ValueError(f"{text!r} is not a duration such as 2ms or 1.5s")
    return sum(float(amount) * UNITS[unit] for amount, unit in parts)


def size(text):
    """Bytes of a size: 64KiB, 1e6."""
    number = text.rstrip("BKMGki")
    return round(float(number) * SIZES[text[len(number):]])


memory = bytearray(b"\x01") * int(os.environ.get("LAB_MEMORY", "0"))
leaked = []


def touch(share):
    """Write to the first byte of each page of a share of the memory, from its start."""
    for at in range(0, int(share * len(memory)), PAGE):
        memory[at] = memory[at] + 1 & 0xFF


def block(seconds):
    """Wait as a driver written in C does, where no library that patches Python can see it."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        signal.sigtimedwait((), left)


# time.sleep is looked up at each call: what patches Python, patches it there.
STEPS = {
    "cpu": (duration, lambda seconds: burn(int(seconds * 1e3 * RATE))),
    "wait": (duration, lambda seconds: time.sleep(seconds)),
    "block": (duration, block),
    "touch": (float, touch),
    "leak": (size, lambda n: leaked.append(bytearray(b"\x01") * n)),
}


@functools.lru_cache(4096)
def demands(text):
    """The steps of a list such as cpu:2ms,wait:20ms, each a function with its argument."""
    steps = []
    for step in filter(None, text.split(",")):
        kind, _, amount = step.partition(":")
        read, do = STEPS[kind]
        steps.append((do, read(amount)))
    return steps


# The scoreboard: a row of eight words for each process that serves, in a file that the bench reads.


class Board:
    """Counts the requests that this process has begun and ended. itertools.count counts them one by one also
    where several threads do."""

    PID, BEGUN, ENDED, WORDS = 0, 1, 2, 8

    def __init__(self, path):
        self.file = open(path, "r+b")
        self.words = memoryview(mmap.mmap(self.file.fileno(), 0)).cast("Q")
        self.pid = 0

    def join(self):
        """Take a row: a free one, or that of a process that is no more. The lock is of the process (lockf), not of
        the open file (flock), which forked processes share."""
        self.pid = os.getpid()
        fcntl.lockf(self.file, fcntl.LOCK_EX)
        try:
            for row in range(0, len(self.words), self.WORDS):
                if not self.words[row] or not alive(self.words[row]):
                    break
            self.words[row + self.BEGUN] = self.words[row + self.ENDED] = 0
            self.words[row] = self.pid
            self.row = row
            self.begun, self.ended = itertools.count(1), itertools.count(1)
        finally:
            fcntl.lockf(self.file, fcntl.LOCK_UN)

    def begin(self):
        if self.pid != os.getpid():
            self.join()
        self.words[self.row + self.BEGUN] = next(self.begun)

    def end(self):
        self.words[self.row + self.ENDED] = next(self.ended)


class NoBoard:
    def join(self):
        pass

    begin = end = join


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


board = Board(os.environ["LAB_BOARD"]) if os.environ.get("LAB_BOARD") else NoBoard()


# The application.


def plain(environ, start_response):
    status, headers, body = answer(environ)
    start_response(status, headers)
    return body


def application(environ, start_response):
    status, headers, body = counted(environ)
    start_response(status, headers)
    return body


def answer(environ):
    path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
    if path == "/task":
        try:
            steps = demands(parse_qs(query).get("do", [""])[0])
        except (KeyError, ValueError) as e:
            return text("400 Bad Request", f"{e}\n")
        for do, amount in steps:
            do(amount)
        return text("200 OK", "hello\n")
    if path in ("/", ""):
        return text("200 OK", "hello\n")
    if path == "/bytes":
        n = size(parse_qs(query)["n"][0])
        return "200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(n))], filler(n)
    if path == "/echo" and "chunked" in environ.get("HTTP_TRANSFER_ENCODING", ""):
        body = environ["wsgi.input"].read()  # which the server ends where the body does
        return "200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(body)))], [body]
    if path == "/echo":
        n = int(environ.get("CONTENT_LENGTH") or 0)
        return "200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(n))], echo(environ["wsgi.input"], n)
    if path == "/whoami":
        return text("200 OK", json.dumps({"pid": os.getpid(), "thread": threading.get_ident()}) + "\n")
    return text("404 Not Found", "nothing here; try /task?do=cpu:2ms,wait:20ms\n")


def text(status, body):
    body = body.encode()
    return status, [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))], [body]


def filler(n):
    piece = bytes(65536)
    for at in range(0, n, len(piece)):
        yield piece[: n - at]


def echo(body, n):
    while n > 0 and (piece := body.read(min(n, 65536))):
        n -= len(piece)
        yield piece


# The same behind a framework. Their modules are imported only where they are asked for.


def __getattr__(name):
    if name == "django_application":
        return in_django()
    if name == "flask_application":
        return in_flask()
    raise AttributeError(name)


def in_django():
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpResponse
    from django.urls import re_path

    def view(request):
        status, headers, body = counted(request.environ)
        return HttpResponse(b"".join(body), status=int(status[:3]), content_type=dict(headers)["Content-Type"])

    settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=(re_path("", view),), SECRET_KEY="lab", LOGGING_CONFIG=None)
    django.setup()
    return WSGIHandler()


def in_flask():
    import flask

    app = flask.Flask("lab")

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
    @app.route("/<path:path>", methods=["GET", "POST"])
    def view(path):
        status, headers, body = counted(flask.request.environ)
        return flask.Response(body, status, headers)

    return app


def counted(environ):
    board.begin()
    try:
        return answer(environ)
    finally:
        board.end()


def cgi():
    """Answer the request of a CGI script."""
    from wsgiref.handlers import CGIHandler

    CGIHandler().run(plain)


burn(int(float(os.environ.get("LAB_BOOT", "0")) * RATE))
if os.environ.get("LAB_SWITCH"):
    sys.setswitchinterval(float(os.environ["LAB_SWITCH"]))

if os.environ.get("LAB_JOIN") == "import":  # a process imports it for itself, and then serves
    board.join()

if __name__ == "__main__":
    print(calibrate(float(sys.argv[2])))
