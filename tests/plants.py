#!/usr/bin/python3
"""Planted faults: small realistic ones, each a patch to the parser, that show what the fuzz targets and their checks find.

usage: plants.py check [NAME...]   each patch applies; its trigger fails with it, and passes without it and with it where
                                   the check that finds it is left out (ORACLE_WITHOUT)
       plants.py run [NAME...]     fuzzes each for up to a minute and prints found after N s, or missed
       plants.py tests [NAME...]   asks the tests that need no fuzzing about each: what they find must be what it says

tests/plants/NAME.patch begins with lines "key: text", and then is a diff:

    what     the fault
    kind     whose it was: a CVE, or how programs that read SMTP get it wrong
    target   the fuzz target that finds it
    oracle   the check that does, as ORACLE_WITHOUT names it; oracle_block: AddressSanitizer, since blocks are of exactly
             the size that is said; or "asan" or "ubsan": they alone
    tests    what else finds it ("vectors"), or "none": only fuzzing does

tests/plants/NAME.trigger is an input of the target that shows the fault. "run" starts from the committed corpus without its
crash files; for those that only fuzzing finds from corpus/TARGET/seed alone, with three seeds of the random numbers.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from check import ROOT, check, done

WORK = ROOT + "/build/plants"
SOURCES = ["Makefile", "parser", "grammar", "fuzz", "cli", "tests", "examples", "corpus"]
KEYS = ("what", "kind", "target", "oracle", "tests")
SECONDS, SEEDS = 60, (1, 2, 3)
UNITS = ["unit", "unit_commands", "unit_replies", "unit_capabilities", "unit_survival"]
ENVIRONMENT = {"ASAN_OPTIONS": "quarantine_size_mb=8:detect_leaks=0:abort_on_error=1:symbolize=0",
               "UBSAN_OPTIONS": "symbolize=0"}


class Plant:
    def __init__(self, name):
        self.name = name
        self.patch, self.trigger = (ROOT + "/tests/plants/%s.%s" % (name, ext) for ext in ("patch", "trigger"))
        self.directory = WORK + "/" + name
        head = open(self.patch, encoding="utf-8").read().split("\ndiff --git", 1)[0]
        self.about = dict(re.findall(r"^(\w+): *((?:.*\n?)(?:  .*\n?)*)", head + "\n", re.M))
        self.about = {key: " ".join(text.split()) for key, text in self.about.items()}

    def __getattr__(self, key):
        if key in KEYS:
            return self.about.get(key, "")
        raise AttributeError(key)

    def prepare(self, flavours):
        """A copy of the tree with the fault in it. Compilers replace what they write, so what they have written before can
        be shared; ragel does not. Returns "", or why the patch does not apply."""
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory + "/build")
        for source in SOURCES:
            subprocess.run(["cp", "-a", ROOT + "/" + source, self.directory], check=True)
        for made in ("gen", "gen-T0", "T0", "gcc", *flavours):
            subprocess.run(["cp", "-al" if made in flavours else "-a", ROOT + "/build/" + made, self.directory + "/build"],
                           check=True)
        return run(["patch", "-p1", "-s", "-f", "-i", self.patch], self.directory)[1]

    def make(self, *wanted):
        return run(["make", "-s", "WERROR=-Werror", *wanted], self.directory, limit=600)

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)


def run(argv, directory=ROOT, limit=60, **environment):
    """Returns the status (124: it took too long) and what was printed."""
    try:
        result = subprocess.run(argv, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=limit, errors="replace", check=False,
                                env=dict(os.environ, **ENVIRONMENT, **environment))
        return result.returncode, result.stdout
    except subprocess.TimeoutExpired:
        return 124, "more than %d s" % limit


def in_parallel(function, plants):
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(function, plants))


def base(*wanted):
    status, output = run(["make", "-s", "WERROR=-Werror", "-j%d" % (os.cpu_count() or 1), *sorted(set(wanted))], limit=900)
    check("what plants are compared with can be built", status == 0, output[-2000:])


# ---- check ----

def check_plant(plant):
    """Returns the claims that were tried: (claim, whether it holds, what was printed)."""
    replay, results = "build/asan/replay_" + plant.target, []

    def claim(text, good, detail=""):
        results.append(("%s: %s" % (plant.name, text), good, str(detail)[-1500:]))

    claim("says %s" % ", ".join(KEYS), all(plant.about.get(key) for key in KEYS), plant.about)
    trouble = plant.prepare(["asan"])
    claim("applies", trouble == "", trouble)
    status, output = plant.make(replay)
    claim("builds", status == 0, output)
    if status == 0:
        claim("its trigger passes without it", *passes(run([replay, plant.trigger])))
        status, output = run([replay, plant.trigger], plant.directory)
        claim("its trigger fails with it", status != 0, output)
        shown = "asan" if plant.oracle == "oracle_block" else plant.oracle
        claim("it is %s that fails" % shown, finder(output).startswith(shown), output)
        if plant.oracle not in ("asan", "ubsan"):
            claim("is missed without %s" % plant.oracle,
                  *passes(run([replay, plant.trigger], plant.directory, ORACLE_WITHOUT=plant.oracle)))
    plant.remove()
    return results


def passes(result):
    return result[0] == 0, result[1]


def finder(output):
    """What said that there is a fault."""
    found = re.search(r"oracle: (.*)", output)
    if found:
        return found.group(1)
    return "asan" if "ERROR: AddressSanitizer" in output else "ubsan" if "runtime error" in output else ""


def check_all(plants):
    base(*("build/asan/replay_" + p.target for p in plants))
    for results in in_parallel(check_plant, plants):
        for result in results:
            check(*result)
    only = sum(p.tests == "none" for p in plants)
    if len(sys.argv) == 2:
        check("at least 25 plants", len(plants) >= 25, len(plants))
        print("%d plants, of which other tests find %d and only fuzzing %d" % (len(plants), len(plants) - only, only))


# ---- run ----

def fuzz(plant, seed, folders):
    """Returns the seconds it took, or None."""
    found = plant.directory + "/found"
    shutil.rmtree(found, ignore_errors=True)
    os.makedirs(found + "/corpus")
    begin = time.monotonic()
    run(["build/fuzz/fuzz_" + plant.target, "-seed=%d" % seed, "-max_len=4096", "-max_total_time=%d" % SECONDS, "-timeout=20",
         "-artifact_prefix=%s/" % found, found + "/corpus", *folders], plant.directory, limit=3 * SECONDS)
    took = time.monotonic() - begin
    return took if any(os.path.isfile(f) for f in glob.glob(found + "/*")) else None


def run_plant(plant):
    plant.prepare(["fuzz", "mutator"])
    status, output = plant.make("build/fuzz/fuzz_" + plant.target)
    only = plant.tests == "none"
    folders = [ROOT + "/corpus/%s/%s" % (plant.target, kind) for kind in (["seed"] if only else ["seed", "min"])]
    folders = [f for f in folders if os.path.isdir(f)]
    took = [fuzz(plant, seed, folders) for seed in (SEEDS if only else SEEDS[:1])] if status == 0 else [None]
    plant.remove()
    print("%-32s %-13s %-20s %s" % (plant.name, plant.target, "only by fuzzing" if only else plant.tests,
                                    "  ".join("missed" if t is None else "found after %.0f s" % t for t in took)),
          flush=True)
    return "%s is found" % plant.name, all(t is not None for t in took), output[-1000:] if status else ""


def run_all(plants):
    base(*("build/fuzz/fuzz_" + p.target for p in plants))
    for result in in_parallel(run_plant, plants):
        check(*result)


# ---- tests ----

def tests_of(plant):
    vectors = sorted(f for f in glob.glob("tests/vectors/*.md") if not f.endswith("README.md"))
    rows = sorted(glob.glob("corpus/hostile/*.jsonl"))
    for unit in UNITS:
        yield "unit tests", ["build/gcc/" + unit]
    yield "vectors", ["build/gcc/vectors", *vectors]
    yield "hostile suite", ["build/gcc/smtpwire", "suite", *rows]
    yield "hostile suite", ["build/gcc/smtpwire", "suite", "--chunk", "1", *rows]
    yield "writers", ["build/gcc/write", *vectors]
    yield "exhaustive", ["build/gcc/exhaustive_data", "cuts"]
    yield "exhaustive", ["build/gcc/exhaustive_lines", "cuts"]
    yield "exhaustive", ["build/gcc/exhaustive_stuff"]
    yield "corpus", ["build/asan/replay_" + plant.target, *sorted(glob.glob("corpus/%s/*/*" % plant.target))]
    yield "vectors", ["build/asan/vectors", *vectors]
    for unit in UNITS[:-1]:
        yield "unit tests", ["build/asan/" + unit]
    yield "writers", ["build/asan/write", *vectors]


def programs(plant):
    return sorted({argv[0] for _, argv in tests_of(plant)})


def test_plant(plant):
    plant.prepare(["asan"])
    status, output = plant.make(*programs(plant))
    found = "none"
    for name, argv in tests_of(plant) if status == 0 else ():
        if run(argv, plant.directory, limit=300)[0] != 0:
            found = name
            break
    plant.remove()
    print("%-32s %s" % (plant.name, found if status == 0 else "does not build"), flush=True)
    return "%s is found by %s" % (plant.name, plant.tests), status == 0 and found == plant.tests, found if status == 0 else output


def test_all(plants):
    base(*(program for p in plants for program in programs(p)))
    for result in in_parallel(test_plant, plants):
        check(*result)


def main():
    os.chdir(ROOT)
    names = sys.argv[2:] or sorted(os.path.basename(f)[:-len(".patch")] for f in glob.glob("tests/plants/*.patch"))
    plants = [Plant(name) for name in names]
    {"check": check_all, "run": run_all, "tests": test_all}[sys.argv[1]](plants)
    shutil.rmtree(WORK, ignore_errors=True)
    done()


if __name__ == "__main__":
    main()
