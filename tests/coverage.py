#!/usr/bin/python3
"""What the tests and the corpora reach of parser/. Called by make coverage, which has built everything in build/cov and
build/states.

Of the hand-written C: lines, branches and MC/DC. Counted are the .c and .h files, and in the .rl files what is not the
machine's own: actions and functions. An action is written into the machine once for each transition that has it; it counts as
reached where any of these is. Of the machines that Ragel makes: states and transitions (as Ragel lists them: a state and octets
in a row that do the same), by the words that tests/proof/judge.py makes from the grammar and the ABNF alone.

What is not reached fails, unless it is listed in tests/coverage.txt. So does what is listed there and is reached, or is not
there any more. The last line is "N passed, N failed".
"""
import fnmatch
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(ROOT, "fuzz"))
import states

PYTHON = "/usr/bin/python3"
RAW, STATES = "build/cov/raw", "build/cov/states"
INSTRUMENT = ["-fprofile-instr-generate", "-fcoverage-mapping", "-fcoverage-mcdc"]
JUDGE = ["/usr/bin/pypy3", "tests/proof/judge.py", "some", "build/cov/judge", "build/states/judge"]


def programs():
    """Longest first."""
    vectors = sorted(f for f in glob.glob("tests/vectors/*.md") if not f.endswith("README.md"))
    yield ["exhaustive_lines", "cuts"]
    yield ["exhaustive_data", "cuts"]
    yield ["expected", "20000", *vectors]
    yield ["write", *vectors]
    for what in ("stuff", "scan", "path", "plain", "reply", "encoded"):
        yield ["exhaustive_" + what, "short"]
    yield ["vectors", *vectors]
    for name in sorted(glob.glob("tests/unit*.c")):
        yield [os.path.basename(name)[:-2]]
    for folder in sorted(glob.glob("corpus/*/seed")):
        target = folder.split("/")[1]
        yield ["replay_" + target, *sorted(glob.glob("corpus/%s/*/*" % target))]


def run(argv):
    environment = dict(os.environ, LLVM_PROFILE_FILE=RAW + "/%p.profraw", STATES=STATES)
    begin = time.monotonic()
    done = subprocess.run(argv, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, timeout=900, errors="replace")
    if done.returncode != 0:
        print("\n".join(done.stdout.splitlines()[-5:]))
        print("FAILED: %s: exit status %d" % (" ".join(argv)[:80], done.returncode))
    print("%-40s %6.1f s" % (" ".join(argv)[:40], time.monotonic() - begin), flush=True)
    return done.returncode == 0


def run_all():
    shutil.rmtree(RAW, ignore_errors=True)
    os.makedirs(RAW)
    open(STATES, "w", encoding="ascii").close()
    commands = [JUDGE] + [["build/cov/" + p[0], *p[1:]] for p in programs()]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(run, commands))


# ---- The hand-written C ----

CODE, BRANCH, MCDC_BRANCH = 0, 4, 6  # kinds of regions


def export():
    """The functions, with their regions."""
    subprocess.run(["llvm-profdata-19", "merge", "-sparse", "-o", "build/cov/all.profdata", *glob.glob(RAW + "/*.profraw")],
                   check=True)
    binaries = ["build/cov/judge"] + ["build/cov/" + p[0] for p in programs()]
    objects = [binaries[0]] + ["-object=" + b for b in binaries[1:]]
    text = subprocess.run(["llvm-cov-19", "export", "-instr-profile=build/cov/all.profdata", *objects],
                          check=True, stdout=subprocess.PIPE).stdout
    return json.loads(text)["data"][0]["functions"]


