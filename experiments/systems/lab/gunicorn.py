"""Hooks by which gunicorn tells the bench of its address and its workers, one JSON object a line on stderr."""
import json
import os
from datetime import datetime, timezone


def tell(msg, **more):
    line = {"time": datetime.now(timezone.utc).isoformat(), "msg": msg, **more}
    os.write(2, (json.dumps(line) + "\n").encode())


def when_ready(server):
    host, port = server.LISTENERS[0].sock.getsockname()[:2]
    tell("listening", addr=f"http://{host}:{port}")


def post_worker_init(worker):
    import lab

    lab.board.join()
    tell("worker booted", pid=worker.pid)


def child_exit(server, worker):
    tell("worker exited", pid=worker.pid)
