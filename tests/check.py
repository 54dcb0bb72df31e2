"""What the tests written in Python share: counting checks, and where things are."""
import os
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
passed = failed = 0


def check(claim, good, detail=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAILED: %s%s" % (claim, "\n" + str(detail) if detail != "" else ""))


def equal(claim, got, wanted):
    check(claim, got == wanted, "  got    %r\n  wanted %r" % (got, wanted))


def run(argv, stdin=b"", **options):
    """Runs a program from the root; returns what subprocess.run does, with octets."""
    return subprocess.run(argv, input=stdin, capture_output=True, cwd=ROOT, timeout=300, check=False, **options)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def done():
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(failed != 0)