class Origin:
    """Where each line of a compiled file was written: (file, line), or None where ragel made it."""

    def __init__(self, name):
        self.lines, self.text = {}, open(name, encoding="latin-1").read().splitlines()
        here, line, depth = name, 0, None
        for number, text in enumerate(self.text, 1):
            found = re.match(r'#line (\d+) "(.*)"', text)
            if found:
                here, line, depth = os.path.normpath(found.group(2)), int(found.group(1)) - 1, None
                continue
            line += 1
            if depth is None:
                depth = 0 if text.startswith("\t{") and here != name else -1
            if depth >= 0:  # an action: its braces, and what ragel puts behind them is not
                depth += text.count("{") - text.count("}")
            written = os.path.exists(here) and here.startswith("parser/")
            self.lines[number] = (here, line) if written else None
            if depth == 0:
                here = "build"

    def __getitem__(self, number):
        return self.lines.get(number)

    def code(self, region):
        """The text from (line, column) to (line, column), in one line."""
        first, left, last, right = region[:4]
        lines = self.text[first - 1:last]
        lines[-1] = lines[-1][:right - 1]
        lines[0] = lines[0][left - 1:]
        return " ".join(" ".join(lines).split())


def line_counts(regions, origin):
    """Line number to executions: of the innermost region at its first octet, or of one that begins in it."""
    counts = {}
    regions = sorted((r for r in regions if r[7] == CODE and r[5] == 0), key=lambda r: (r[0], r[1], -r[2], -r[3]))
    begun = defaultdict(int)
    for region in regions:
        begun[region[0]] = max(begun[region[0]], region[4])
    around, index = [], 0
    for number in range(regions[0][0], min(max(r[2] for r in regions), len(origin.text)) + 1):
        text = origin.text[number - 1]
        here = (number, len(text) - len(text.lstrip()) + 1)
        while index < len(regions) and (regions[index][0], regions[index][1]) <= here:
            around.append(regions[index])
            index += 1
        around = [r for r in around if here < (r[2], r[3])]
        if origin[number] and text.strip(" \t{}") and around:
            counts[number] = max(begun[number], around[-1][4])
    return counts


class Table:
    """What there is to reach: (file, function, kind, place, code) to whether it is reached."""

    def __init__(self):
        self.reached = {}

    def note(self, function, kind, place, column, code, reached):
        key = (place[0], function, kind, (place[1], column), code)
        self.reached[key] = self.reached.get(key, False) or reached

    def rows(self):
        """(file, function, kind, code), line, whether it is reached. What is there again in its function is told by a number."""
        seen = defaultdict(int)
        for key in sorted(self.reached):
            file, function, kind, place, code = key
            name = (file, function, kind, code)
            seen[name] += 1
            yield (*name[:3], code if seen[name] == 1 else "%s #%d" % (code, seen[name])), place[0], self.reached[key]


SOURCE = {}


def written(place):
    """The line as it stands in its file: ragel writes numbers of states into actions."""
    if place[0] not in SOURCE:
        SOURCE[place[0]] = open(place[0], encoding="utf-8").read().splitlines()
    return SOURCE[place[0]][place[1] - 1].strip()


def note_function(table, name, function, origin):
    for number, count in line_counts(function["regions"], origin).items():
        table.note(name, "line", origin[number], 0, written(origin[number]), count > 0)
    branches = [b for b in function["branches"] if b[6] == 0 and b[8] in (BRANCH, MCDC_BRANCH) and origin[b[0]]]
    for branch in branches:
        for side, count in (("true", branch[4]), ("false", branch[5])):
            table.note(name, side, origin[branch[0]], branch[1], origin.code(branch), count > 0)
    for record in function.get("mcdc_records", []):
        if not origin[record[0]]:
            continue
        inner = sorted(b for b in branches if b[8] == MCDC_BRANCH and record[:2] <= b[:2] and b[2:4] <= record[2:4])
        if len(inner) != len(record[-1]):  # a condition out of a macro has its branch there
            inner = [record[:2] + [record[2], record[3]]] * len(record[-1])
        for number, (branch, covered) in enumerate(zip(inner, record[-1])):
            table.note(name, "mcdc", origin[branch[0]], branch[1] + number, origin.code(branch), covered)


