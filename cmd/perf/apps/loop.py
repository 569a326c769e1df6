"""Calls an application in a loop and prints the CPU seconds of a call: loop.py MODULE SECONDS"""
import importlib
import io
import sys
import time

application = importlib.import_module(sys.argv[1]).application
environ = {
    'REQUEST_METHOD': 'GET', 'SCRIPT_NAME': '', 'PATH_INFO': '/', 'QUERY_STRING': '', 'SERVER_NAME': '127.0.0.1',
    'SERVER_PORT': '8000', 'SERVER_PROTOCOL': 'HTTP/1.1', 'HTTP_HOST': '127.0.0.1:8000', 'REMOTE_ADDR': '127.0.0.1',
    'wsgi.version': (1, 0), 'wsgi.url_scheme': 'http', 'wsgi.errors': sys.stderr, 'wsgi.multithread': False,
    'wsgi.multiprocess': False, 'wsgi.run_once': False,
}


def start_response(status, headers, exc_info=None):
    return None


def calls(seconds):
    n, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(100):
            result = application(dict(environ, **{'wsgi.input': io.BytesIO()}), start_response)
            b''.join(result)
            if hasattr(result, 'close'):
                result.close()
        n += 100
    return n


calls(0.2)  # the first calls import, compile and cache
began = time.process_time()
n = calls(float(sys.argv[2]))
print((time.process_time() - began) / n)
