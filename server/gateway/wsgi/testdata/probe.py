"""An application that does what applications do, and what they should not."""
import json
import os
import signal
import sys
import threading
import time
from wsgiref.util import FileWrapper
from wsgiref.validate import validator

TEXT = [('Content-Type', 'text/plain')]
closed = []
print("probe was imported", file=sys.stderr)


class Blocks:
    """An iterable that is closed, and says so."""

    def __init__(self, *blocks, fails=False):
        self.blocks, self.fails = blocks, fails

    def __iter__(self):
        return iter(self.blocks)

    def close(self):
        closed.append(1)
        if self.fails:
            raise ValueError('closed on purpose')


def hello(environ, start_response):
    start_response('200 OK', TEXT)
    return [b'hello\n']


def environ_(environ, start_response):
    start_response('200 OK', [('Content-Type', 'application/json')])
    return [json.dumps({k: v for k, v in environ.items() if isinstance(v, (str, bool))}).encode()]


def echo(environ, start_response):
    start_response('200 OK', [('Content-Type', 'application/octet-stream')])
    return iter(lambda: environ['wsgi.input'].read(10000), b'')


def lines(environ, start_response):
    got = [environ['wsgi.input'].readline(), list(environ['wsgi.input'])]
    start_response('200 OK', TEXT)
    return [repr(got).encode()]


def unread(environ, start_response):
    start_response('200 OK', TEXT)
    return [b'not read\n']


def written(environ, start_response):
    write = start_response('200 OK', TEXT)
    write(b'one ')
    write(b'two ')
    return [b'three']


def blocks(environ, start_response):
    start_response('200 OK', TEXT)
    return Blocks(b'', b'one ', b'', b'two ', b'three')


def unclosed(environ, start_response):
    start_response('200 OK', TEXT)
    return Blocks(b'whole', fails=True)


def stated(environ, start_response):
    """Fails when the length that it has stated is sent."""
    start_response('200 OK', TEXT + [('Content-Length', '5')])
    yield b'who'
    yield b'le'
    raise ValueError('raised behind the answer')


def drip(environ, start_response):
    """A block, and the next when the client has asked for /go."""
    def generate():
        yield b'first\n'
        gone.clear()
        gone.wait(20)
        yield b'second\n'
    gone.clear()
    start_response('200 OK', TEXT)
    return generate()


gone = threading.Event()


def go(environ, start_response):
    gone.set()
    return hello(environ, start_response)


def closes(environ, start_response):
    start_response('200 OK', TEXT)
    return [str(len(closed)).encode()]


def file(environ, start_response):
    start_response('200 OK', TEXT)
    return environ['wsgi.file_wrapper'](open(__file__, 'rb'), 1000)


def wait(environ, start_response):
    time.sleep(float(environ['QUERY_STRING']))
    return hello(environ, start_response)


def thread(environ, start_response):
    start_response('200 OK', TEXT)
    return [threading.current_thread().name.encode()]


def errors(environ, start_response):
    environ['wsgi.errors'].write('a word to the log\n')
    return hello(environ, start_response)


def empty(environ, start_response):
    start_response('204 No Content', [])
    return []


def large(environ, start_response):
    start_response('200 OK', TEXT + [('Content-Length', '3000000')])
    return [b'x' * 1000000] * 3


def fields(environ, start_response):
    start_response('418 Short And Stout', TEXT + [
        ('Set-Cookie', 'a=1'), ('Set-Cookie', 'b=2'), ('X-Latin', 'caf\xe9'), ('Connection', 'close'), ('Date', 'never')])
    return [b'tea']


def replaced(environ, start_response):
    start_response('200 OK', TEXT)
    try:
        raise KeyError('early')
    except KeyError:
        start_response('503 Service Unavailable', TEXT, sys.exc_info())
    return [b'replaced']


# What applications should not do.

def lingers(environ, start_response):
    """Reads and writes when its answer is complete."""
    write = start_response('200 OK', TEXT)

    class Lingering(Blocks):
        def close(self):
            print('left over:', environ['wsgi.input'].read(), file=sys.stderr)
            write(b'more')
    return Lingering(b'whole')


def broken(environ, start_response):
    """Breaks a read off, as a timeout does, and answers all the same."""
    def alarm(*_):
        raise TimeoutError('broken off on purpose')
    signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        environ['wsgi.input'].read()
    except TimeoutError:
        pass
    return hello(environ, start_response)


def stuck(environ, start_response):
    """Breaks a write off, as a timeout does, and goes on."""
    def alarm(*_):
        raise RuntimeError('broken off on purpose')
    signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    write = start_response('200 OK', TEXT)
    try:
        write(b'x' * 20_000_000)
    except RuntimeError:
        print('nobody reads', file=sys.stderr)
    return [b'and goes on']


def view(environ, start_response):
    start_response('200 OK', TEXT)
    return [memoryview(b'no bytes')]


def raises(environ, start_response):
    raise ValueError('raised on purpose')


def exits(environ, start_response):
    sys.exit('exit on purpose')


def late(environ, start_response):
    start_response('200 OK', TEXT)
    yield b'half of it'
    raise ValueError('raised too late')


def too_late(environ, start_response):
    start_response('200 OK', TEXT)
    yield b'half of it'
    try:
        raise KeyError('late')
    except KeyError:
        start_response('500 Internal Server Error', TEXT, sys.exc_info())


def dies(environ, start_response):
    os._exit(7)


def twice(environ, start_response):
    start_response('200 OK', TEXT)
    start_response('200 OK', TEXT)
    return [b'twice']


def unstarted(environ, start_response):
    return [b'no head']


def nothing(environ, start_response):
    start_response('200 OK', TEXT)


def number(environ, start_response):
    start_response('200 OK', TEXT)
    return [7]


def text(environ, start_response):
    start_response('200 OK', TEXT)
    return ['text, not bytes']


def status(environ, start_response):
    start_response('fine', TEXT)
    return [b'']


def field(environ, start_response):
    start_response('200 OK', [('X-Number', 7)])
    return [b'']


def split(environ, start_response):
    start_response('200 OK', [('X-Split', 'a\r\nX-Evil: b')])
    return [b'']


def longer(environ, start_response):
    start_response('200 OK', TEXT + [('Content-Length', '3')])
    return [b'more than three']


ROUTES = {name.rstrip('_'): f for name, f in list(globals().items()) if callable(f) and name not in ('Blocks', 'FileWrapper', 'validator')}


def application(environ, start_response):
    return ROUTES.get(environ['PATH_INFO'].strip('/') or 'hello', hello)(environ, start_response)


valid = validator(lambda environ, start_response: hello(environ, start_response))


def make(greeting, times=1):
    def app(environ, start_response):
        start_response('200 OK', TEXT)
        return [greeting.encode() * times]
    return app


class site:
    app = staticmethod(hello)


not_callable = 7
