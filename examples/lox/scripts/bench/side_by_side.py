"""Runs the benchmark programs in Lox and, where there is one, in Python.

Usage: cargo build --release --example lox
       python3 examples/lox/scripts/bench/side_by_side.py [rounds]

The runs take turns, and the shortest time of each counts: neighbours on the
machine only ever make a run longer. Times are processor time of the whole
process, start and end included. Beside each is the share of the run time that
its collector takes: as --gc-stats reports it, and from Python's gc.callbacks.
"""

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parent
LOX = BENCH.parents[3] / "target" / "release" / "examples" / "lox"
PROGRAMS = [
    "fib",
    "method_call",
    "binary_trees",
    "properties",
    "instantiation",
    "string_equality",
    "zoo",
    "churn",
]


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


# Runs the program that is its argument and prints its collector's share.
PYTHON_SHARE = """
import gc, pathlib, sys, time

paused = began = 0

def note(phase, info):
    global paused, began
    if phase == "start":
        began = time.perf_counter()
    else:
        paused += time.perf_counter() - began

program = compile(pathlib.Path(sys.argv[1]).read_text(), sys.argv[1], "exec")
gc.callbacks.append(note)
start = time.perf_counter()
exec(program, {"__name__": "__main__"})
print(f"({100 * paused / (time.perf_counter() - start)} %)", file=sys.stderr)
"""


def seconds(command):
    before = processor_time()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return processor_time() - before


def collector_share(command):
    """The part of the run time that collections took, the smallest of three."""
    shares = []
    for _ in range(3):
        result = subprocess.run(command, check=True, capture_output=True, text=True)
        shares.append(float(re.search(r"\(([\d.]+) %\)", result.stderr)[1]))
    return f"{min(shares):.1f} %"


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    print(f"| program | Lox | its collector | {python} | its collector | ratio |")
    print("|---|---|---|---|---|---|")
    for program in PROGRAMS:
        script, other_script = BENCH / f"{program}.lox", BENCH / f"{program}.py"
        commands = {"lox": [LOX, script]}
        if os.path.exists(other_script):
            commands["python"] = [sys.executable, other_script]
        best = dict.fromkeys(commands, float("inf"))
        for _ in range(rounds):
            for name, command in commands.items():
                best[name] = min(best[name], seconds(command))
        lox, other = best["lox"], best.get("python")
        cells = [program, f"{lox * 1000:.0f} ms", collector_share([LOX, "--gc-stats", script])]
        if other:
            share = collector_share([sys.executable, "-c", PYTHON_SHARE, other_script])
            cells += [f"{other * 1000:.0f} ms", share, f"{lox / other:.2f}"]
        else:
            cells += [""] * 3
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
