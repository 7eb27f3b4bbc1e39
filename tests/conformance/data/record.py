#!/usr/bin/env python3
"""Records what CPython's collector answers, for the test `numbers`.

    python3 record.py

writes `programs.txt` and `schedules.txt` beside this file. Run it with any
CPython that has the three-generation collector (3.9 to 3.13); the answers are
the same. The random numbers that programs are made of are seeded, so that a
second run changes nothing.

A program is a list of operations, one a line, with CPython's answer behind the
arrow. Objects have numbers and four slots for references. While a program runs
only the program holds references to them, one for each object that it has not
dropped. The kinds of objects differ in what `__del__` does:

    plain    there is none
    noted    nothing, but like all others it is noted
    lazarus  stores the object among the survivors
    rescuer  stores what its first slot refers to among the survivors
    breaker  empties the object's slots
    maker    makes a new object that refers to itself, and drops it
"""

import gc
import pathlib
import random
import sys

SLOTS = 4
HERE = pathlib.Path(__file__).parent


class Object:
    __slots__ = ("number", "s0", "s1", "s2", "s3")

    def get(self, slot):
        return getattr(self, f"s{slot}", None)

    def set(self, slot, value):
        setattr(self, f"s{slot}", value)

    def clear(self):
        for slot in range(SLOTS):
            self.set(slot, None)


class Noted(Object):
    __slots__ = ()

    def __del__(self):
        finalized.append(self.number)


class Lazarus(Object):
    __slots__ = ()

    def __del__(self):
        finalized.append(self.number)
        survivors.append(self)


class Rescuer(Object):
    __slots__ = ()

    def __del__(self):
        finalized.append(self.number)
        if self.get(0) is not None:
            survivors.append(self.get(0))


class Breaker(Object):
    __slots__ = ()

    def __del__(self):
        finalized.append(self.number)
        self.clear()


class Maker(Object):
    __slots__ = ()

    def __del__(self):
        finalized.append(self.number)
        # The new object's number does not depend on the order of finalizers.
        made = Object()
        made.number = self.number + 1000
        made.set(0, made)


KINDS = {
    "plain": Object,
    "noted": Noted,
    "lazarus": Lazarus,
    "rescuer": Rescuer,
    "breaker": Breaker,
    "maker": Maker,
}

finalized = []
survivors = []
objects = {}


def numbers(found):
    return " ".join(str(number) for number in sorted(found)) or "none"


def new(number, kind):
    made = KINDS[kind]()
    made.number = number
    objects[number] = made
    return ""


def link(owner, slot, target):
    objects[owner].set(slot, objects[target])
    return ""


def unlink(owner, slot):
    objects[owner].set(slot, None)
    return ""


def take(owner, slot):
    target = objects[owner].get(slot)
    if target is None:
        return "none"
    objects[target.number] = target
    return str(target.number)


def drop(number):
    del objects[number]
    return ""


def collect(generation):
    found = gc.collect(generation)
    count = gc.get_count()
    return f"{found} counts {count[1]} {count[2]}"


def save(generation):
    gc.set_debug(gc.DEBUG_SAVEALL)
    found = gc.collect(generation)
    gc.set_debug(0)
    saved = [one.number for one in gc.garbage]
    return f"{found} garbage {numbers(saved)}"


def forget():
    gc.garbage.clear()
    return ""


def generations():
    where = []
    for generation in range(3):
        living = gc.get_objects(generation=generation)
        where.append([one.number for one in living if isinstance(one, Object)])
    return ", ".join(numbers(found) for found in where)


def refs(number):
    return str(sys.getrefcount(objects[number]) - 1)


def referents(number):
    found = gc.get_referents(objects[number])
    return numbers(one.number for one in found if isinstance(one, Object))


def referrers(number):
    found = gc.get_referrers(objects[number])
    return numbers(one.number for one in found if isinstance(one, Object))


def is_finalized(number):
    return str(gc.is_finalized(objects[number])).lower()


def freeze():
    gc.freeze()
    return ""


