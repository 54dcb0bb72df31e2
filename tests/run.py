#!/usr/bin/python3
"""Runs all tests, as many at a time as there are cores. Called by make test, which has built what they need.

Each test prints "N passed, N failed" as its last line (cmocka: its own); one that does not has failed. A failed test's output
is shown whole. The last line counts them all.
"""
import glob
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

PYTHON = "/usr/bin/python3"
PYPY = "/usr/bin/pypy3"  # for what computes: a third of the time
VECTORS = sorted(f for f in glob.glob("tests/vectors/*.md") if not f.endswith("README.md"))
TARGETS = sorted(os.path.basename(d) for d in glob.glob("corpus/*") if os.path.isdir(d + "/seed"))
UNITS = sorted(os.path.basename(f)[:-2] for f in glob.glob("tests/unit*.c"))
HOSTILE = sorted(glob.glob("corpus/hostile/*.jsonl"))
LIMIT = 900  # seconds for one test


def tests():
    """Longest first, so that the cores finish together."""
    yield "proof: planted errors are found", [PYTHON, "tests/proof/planted.py"]
    # The library is -G2 but for a machine, which "machines" asks about (TABLES in the Makefile).
    for part in ("leniencies", "values", "commands", "machines"):
        yield "proof: compiled %s, -G2 at every cut, -T0, -F1" % part, [PYPY, "tests/proof/judge.py", part] + [
            "build/%s/judge" % flavour for flavour in ("gcc", "T0", "F1") + ("G2",) * (part == "machines")]
    yield "proof: compiled parsers, asan, lines at one cut", [PYPY, "tests/proof/judge.py", "some", "build/asan/judge"]
    yield "proof: leniencies take what they say", [PYPY, "tests/proof/leniency.py"]
    for flavour in ("gcc", "clang14"):
        yield "exhaustive data, %s -O2, every composition" % flavour, ["build/%s/exhaustive_data" % flavour, "all"]
    for flavour in ("asan", "msan"):
        yield "exhaustive data, %s, every cut" % flavour, ["build/%s/exhaustive_data" % flavour, "cuts"]
    for flavour in ("gcc", "clang14"):
        yield "exhaustive lines, %s -O2, every composition" % flavour, ["build/%s/exhaustive_lines" % flavour, "all"]
    for flavour in ("asan", "msan"):
        yield "exhaustive lines, %s, every cut" % flavour, ["build/%s/exhaustive_lines" % flavour, "cuts"]
    for flavour in ("gcc", "asan", "clang14", "swar"):
        short = ["short"] * (flavour == "asan")
        yield "exhaustive paths, %s" % flavour, ["build/%s/exhaustive_path" % flavour] + short
        yield "exhaustive plain lines, %s" % flavour, ["build/%s/exhaustive_plain" % flavour] + short
    for flavour in ("asan", "gcc"):
        yield "exhaustive encoded addresses, %s" % flavour, ["build/%s/exhaustive_encoded" % flavour]
    for what in ("path", "plain"):
        yield "exhaustive %s, arm64" % what, ["qemu-aarch64", "build/arm64/exhaustive_" + what, "short"]
    yield "exhaustive scan, arm64", ["qemu-aarch64", "build/arm64/exhaustive_scan", "short"]
    for flavour in ("asan", "gcc", "clang14", "m32", "none", "swar"):
        yield "exhaustive scan, %s" % flavour, ["build/%s/exhaustive_scan" % flavour] + ["short"] * (flavour == "asan")
    yield "exhaustive replies, arm64", ["qemu-aarch64", "build/arm64/exhaustive_reply", "short"]
    for flavour in ("asan", "gcc", "clang14", "m32", "none", "swar"):
        yield "exhaustive replies, %s" % flavour, ["build/%s/exhaustive_reply" % flavour] + ["short"] * (flavour == "asan")
    yield "vectors, arm64", ["qemu-aarch64", "build/arm64/vectors"] + VECTORS
    for flavour in ("none", "swar"):
        yield "exhaustive data, %s, every cut" % flavour, ["build/%s/exhaustive_data" % flavour, "cuts"]
    for flavour in ("msan", "asan", "gcc", "clang14", "m32", "T0", "F1", "none", "swar"):
        yield "vectors, %s" % flavour, ["build/%s/vectors" % flavour] + VECTORS
    for flavour in ("T0", "F1"):
        yield "exhaustive data, %s, every cut" % flavour, ["build/%s/exhaustive_data" % flavour, "cuts"]
    for flavour in ("asan", "msan", "gcc", "clang14"):
        yield "dot-stuffing, %s" % flavour, ["build/%s/exhaustive_stuff" % flavour]
    for flavour in ("msan", "asan", "gcc", "clang14", "m32"):
        yield "writers, %s" % flavour, ["build/%s/write" % flavour] + VECTORS
    for flavour in ("gcc", "asan", "clang14", "m32"):
        for unit in UNITS:
            yield "%s, %s" % (unit.replace("_", ", "), flavour), ["build/%s/%s" % (flavour, unit)]
    for flavour in ("asan", "gcc", "m32"):
        yield "mutator, %s" % flavour, ["build/%s/mutator" % flavour, *TARGETS]
    for target in TARGETS:
        for flavour in ("asan", "msan", "m32"):
            yield "corpus of %s, %s" % (target, flavour), ["build/%s/replay_%s" % (flavour, target)] + sorted(
                glob.glob("corpus/%s/*/*" % target))
    for flavour in ("asan", "gcc", "m32"):
        yield "hostile suite, %s" % flavour, ["build/%s/smtpwire" % flavour, "suite"] + HOSTILE
        yield "hostile suite, %s, one octet at a time" % flavour, ["build/%s/smtpwire" % flavour, "suite", "--chunk", "1"] + [
            f for f in HOSTILE if flavour != "asan" or not f.endswith("/cpu.jsonl")]
    yield "hostile suite, its runner and its form", [PYTHON, "tests/suite.py"]
    for flavour in ("asan", "gcc"):
        yield "library against reference parser, %s" % flavour, ["build/%s/reference" % flavour] + VECTORS
    for flavour in ("msan", "asan", "gcc", "clang14", "m32"):
        yield "what was expected, %s" % flavour, ["build/%s/expected" % flavour, "100000"] + VECTORS
    yield "proof: grammar equals ABNF", [PYTHON, "tests/proof/prove.py"]
    yield "proof: spans open and close alternately", [PYTHON, "tests/proof/spans.py"]
    yield "proof: docs/rfc.md, every rule of the RFCs", [PYPY, "tests/proof/rfc.py", "check"]
    yield "campaign, killed and started again", [PYTHON, "tests/campaign.py"]
    yield "library", [PYTHON, "tests/library.py"]
    yield "command", [PYTHON, "tests/command.py"]
    yield "interoperation with real programs", [PYTHON, "tests/interop.py"]
    yield "names", [PYTHON, "tests/names.py"]
    yield "hashes of names", [PYTHON, "tests/hashes.py"]


