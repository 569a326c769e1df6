"""The Python half of a worker: it calls a WSGI application (PEP 3333) for the Go half, which parses HTTP.

Each connection to the listening socket on descriptor 3 brings the ends of two pipes, one to read from and one
to write to: a channel, over which exchanges follow one another. Numbers are 32 bits, little-endian:

    request    length of the environ, has a body | environ: names and values in turn, a NUL between each two
    answer     length of the head, length of the data and whether more follows | head | data
               head: the status, then names and values in turn, a NUL between each two
    read       READ, bytes wanted, in place of an answer; the reply is a length (0: the end) | bytes

A channel that ends in the middle of an exchange is a client that has gone.
"""
import errno
import gc
import importlib
import io
import os
import resource
import signal
import socket
import struct
import sys
import time

# What else is needed is imported where it is: no worker is to keep what only some need.

MORE = READ = 0x80000000
BLOCK = 65536  # of bodies
HEAD = 8192  # more than most requests without their body
pack, unpack_from = struct.Struct('<II').pack, struct.Struct('<II').unpack_from


class Gone(ConnectionError):
    """The client has gone."""


class LoadError(Exception):
    """The application is not where the command line says."""


def load(spec):
    """The application called module:name, or what a call module:name(literal, …) returns."""
    module, _, name = spec.partition(':')
    target = importlib.import_module(module)
    path, call = parsed(name or 'application')
    for part in path.split('.'):
        try:
            target = getattr(target, part)
        except AttributeError:
            raise LoadError('module %r has no %r' % (module, name)) from None
    target = call(target)
    if not callable(target):
        raise LoadError('%s is %r, which cannot be called' % (spec, type(target).__name__))
    return target


def parsed(name):
    """What to look up, and what to do with what is found."""
    if name.replace('.', '').isidentifier():
        return name, lambda found: found
    import ast
    try:
        call = ast.parse(name, mode='eval').body
    except SyntaxError:
        call = None
    if not isinstance(call, ast.Call):
        raise LoadError('%r is neither a name nor a call' % name)
    try:
        args = [ast.literal_eval(a) for a in call.args]
        named = {k.arg: ast.literal_eval(k.value) for k in call.keywords}
    except ValueError:
        raise LoadError('the arguments in %r must be literals' % name) from None
    return ast.unparse(call.func), lambda found: found(*args, **named)


class Channel:
    """Two pipes."""

    # How descriptors are read and written, which under gevent is not what os says.
    read_some, write_some = staticmethod(os.read), staticmethod(os.write)

    def __init__(self, reader, writer, blocking):
        self.reader, self.writer = reader, writer
        self.torn = False  # a message was broken off, by a timeout say: what is under way is nobody's
        os.set_blocking(reader, blocking)
        os.set_blocking(writer, blocking)

    def read(self, n):
        """n bytes."""
        parts = []
        while n:
            data = self.read_some(self.reader, n)
            if not data:
                raise Gone('the client went')
            parts.append(data)
            n -= len(data)
        return b''.join(parts)

    def write(self, data):
        n = self.write_some(self.writer, data)
        while n < len(data):
            n += self.write_some(self.writer, memoryview(data)[n:])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.reader)
        os.close(self.writer)


class Body(io.RawIOBase):
    """What is left of a request's body. It is fetched when the application asks, and not before."""

    def __init__(self, channel):
        self.channel, self.ended = channel, False

    def readable(self):
        return True

    def readinto(self, into):
        if self.channel.torn:
            raise Gone('a message was broken off')
        if self.ended or not into:
            return 0
        self.channel.torn = True
        self.channel.write(pack(READ, min(len(into), BLOCK)))
        n = int.from_bytes(self.channel.read(4), 'little')
        into[:n] = self.channel.read(n)
        self.channel.torn, self.ended = False, n == 0
        return n


class FileWrapper:
    """wsgi.file_wrapper: a file in blocks."""

    def __init__(self, file, size=BLOCK):
        self.file, self.size = file, size
        if hasattr(file, 'close'):
            self.close = file.close

    def __iter__(self):
        return iter(lambda: self.file.read(self.size), b'')