def unfreeze():
    gc.unfreeze()
    return ""


def bury():
    """Drops the survivors."""
    found = numbers(one.number for one in survivors)
    survivors.clear()
    return found


def step(out, operation, *arguments):
    answer = operation(*arguments)
    words = [operation.__name__, *(str(argument) for argument in arguments)]
    line = " ".join(words)
    if answer:
        line += f" -> {answer}"
    if finalized:
        line += f" finalized {numbers(finalized)}"
        finalized.clear()
    out.append(line)


def record_program(seed, out):
    rng = random.Random(seed)
    # Programs of plain objects, with frequent looks at the heap or with none.
    is_plain = seed % 3 == 0
    is_quiet = seed % 2 == 0
    out.append(f"program {seed} {'plain' if is_plain else 'mixed'}")
    made = 0
    is_frozen = False
    for _ in range(60):
        choice = rng.random()
        held = sorted(objects)
        if choice < 0.22 or not held:
            kind = "plain" if is_plain else rng.choice(list(KINDS))
            step(out, new, made, kind)
            made += 1
        elif choice < 0.50:
            step(out, link, rng.choice(held), rng.randrange(SLOTS), rng.choice(held))
        elif choice < 0.54:
            step(out, unlink, rng.choice(held), rng.randrange(SLOTS))
        elif choice < 0.60:
            step(out, take, rng.choice(held), rng.randrange(SLOTS))
        elif choice < 0.76:
            step(out, drop, rng.choice(held))
        elif choice < 0.90:
            step(out, collect, rng.choice([0, 0, 0, 1, 1, 2]))
        elif choice < 0.92:
            step(out, bury)
        elif choice < 0.93:
            step(out, save, rng.randrange(3))
            step(out, forget)
        elif choice < 0.95:
            step(out, unfreeze if is_frozen else freeze)
            is_frozen = not is_frozen
        elif not is_quiet:
            looks = [refs, referents, referrers]
            if not isinstance(objects[held[0]], tuple(KINDS.values())[1:]):
                step(out, generations)
            else:
                step(out, is_finalized, held[0])
            step(out, rng.choice(looks), rng.choice(held))
    step(out, generations)
    if is_frozen:
        step(out, unfreeze)
    for number in sorted(objects):
        step(out, drop, number)
    for generation in (0, 1, 2):
        step(out, collect, generation)
    # What resurrected objects and makers left.
    while survivors:
        step(out, bury)
        step(out, collect, 2)
    step(out, collect, 2)
    step(out, generations)


