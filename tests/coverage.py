#!/usr/bin/python3
"""What the tests and the corpora reach of the hand-written C in parser/: lines, branches and MC/DC. Called by make coverage,
which has built everything in build/cov.

Counted are the .c files, and in the .rl files what is not the machine's own: actions and functions. An action is written
into the machine once for each transition that has it; it counts as reached where any of these is. The machine's own code is
shown by its states and transitions (tests/proof/judge.py), not by lines.

Exceptions are listed in tests/coverage.txt, one a line: file, what it is (line, branch or mcdc), the line's text, why it
cannot be reached. One that is reached, or is not there any more, fails too. The last line is "N passed, N failed".
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

PYTHON = "/usr/bin/python3"
RAW = "build/cov/raw"
VECTORS = sorted(f for f in glob.glob("tests/vectors/*.md") if not f.endswith("README.md"))
TARGETS = sorted(os.path.basename(d) for d in glob.glob("corpus/*") if os.path.isdir(d + "/seed"))
PROGRAMS = (["vectors", *VECTORS], ["write", *VECTORS], ["unit"], ["unit_capabilities"], ["unit_expected"], ["unit_survival"],
            ["exhaustive_stuff"], ["exhaustive_data", "cuts"], ["exhaustive_lines", "cuts"])


def run(argv):
    environment = dict(os.environ, LLVM_PROFILE_FILE=RAW + "/%p.profraw")
    done = subprocess.run(argv, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, timeout=900, errors="replace")
    if done.returncode != 0:
        print("\n".join(done.stdout.splitlines()[-5:]))
        print("FAILED: %s: exit status %d" % (" ".join(argv)[:80], done.returncode))
    return done.returncode == 0


def run_all():
    shutil.rmtree(RAW, ignore_errors=True)
    os.makedirs(RAW)
    commands = [["build/cov/" + p[0], *p[1:]] for p in reversed(PROGRAMS)]
    commands.insert(0, [PYTHON, "tests/proof/judge.py", "build/cov/judge"])
    commands += [["build/cov/replay_" + t, *sorted(glob.glob("corpus/%s/*/*" % t))] for t in TARGETS]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(run, commands))


def export():
    subprocess.run(["llvm-profdata-19", "merge", "-sparse", "-o", "build/cov/all.profdata", *glob.glob(RAW + "/*.profraw")],
                   check=True)
    programs = ["build/cov/" + p[0] for p in PROGRAMS] + ["build/cov/judge"] + ["build/cov/replay_" + t for t in TARGETS]
    objects = [programs[0]] + ["-object=" + p for p in programs[1:]]
    text = subprocess.run(["llvm-cov-19", "export", "-instr-profile=build/cov/all.profdata", *objects],
                          check=True, stdout=subprocess.PIPE).stdout
    return json.loads(text)["data"][0]


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


CODE = 0  # the kind of a region that is code, and no gap between two


def line_counts(functions, origin):
    """Line number to executions: of the innermost region at its first octet, or of one that begins in it."""
    counts = {}
    for regions in functions:
        regions = sorted((r for r in regions if r[7] == CODE and r[5] == 0), key=lambda r: (r[0], r[1], -r[2], -r[3]))
        begun = defaultdict(int)
        for region in regions:
            begun[region[0]] = max(begun[region[0]], region[4])
        first, last = regions[0][0], max(r[2] for r in regions)
        around, index = [], 0
        for number in range(first, min(last, len(origin.text)) + 1):
            text = origin.text[number - 1]
            here = (number, len(text) - len(text.lstrip()) + 1)
            while index < len(regions) and (regions[index][0], regions[index][1]) <= here:
                around.append(regions[index])
                index += 1
            around = [r for r in around if here < (r[2], r[3])]
            if origin[number] and text.strip(" \t{}") and around:
                counts[number] = max(counts.get(number, 0), begun[number], around[-1][4])
    return counts


def collect(data):
    """For lines, branches and conditions: place in the hand-written file to whether it is covered."""
    lines, branches, mcdc = {}, {}, {}
    functions = defaultdict(list)
    for function in data["functions"]:
        functions[function["filenames"][0]].append(function["regions"])
    for file in data["files"]:
        name = os.path.relpath(file["filename"])
        if not (name.startswith("parser/") and name.endswith(".c") or name.startswith("build/gen/")):
            continue
        origin = Origin(name)
        for number, count in line_counts(functions[file["filename"]], origin).items():
            place = origin[number]
            if place:
                lines[place] = lines.get(place, False) or count > 0
        for branch in file["branches"]:
            place = origin[branch[0]]
            if not place or branch[8] != 4:
                continue
            for side in (0, 1):
                key = (*place, branch[1] if name.startswith("parser/") else 0, branch[3], bool(side))
                branches[key] = branches.get(key, False) or branch[4 + side] > 0
        for record in file.get("mcdc_records", []):
            place = origin[record[0]]
            if place:
                for index, covered in enumerate(record[-1]):
                    key = (*place, record[1], index)
                    mcdc[key] = mcdc.get(key, False) or covered
    return lines, branches, mcdc


def exceptions():
    rows = {}
    for text in open("tests/coverage.txt", encoding="utf-8"):
        if text.strip() and not text.startswith("#"):
            file, kind, code, why = [field.strip() for field in text.split("|")]
            rows[(file, kind, code)] = why
    return rows


SOURCE = {}


def code_of(place):
    if place[0] not in SOURCE:
        SOURCE[place[0]] = open(place[0], encoding="utf-8").read().splitlines()
    return SOURCE[place[0]][place[1] - 1].strip()


def main():
    ran = run_all()
    passed, failed = sum(ran), len(ran) - sum(ran)
    allowed, used = exceptions(), set()
    for kind, table in zip(("line", "branch", "mcdc"), collect(export())):
        missed = sorted(key for key, covered in table.items() if not covered)
        print("%-7s %5d of %5d of the hand-written C" % (kind, len(table) - len(missed), len(table)))
        passed += len(table) - len(missed)
        for key in missed:
            row = (key[0], kind, code_of(key))
            if row in allowed:
                used.add(row)
                passed += 1
                continue
            failed += 1
            side = {"branch": " %s" % ("never false" if key[-1] else "never true"), "mcdc": " condition %d" % (key[-1] + 1),
                    "line": ""}[kind]
            print("NOT REACHED: %s:%d %s%s: %s" % (key[0], key[1], kind, side, row[2]))
    for row in sorted(set(allowed) - used):
        failed += 1
        print("FAILED: an exception that is none: %s | %s | %s" % row)
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    sys.exit(main())
