"""Mutants of the C of parser/ (tests/mutate.py), each run against the tests that reach it, the quick ones first.

The first run of each test says which mutants it reaches, and how long it takes. A mutant is killed by the first test that fails,
crashes, or takes several times as long. What lives on is tried again with AddressSanitizer and UndefinedBehaviorSanitizer,
since a test may only have read what it should not.

tests/mutants.txt holds those that no test can tell, each in five lines: file, function, the line before and after, why. One that
is killed, or not there any more, fails too; so does a share of them over EQUIVALENT of the sample, and one killed below KILLED.
"""
import glob
import json
import math
import os
import resource
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from check import ROOT, check

PYTHON = "/usr/bin/python3"
KILLED, EQUIVALENT = 0.95, 0.03
MOST = 1 << 16  # mutants, as in tests/mutant.c
TABLE, REPORT, LIVING = "build/mutants/table.json", "build/mutants/c.txt", "tests/mutants.txt"
KNOWN = "build/mutants/known.json"
VECTORS = sorted(f for f in glob.glob(ROOT + "/tests/vectors/*.md") if not f.endswith("README.md"))
HOSTILE = sorted(glob.glob(ROOT + "/corpus/hostile/*.jsonl"))
UNIT = sorted(os.path.basename(f)[:-2] for f in glob.glob(ROOT + "/tests/unit*.c"))

# With sanitizers these would take minutes, and what they read is in blocks of exactly its size elsewhere as well.
SLOW = ("exhaustive_path", "exhaustive_lines", "exhaustive_data", "exhaustive_stuff", "exhaustive_encoded", "exhaustive_plain",
        "exhaustive_reply", "exhaustive_scan", "reference", "expected", "command", "write", "vectors lengths.md",
        "suite cpu.jsonl", "unit_survival")


def tests():
    """(name, program, arguments); @ is where the flavour was built."""
    for name in UNIT:
        yield name, ["@/" + name]
    for file in VECTORS:
        yield "vectors " + os.path.basename(file), ["@/vectors", file]
    for file in HOSTILE:
        yield "suite " + os.path.basename(file), ["@/smtpwire", "suite", file]
    yield "command", [PYTHON, "tests/command.py", "@/smtpwire"]
    yield "exhaustive_scan", ["@/exhaustive_scan", "short"]
    yield "exhaustive_stuff", ["@/exhaustive_stuff", "short"]
    yield "exhaustive_path", ["@/exhaustive_path", "short"]
    yield "exhaustive_encoded", ["@/exhaustive_encoded", "short"]
    yield "exhaustive_plain", ["@/exhaustive_plain", "short"]
    yield "exhaustive_reply", ["@/exhaustive_reply", "short"]
    yield "exhaustive_lines", ["@/exhaustive_lines", "short"]
    yield "exhaustive_data", ["@/exhaustive_data", "short"]
    yield "write", ["@/write", *VECTORS]
    yield "reference", ["@/reference", "-n", "20000", *VECTORS]
    yield "expected", ["@/expected", "1000", *VECTORS]


class Runner:
    """The tests of one flavour, and what a first run says of each: its time, and the mutants that it reaches."""

    def __init__(self, flavour, count, memory):
        self.flavour, self.count, self.memory = flavour, count, memory
        wanted = [t for t in tests() if memory or t[0] not in SLOW]
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            first = list(pool.map(self.first, wanted))
        self.tests = sorted(first, key=lambda t: t[2] * len(t[3]))  # what reaches little was made for it

    def start(self, argv, seconds, **environment):
        """(whether it succeeds, seconds of the processor); it is given no more of those than it is allowed."""
        def limits():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if self.memory:
                resource.setrlimit(resource.RLIMIT_AS, (self.memory, self.memory))

        argv = [argument.replace("@/", "%s/build/%s/" % (ROOT, self.flavour)) for argument in argv]
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
                                 env={**os.environ, **environment}, preexec_fn=limits)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        return status == 0, usage.ru_utime + usage.ru_stime

    def first(self, test):
        name, argv = test
        with tempfile.NamedTemporaryFile() as reached:
            good, took = self.start(argv, 600, SMTPWIRE_MUTANT_REACHED=reached.name)
            octets = reached.read()
        check("%s without a mutant, %s" % (name, self.flavour), good and len(octets) > 0)
        if not good:  # it would tell every mutant
            octets = b""
        runs = [octets[at:at + MOST] for at in range(0, len(octets), MOST)]  # of each process one
        return name, argv, took, {i for i in range(self.count) if any(run[i] for run in runs)}

    def judge(self, number, first=None):
        """The first test that tells the mutant, or None; the one that told it in the run before is asked first."""
        for name, argv, took, reached in sorted(self.tests, key=lambda t: t[0] != first):
            if number in reached and not self.start(argv, math.ceil(3 * took) + 1, SMTPWIRE_MUTANT=str(number))[0]:
                return name
        return None