def named_programs(out):
    """Programs for what random ones may miss, each with a name."""

    def program(name, *steps):
        out.append(f"program {name} mixed")
        for operation, *arguments in steps:
            step(out, operation, *arguments)
        objects.clear()
        survivors.clear()
        gc.collect()
        gc.collect()
        finalized.clear()

    program(
        "old-and-young",
        # A cycle of an old and a young object is found by the full collection.
        (new, 0, "plain"), (collect, 0), (collect, 1), (generations,),
        (new, 1, "plain"), (link, 0, 0, 1), (link, 1, 0, 0), (drop, 0), (drop, 1),
        (collect, 0), (generations,), (collect, 1), (generations,), (collect, 2), (generations,),
    )
    program(
        "moves",
        (new, 0, "plain"), (generations,), (collect, 0), (generations,), (collect, 0),
        (generations,), (collect, 1), (generations,), (collect, 2), (generations,),
        (new, 1, "plain"), (collect, 2), (generations,), (new, 2, "plain"), (collect, 1),
        (generations,), (drop, 0), (drop, 1), (drop, 2), (generations,),
    )
    program(
        "resurrected-moves",
        # A resurrected object is in the generation after the one collected.
        (new, 0, "lazarus"), (link, 0, 0, 0), (drop, 0), (collect, 0), (generations,),
        (bury,), (collect, 0), (generations,), (collect, 1), (generations,),
        (new, 1, "lazarus"), (drop, 1), (generations,),
        (new, 2, "lazarus"), (collect, 2), (drop, 2), (generations,), (bury,), (generations,),
    )
    program(
        "breakers",
        # What dies by its count while finalizers run is not counted.
        (new, 0, "breaker"), (new, 1, "plain"), (new, 2, "plain"),
        (link, 0, 0, 1), (link, 1, 0, 2), (link, 2, 0, 0),
        (drop, 0), (drop, 1), (drop, 2), (collect, 2), (generations,),
        (new, 3, "breaker"), (new, 4, "plain"), (new, 5, "plain"),
        (link, 3, 0, 4), (link, 4, 0, 5), (link, 5, 0, 4), (link, 5, 1, 3),
        (drop, 3), (drop, 4), (drop, 5), (collect, 2), (generations,),
    )
    program(
        "partly-resurrected",
        (new, 0, "lazarus"), (new, 1, "plain"), (new, 2, "plain"), (new, 3, "plain"),
        (link, 0, 0, 1), (link, 1, 0, 0), (link, 2, 0, 0), (link, 2, 1, 3), (link, 3, 0, 2),
        (drop, 0), (drop, 1), (drop, 2), (drop, 3), (collect, 2), (generations,),
        (bury,), (collect, 2), (generations,),
    )
    program(
        "frozen",
        (new, 0, "plain"), (link, 0, 0, 0), (freeze,), (generations,), (drop, 0),
        (collect, 2), (generations,), (unfreeze,), (generations,), (collect, 1), (collect, 2),
        (generations,), (new, 1, "plain"), (freeze,), (drop, 1), (unfreeze,), (generations,),
    )
    program(
        "saved",
        (new, 0, "noted"), (new, 1, "plain"), (link, 0, 0, 1), (link, 1, 0, 0),
        (drop, 0), (drop, 1), (save, 0), (generations,), (forget,), (generations,),
        (collect, 0), (collect, 1), (generations,),
    )


class Bare:
    __slots__ = ("me",)


def record_schedule(thresholds, pattern, count, out):
    """Which collections start by themselves while objects are made."""
    made = 0
    kept = []
    kept.extend([None] * count)
    before = gc.get_stats()
    gc.set_threshold(*thresholds)
    gc.collect()
    gc.freeze()
    gc.collect()
    before = gc.get_stats()
    gc.collect(0)
    gc.enable()
    for made in range(count):
        one = Bare()
        if pattern == "keep":
            kept[made] = one
        elif pattern == "cycle":
            one.me = one
        elif pattern == "mixed":
            if made % 3 == 0:
                kept[made] = one
            else:
                one.me = one
        elif pattern == "churn":
            kept[made % 50] = one
    gc.disable()
    counts = gc.get_count()
    after = gc.get_stats()
    one = None
    collections = [new["collections"] - old["collections"] for new, old in zip(after, before)]
    collections[0] -= 1
    collected = [new["collected"] - old["collected"] for new, old in zip(after, before)]
    kept.clear()
    gc.unfreeze()
    gc.collect()
    thresholds = " ".join(str(threshold) for threshold in thresholds)
    out.append(
        f"{thresholds} {pattern} {count} -> collections {collections[0]} {collections[1]}"
        f" {collections[2]} collected {sum(collected)} counts {counts[0]} {counts[1]} {counts[2]}"
    )


def main():
    gc.disable()
    gc.collect()
    programs = []
    named_programs(programs)
    for seed in range(120):
        record_program(seed, programs)
        objects.clear()
        survivors.clear()
        gc.collect()
    schedules = []
    for thresholds in [(100, 10, 10), (700, 10, 10), (10, 2, 2), (1, 1, 1), (50, 0, 0), (0, 10, 10)]:
        for pattern in ["keep", "drop", "cycle", "mixed", "churn"]:
            for count in [99, 1000, 8000]:
                record_schedule(thresholds, pattern, count, schedules)
    HERE.joinpath("programs.txt").write_text("\n".join(programs) + "\n")
    HERE.joinpath("schedules.txt").write_text("\n".join(schedules) + "\n")


if __name__ == "__main__":
    main()
