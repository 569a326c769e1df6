"""An application with a child that outlives its import."""
import os
import time

from probe import application  # noqa: F401

if not os.fork():
    for _ in range(600):  # no longer than a minute, whatever becomes of its parent
        if os.getppid() == 1:
            break
        time.sleep(0.1)
    os._exit(0)