class Exchange:
    """One request and its answer."""

    __slots__ = 'channel', 'body', 'head', 'left', 'sent', 'whole'

    def __init__(self, channel, body):
        self.channel, self.body = channel, body
        self.head = self.left = None  # left of the length that the head states
        self.sent = self.whole = False  # the head, and all of the answer

    def start_response(self, status, headers, exc_info=None):
        if exc_info:
            try:
                if self.sent:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self.head is not None:
            raise AssertionError('start_response was called twice')
        head, self.left = status, None
        for name, value in headers:
            head += '\0' + name + '\0' + value
            if len(name) == 14 and name.lower() == 'content-length' and value.isdecimal():
                self.left = int(value)
        if head.count('\0') != 2 * len(headers):
            raise ValueError('headers must be pairs, and hold no NUL: %r' % (headers,))
        self.head = head.encode('latin-1')
        return self.write

    def write(self, data, more=MORE):
        if self.whole:
            raise AssertionError('the answer is complete')
        if self.channel.torn:
            raise Gone('a message was broken off')
        if not isinstance(data, bytes):
            raise TypeError('a response is made of bytes, not of %s' % type(data).__name__)
        head = b''
        if not self.sent:
            head = self.head
            if head is None:
                raise AssertionError('start_response was not called')
        if self.left is not None:
            self.left -= len(data)
            if not self.left:
                more = 0  # and the client need not wait for what the application does behind its last block
        message = pack(len(head), len(data) | more) + head + data  # which refuses 2 GiB and more
        self.sent = True
        if self.body and not more:
            self.body.ended = True  # what follows on the channel belongs to the next exchange
        self.channel.torn = True
        try:
            self.channel.write(message)
        except OSError as e:
            raise Gone(str(e)) from None
        self.channel.torn = False
        self.whole = not more

    def answer(self, result):
        if type(result) is list and len(result) == 1:
            self.write(result[0], 0)
            return
        for data in result:
            if data:
                self.write(data)
        if not self.whole:
            self.write(b'', 0)

    def run(self, app, environ):
        """Reports whether the channel may carry another exchange."""
        result = None
        try:
            try:
                result = app(environ, self.start_response)
                self.answer(result)
            finally:
                if hasattr(result, 'close'):
                    result.close()
            return self.whole
        except Gone:
            return False
        except BaseException:  # SystemExit too: what an application says of itself ends no worker
            import traceback
            sys.stderr.write(traceback.format_exc())
            if self.sent or self.channel.torn:
                return self.whole  # by close, after the answer
            self.head = b'500 Internal Server Error\0Content-Type\0text/plain'
            self.write(b'Internal Server Error\n', 0)
            return True


def serve(channel, app, base):
    """Exchange after exchange over a channel, until it ends."""
    while True:
        message = channel.read_some(channel.reader, HEAD)
        if not message:
            return
        if len(message) < 8:
            message += channel.read(8 - len(message))
        length, has_body = unpack_from(message)
        if len(message) < 8 + length:
            message += channel.read(8 + length - len(message))
        pairs = iter(message[8:].decode('latin-1').split('\0'))
        environ = base.copy()
        environ.update(zip(pairs, pairs))
        body = None
        if has_body:
            body = Body(channel)
            environ['wsgi.input'] = io.BufferedReader(body, BLOCK)
        else:
            environ['wsgi.input'] = io.BytesIO()
        if not Exchange(channel, body).run(app, environ):
            return


def peer(sock):
    """The process, user and group at the other end."""
    return struct.unpack('iII', sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))


def ends(sock, owner):
    """The two descriptors that a connection brings; none where it is not the owner's."""
    with sock:
        pid, _, _ = peer(sock)
        if pid != owner:
            return []
        sock.recv(1, socket.MSG_PEEK)  # which waits as greenlets do; recvmsg is not patched everywhere
        _, fds, _, _ = socket.recv_fds(sock, 1, 2, socket.MSG_CMSG_CLOEXEC)
        return fds


def accepting(listener, handle):
    """Channel after channel, until the listener is shut down."""
    while True:
        try:
            sock, _ = listener.accept()
        except OSError as e:
            if e.errno == errno.EINVAL:  # it was shut down
                return
            time.sleep(0.05)  # no descriptor is free now
            continue
        handle(sock)


def run(listener, told, owner, greenlets, threads, app, base):
    """Serves channels, once the worker is told that the application is loaded."""
    os.write(told, b'ready')
    os.close(told)

    def handle(sock):
        try:
            fds = ends(sock, owner)
            if fds:
                with Channel(*fds, blocking=not greenlets) as channel:
                    serve(channel, app, base)
        except OSError:  # it was cut
            pass

    if greenlets == 'gevent':
        import gevent
        from gevent.os import nb_read, nb_write
        Channel.read_some, Channel.write_some = staticmethod(nb_read), staticmethod(nb_write)
        accepting(listener, lambda sock: gevent.spawn(handle, sock))
        return
    if greenlets == 'eventlet':
        import eventlet
        Channel.read_some, Channel.write_some = staticmethod(os.read), staticmethod(os.write)  # patched by now
        accepting(listener, lambda sock: eventlet.spawn(handle, sock))  # not spawn_n: threading must know it
        return
    if threads > 1:
        import threading
        for _ in range(threads - 1):
            threading.Thread(target=accepting, args=(listener, handle), daemon=True).start()
    accepting(listener, handle)


