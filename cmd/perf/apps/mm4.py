"""The queue M/M/4 in SimPy, for SECONDS of the clock on the wall: mm4.py SECONDS SEED. Prints what it did as JSON.

The queue is that of perf's own engine: four servers, exponential services of 10 ms, and arrivals at random that keep
the servers 80 % busy. A customer is a process and the servers are a resource, as SimPy's documentation has it.
"""
import json
import random
import sys
import time

import simpy

SERVERS, SERVICE, UTILISATION = 4, 0.010, 0.8
RATE = UTILISATION * SERVERS / SERVICE
BATCH = 10_000 / RATE  # seconds of the simulation

env = simpy.Environment()
servers = simpy.Resource(env, SERVERS)
exponential = random.Random(int(sys.argv[2])).expovariate
waits = []


def customer():
    came = env.now
    with servers.request() as turn:
        yield turn
        waits.append(env.now - came)
        yield env.timeout(exponential(1 / SERVICE))


def arrivals():
    while True:
        yield env.timeout(exponential(RATE))
        env.process(customer())


def batch():
    waits.clear()
    env.run(until=env.now + BATCH)
    return len(waits), sum(waits) / len(waits)


env.process(arrivals())
batch()  # the queue fills
done, means = 0, []
began, cpu = time.monotonic(), time.process_time()
while len(means) < 10 or time.monotonic() < began + float(sys.argv[1]):
    customers, mean = batch()
    done += customers
    means.append(mean)
print(json.dumps({
    'done': done, 'seconds': time.monotonic() - began, 'cpu': time.process_time() - cpu, 'means': means,
}))
