"""Runs the benchmark programs in Lox and, where there is one, in Python.

Usage: cargo build --release --example lox
       python3 examples/lox/scripts/bench/side_by_side.py [rounds]

The runs take turns, and the shortest time of each counts: neighbours on the
machine only ever make a run longer. Times are processor time of the whole
process, start and end included. The last column is what the collector reports.
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


def seconds(command):
    before = processor_time()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return processor_time() - before


def collector_share(program):
    """The part of the run time that collections took, the smallest of three."""
    shares = []
    for _ in range(3):
        command = [LOX, "--gc-stats", BENCH / f"{program}.lox"]
        result = subprocess.run(command, check=True, capture_output=True, text=True)
        shares.append(float(re.search(r"\(([\d.]+) %\)", result.stderr)[1]))
    return min(shares)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    print(f"| program | Lox | {python} | ratio | collector |")
    print("|---|---|---|---|---|")
    for program in PROGRAMS:
        commands = {"lox": [LOX, BENCH / f"{program}.lox"]}
        if os.path.exists(BENCH / f"{program}.py"):
            commands["python"] = [sys.executable, BENCH / f"{program}.py"]
        best = dict.fromkeys(commands, float("inf"))
        for _ in range(rounds):
            for name, command in commands.items():
                best[name] = min(best[name], seconds(command))
        lox, other = best["lox"], best.get("python")
        cells = [program, f"{lox * 1000:.0f} ms"]
        cells += [f"{other * 1000:.0f} ms", f"{lox / other:.2f}"] if other else ["", ""]
        cells.append(f"{collector_share(program):.1f} %")
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