class Nursery:
    """Forks an interpreter for each worker that asks, over a connection that the worker keeps: when that ends
    the interpreter is killed, and when the interpreter ends the worker is told how."""

    def __init__(self, listener, begin):
        self.listener, self.begin = listener, begin
        self.select = original('select')
        self.poll = self.select.poll()
        self.poll.register(listener, self.select.POLLIN)
        self.workers = {}  # connections, by descriptor
        self.children = {}  # their connections and process ids, by pidfd

    def run(self):
        gc.freeze()  # what is shared stays shared longer: a collection writes into every object
        while True:
            for fd, _ in self.poll.poll():
                if fd == self.listener.fileno():
                    try:
                        conn, _ = self.listener.accept()
                    except OSError as e:
                        if e.errno == errno.EINVAL:  # it was shut down
                            return
                        continue
                    self.welcome(conn)
                elif fd in self.children:
                    self.bury(fd)
                elif fd in self.workers:
                    self.hear(self.workers[fd])

    def welcome(self, conn):
        _, user, _ = peer(conn)
        if user != os.getuid():
            conn.close()
            return
        self.workers[conn.fileno()] = conn
        self.poll.register(conn, self.select.POLLIN)

    def hear(self, conn):
        """A worker asks, or has gone."""
        try:
            asks, fds, _, _ = socket.recv_fds(conn, 64, 2)
        except OSError:
            asks, fds = b'', []
        if asks:
            self.fork(conn, int(asks), fds)
            return
        for other, pid in self.children.values():
            if other is conn:
                os.kill(pid, signal.SIGKILL)  # and buried with its pidfd
        self.poll.unregister(conn)
        del self.workers[conn.fileno()]
        conn.close()

    def fork(self, conn, owner, fds):
        try:
            pid = os.fork()
        except OSError as e:
            sys.stderr.write('cannot fork an interpreter: %s\n' % e)
            conn.shutdown(socket.SHUT_RDWR)
        else:
            if not pid:
                self.become(owner, fds)
            pidfd = os.pidfd_open(pid)
            self.children[pidfd] = conn, pid
            self.poll.register(pidfd, self.select.POLLIN)
        for fd in fds:
            os.close(fd)

    def bury(self, pidfd):
        conn, pid = self.children.pop(pidfd)
        self.poll.unregister(pidfd)
        os.close(pidfd)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if conn.fileno() >= 0:
            try:
                conn.sendall(b'exit status %d' % code if code >= 0 else b'signal %d' % -code)
                conn.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the worker has gone as well

    def become(self, owner, fds):
        """In the child: an interpreter like one that was not forked."""
        die_with_parent()
        for conn in self.workers.values():
            conn.close()
        self.listener.close()
        listener, told = fds
        self.begin(socket.socket(fileno=listener), told, owner)
        sys.exit(0)


def die_with_parent():
    import ctypes
    parent = os.getppid()
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def original(module):
    """A module as it was before anything was patched."""
    if 'gevent' in sys.modules:
        import gevent.monkey
        names = gevent.monkey.saved.get(module, {})
        fresh = type(sys)(module)
        fresh.__dict__.update(importlib.import_module(module).__dict__, **names)
        return fresh
    if 'eventlet' in sys.modules:
        import eventlet.patcher
        return eventlet.patcher.original(module)
    return importlib.import_module(module)


def patch(greenlets):
    """Makes what waits yield, which must come before anything else is imported."""
    try:
        if greenlets == 'gevent':
            from gevent import monkey
            monkey.patch_all()
        elif greenlets == 'eventlet':
            import eventlet
            eventlet.monkey_patch()
    except ImportError as e:
        sys.exit('worker class %s needs the Python package %s, which %s cannot import: %s'
                 % (greenlets, greenlets, sys.executable, e))


def allow_descriptors():
    """As many as the system does, like the Go half: a greenlet takes two."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (OSError, ValueError):  # a sandbox may forbid it
        pass


def main():
    spec, greenlets, threads, workers, owner, *path = sys.argv[1:]
    threads, workers, owner = int(threads), int(workers), int(owner)
    for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1):
        signal.signal(s, lambda *_: None)  # a terminal or a supervisor sends them to all; the Go half decides
    allow_descriptors()
    patch(greenlets)
    sys.path[:1] = path  # in place of the folder of this script
    sys.argv[:] = [spec]
    try:
        app = load(spec)
    except LoadError as e:
        sys.exit(str(e))
    base = {
        'wsgi.version': (1, 0), 'wsgi.errors': sys.stderr, 'wsgi.file_wrapper': FileWrapper,
        'wsgi.input_terminated': True, 'wsgi.multithread': threads > 1 or bool(greenlets),
        'wsgi.multiprocess': workers > 1, 'wsgi.run_once': False, 'SERVER_SOFTWARE': 'workerlab',
    }

    def begin(listener, told, owner):
        run(listener, told, owner, greenlets, threads, app, base)

    listener = socket.socket(fileno=3)
    if owner:
        begin(listener, 4, owner)
        return
    os.write(4, b'ready')
    os.close(4)
    Nursery(listener, begin).run()


if __name__ == '__main__':
    main()
