"""Who has the interpreter lock, hand-over by hand-over.

usage: trace.py SECONDS ROLE[*COUNT]...

A role is what its threads do again and again, in milliseconds: work/5 computes 5 ms and then makes one short call,
which lets the lock go; work/0.2/10 computes 0.2 ms and then sleeps 10 ms; work computes without an end. Each length
is drawn anew, evenly from half to one and a half of that.
Prints a hold a line: thread, when it wanted the lock, had it, and let it go (s), and why: f was forced, c made a
short call, s slept.
"""
import hashlib, os, random, sys, threading, time

AWAY = 130e-6  # seconds between two looks at the clock after which a thread may have lost the lock


def burn(n):
    x = b'x'
    for _ in range(n):
        x = hashlib.sha256(x).digest()


def pace():
    """How many rounds take a millisecond, where nobody interrupts."""
    best = 0
    for _ in range(50):
        t = time.perf_counter(); burn(2000)
        best = max(best, 2000 / (time.perf_counter() - t) / 1e3)
    return best


def draw(mean):
    return round(mean * random.uniform(.5, 1.5))


def run(i, work, sleep, until, slice_, fd, holds):
    clock, left, wanted = time.perf_counter, draw(work), time.perf_counter()
    began = last = wanted
    while last < until:
        n = min(slice_, left)
        burn(n); left -= n
        now = clock()
        if now - last > AWAY:  # or it was only preempted: then nobody else had the lock meanwhile
            holds.append((i, wanted, began, last, 'f'))
            wanted, began = last, now
        last = now
        if left > 0:
            continue
        left, pause = draw(work), sleep and draw(sleep * 1e9) / 1e9
        os.write(fd, b'x') if sleep is None else time.sleep(pause)
        was, last = last, clock()
        holds.append((i, wanted, began, was, 'c' if sleep is None else 's'))
        wanted, began = was + (pause or 0), last
    holds.append((i, wanted, began, last, 'e'))


def main(seconds, roles):
    per = pace()
    slice_ = max(1, int(per * .03))
    fd = os.open('/dev/null', os.O_WRONLY)
    all_, threads = [], []
    until = time.perf_counter() + seconds
    for role in roles:
        role, _, count = role.partition('*')
        _, *ms = role.split('/')
        for _ in range(int(count or 1)):
            holds = []; all_.append(holds)
            threads.append(threading.Thread(target=run, args=(
                len(threads), round(per * float(ms[0])) if ms else 1 << 60,
                float(ms[1]) / 1e3 if len(ms) > 1 else None, until, slice_, fd, holds)))
    for t in threads: t.start()
    for t in threads: t.join()
    first = until - seconds
    for h in sorted(sum(all_, []), key=lambda h: h[2]):
        print(h[0], *('%.6f' % (x - first) for x in h[1:4]), h[4])


main(float(sys.argv[1]), sys.argv[2:])