def run(test):
    name, argv = test
    begin = time.monotonic()
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=LIMIT, errors="replace")
        output, status = done.stdout, done.returncode
    except (subprocess.TimeoutExpired, OSError) as error:
        output, status = str(error), 1
    passed, failed = counts(output)
    if failed == 0 and (status != 0 or passed == 0):
        failed = 1
    print("%-48s %8d passed %4d failed %6.1f s" % (name, passed, failed, time.monotonic() - begin), flush=True)
    if failed:
        print("    | " + "\n    | ".join(output.splitlines()[-60:]), flush=True)
    return passed, failed


def counts(output):
    found = re.findall(r"^(\d+) passed, (\d+) failed$", output, re.M)
    if found:
        return int(found[-1][0]), int(found[-1][1])
    passed = re.search(r"\[  PASSED  \] (\d+) test", output)
    failed = re.search(r"\[  FAILED  \] (\d+) test", output)
    return int(passed.group(1)) if passed else 0, int(failed.group(1)) if failed else 0


def main():
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    wanted = sys.argv[1:]
    chosen = [t for t in tests() if not wanted or any(w in t[0] for w in wanted)]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        results = list(pool.map(run, chosen))
    failed = sum(r[1] for r in results)
    print("%d passed, %d failed" % (sum(r[0] for r in results), failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
