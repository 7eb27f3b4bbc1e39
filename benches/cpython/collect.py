"""The garbage of the Rust workloads, collected by CPython itself.

Takes the names of workloads; all if there are none. Prints lines of the form
`version workload nanoseconds`: for one dead object, as `gc.collect()` counts
them, or for one ring of two. The smallest of several rounds each, in processor
time, as there.
"""

import gc
import platform
import random
import sys
from time import thread_time_ns

VERSION = platform.python_version()
ROUNDS = 9


class Node:
    """One pointer and three words, as the Rust node."""

    __slots__ = ("edge", "a", "b", "c")

    def __init__(self, edge=None):
        self.edge = edge
        self.a = self.b = self.c = 1


class Vertex:
    """A list of pointers."""

    __slots__ = ("edges",)

    def __init__(self):
        self.edges = []


def report(workload, nanoseconds):
    print(VERSION, workload, f"{nanoseconds:.2f}")


def dead_rings(count):
    """So many rings of 40, collected at once."""
    for _ in range(count):
        first = head = Node()
        for _ in range(39):
            head = Node(head)
        first.edge = head
    del first, head
    started = thread_time_ns()
    dead = gc.collect()
    return (thread_time_ns() - started) / dead


def dead_graph():
    """A random graph of 20,000 vertices, thrown away and collected.

    A vertex is two objects here, itself and its list; the time is for one
    object.
    """
    choose = random.Random(12345).choice
    graph = [Vertex() for _ in range(20_000)]
    for vertex in graph:
        vertex.edges.extend(choose(graph) for _ in range(4))
    del vertex
    started = thread_time_ns()
    graph.clear()
    dead = gc.collect()
    return (thread_time_ns() - started) / dead


def churn_of_rings():
    """Rings of two, dropped at once; collected automatically."""
    count = 100_000
    started = thread_time_ns()
    for _ in range(count):
        first = Node()
        first.edge = Node(first)
    return (thread_time_ns() - started) / count


def collected_at_once(measure, rounds):
    """The garbage waits for the call."""
    gc.disable()
    return min(measure() for _ in range(rounds))


def collected_meanwhile(measure, rounds):
    """The garbage is collected automatically."""
    gc.enable()
    return min(measure() for _ in range(rounds))


WORKLOADS = {
    "rings_40_at_once": lambda: collected_at_once(lambda: dead_rings(2500), ROUNDS),
    "rings_40_at_once_2m": lambda: collected_at_once(lambda: dead_rings(50_000), 3),
    "reclaim_dead": lambda: collected_at_once(dead_graph, ROUNDS),
    "rings_2": lambda: collected_meanwhile(churn_of_rings, ROUNDS),
}


def main():
    for workload in sys.argv[1:] or WORKLOADS:
        report(workload, WORKLOADS[workload]())


if __name__ == "__main__":
    main()