def living():
    """The mutants that no test can tell: name to reason."""
    rows = {}
    for block in open(os.path.join(ROOT, LIVING), encoding="utf-8").read().split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if not line.startswith("#")]
        if lines:
            *name, why = lines
            rows[tuple(name)] = why
    return rows


def name_of(mutant):
    return mutant["file"], mutant["function"], mutant["before"], mutant["after"]


def judge_all(runner, numbers, before, say):
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for number, fate in zip(numbers, pool.map(runner.judge, numbers, before)):
            say(number, fate)


def run(names):
    """Tries all, or those whose file has one of the names in it."""
    table = json.load(open(os.path.join(ROOT, TABLE), encoding="utf-8"))
    mutants, rows, fates = table["mutants"], living(), {}
    known = json.load(open(os.path.join(ROOT, KNOWN), encoding="utf-8")) if os.path.exists(os.path.join(ROOT, KNOWN)) else {}
    numbers = [n for n, m in enumerate(mutants) if not names or any(name in m["file"] for name in names)]

    def say(number, fate):
        m = mutants[number]
        fates[number] = fate or fates.get(number)
        known[" | ".join(name_of(m))] = fates[number]
        print("%-9s %-28s %s:%d %s: %s" % ("killed by" if fate else "lives on", fate or "", m["file"], m["line"], m["function"],
                                           m["after"]), flush=True)

    begin = time.monotonic()
    plain = Runner("mutant", len(mutants), 4 << 30)
    print("reached: %d of %d, in %.0f s" % (len(set().union(*(t[3] for t in plain.tests))), len(mutants), time.monotonic() - begin))
    judge_all(plain, numbers, [known.get(" | ".join(name_of(mutants[n]))) for n in numbers], say)
    rest = [n for n in numbers if fates[n] is None]
    print("with sanitizers: %d, after %.0f s" % (len(rest), time.monotonic() - begin), flush=True)
    if rest:
        judge_all(Runner("mutant_asan", len(mutants), 0), rest, [known.get(" | ".join(name_of(mutants[n]))) for n in rest], say)
    with open(os.path.join(ROOT, KNOWN), "w", encoding="utf-8") as out:
        json.dump(known, out, indent=0)
    report(table, numbers, fates, rows, not names)
    print("%.0f s" % (time.monotonic() - begin))


def report(table, numbers, fates, rows, whole):
    mutants = table["mutants"]
    equivalent = [n for n in numbers if fates[n] is None and name_of(mutants[n]) in rows]
    survived = [n for n in numbers if fates[n] is None and n not in equivalent]
    with open(os.path.join(ROOT, REPORT), "w", encoding="utf-8") as out:
        for n in numbers:
            m = mutants[n]
            fate = "killed by " + fates[n] if fates[n] else "equivalent" if n in equivalent else "survived"
            out.write("%s: line %d\n%s\n%s\n\n" % (fate, m["line"], "\n".join(name_of(m)), rows.get(name_of(m), "")))
    for n in survived:
        m = mutants[n]
        check("%s:%d survived\n%s" % (m["file"], m["line"], "\n".join(name_of(m))), False)
    killed = len(numbers) - len(equivalent) - len(survived)
    for name in set(rows) - {name_of(mutants[n]) for n in equivalent} if whole else ():
        check("a mutant that no test can tell, but is killed, or not there any more:\n%s" % "\n".join(name), False)
    print("C: %d mutants, a sample of %d: %d killed by tests (%.1f %%), %d that no test can tell (%.1f %%), %d survived" % (
        len(numbers), table["of"], killed, 100 * killed / len(numbers), len(equivalent), 100 * len(equivalent) / len(numbers),
        len(survived)))
    if whole:
        check("killed: at least %.0f %%" % (100 * KILLED), killed >= KILLED * len(numbers))
        check("that no test can tell: at most %.0f %%" % (100 * EQUIVALENT), len(equivalent) <= EQUIVALENT * len(numbers))