def collect(functions):
    table, origins = Table(), {}
    for function in functions:
        file = os.path.relpath(function["filenames"][0])
        if not file.startswith(("parser/", "build/gen/")):
            continue
        if file not in origins:
            origins[file] = Origin(file)
        note_function(table, function["name"].split(":")[-1], function, origins[file])
    seen = {key[0] for key in table.reached}
    for file in sorted(glob.glob("parser/*.c") + glob.glob("parser/*.rl")):
        table.note("", "file", (file, 0), 0, "", file in seen)
    return table


def untold():
    """Conditions of which clang says that it cannot tell MC/DC: a decision within another."""
    for file in sorted(glob.glob("parser/*.c") + glob.glob("build/gen/*.c")):
        text = subprocess.run(["clang-19", "-std=c11", "-Iparser", "-w", "-O0", *INSTRUMENT, "-S", "-emit-llvm", "-o", "/dev/null",
                               file], check=True, stderr=subprocess.PIPE, text=True).stderr
        yield from re.findall(r"^(.*): warning: unsupported MC/DC", text, re.M)


# ---- The machines ----

def collect_machines(table):
    """Each machine's states and transitions; tells how many there are."""
    steps = states.steps_of(STATES)
    for name, machine in sorted(states.machines().items()):
        mine, words = steps.get(name, set()), short_words(machine)
        counts = defaultdict(list)
        reached = {s for state, octet in mine for s in (state, machine.trans[state][octet][0])}
        for state in words:
            counts["states"].append(state in reached)
            table.note("", "state", (name, state), 0, words[state], counts["states"][-1])
            for first, last in machine.runs(state):
                counts["transitions"].append(any((state, octet) in mine for octet in range(first, last + 1)))
                code = "%s %r" % (words[state], bytes([first, last] if last != first else [first]))
                table.note("", "transition", (name, state), first, code, counts["transitions"][-1])
        print("%s: %s" % (name, ", ".join("%s %d of %d" % (k, sum(c), len(c)) for k, c in counts.items())))


def short_words(machine):
    """State to the entry and a word that lead there. Where a machine has entries it is not run from its start."""
    words = {}
    for entry in [e for e in machine.entries if machine.trans[machine.entries[e]]]:
        for state, word in machine.whole(entry).shortest_words().items():
            words.setdefault(state, "%s %r" % (entry, word))
    return words


# ---- The exceptions ----

def exceptions():
    """(file, function, kind, code), of which * stands for any text."""
    rows = []
    for text in open("tests/coverage.txt", encoding="utf-8"):
        if text.strip() and not text.startswith("#"):
            row, why = text.rsplit(" | ", 1)
            assert why.strip(), text
            rows.append(tuple(field.strip() for field in row.split(" | ", 3)))
    return rows


def excepts(row, name):
    return all(fnmatch.fnmatchcase(field, pattern.replace("[", "[[]").replace("?", "[?]")) for field, pattern in zip(name, row))


def judge(table):
    """(passed, failed)"""
    allowed, used = exceptions(), set()
    there, missed, failed = defaultdict(int), defaultdict(int), 0
    for name, line, reached in table.rows():
        there[name[2]] += 1
        if reached:
            continue
        missed[name[2]] += 1
        rows = [row for row in allowed if excepts(row, name)]
        used.update(rows)
        if not rows:
            failed += 1
            if failed <= 500:
                print("NOT REACHED: %s | %s | %s | %s (line %d)" % (*name, line))
    for kind, count in there.items():
        print("%-12s %6d of %6d" % (kind, count - missed[kind], count))
    for row in allowed:
        if row not in used:
            failed += 1
            print("FAILED: an exception that is none: " + " | ".join(row))
    for place in untold():
        failed += 1
        print("FAILED: %s: clang cannot tell MC/DC of a decision within a decision" % place)
    return sum(there.values()) - failed, failed


def main():
    begin = time.monotonic()
    ran = [True] if sys.argv[1:] == ["again"] else run_all()
    table = collect(export())
    collect_machines(table)
    passed, failed = judge(table)
    print("%.0f s" % (time.monotonic() - begin))
    print("%d passed, %d failed" % (passed + sum(ran), failed + len(ran) - sum(ran)))
    return failed != 0 or not all(ran)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
