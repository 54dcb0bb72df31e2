#!/usr/bin/python3
"""Planted faults: small realistic ones, each a patch to the parser, that show what the fuzz targets and their checks find.

usage: plants.py check [NAME...]   each patch applies; its trigger fails with it, and passes without it and with it where
                                   the check that finds it is left out (ORACLE_WITHOUT); every check has such a fault
       plants.py run [NAME...]     fuzzes each for up to a minute and prints found after N s, or missed; fails under 95 %
       plants.py tests [NAME...]   asks the tests that need no fuzzing about each: what they find must be what it says
       plants.py table LOG...      puts what "run" printed into docs/fuzzing.md; of a plant, what it printed last

tests/plants/NAME.patch begins with lines "key: text", and then is a diff:

    what     the fault
    kind     whose it was: a CVE, or how programs that read SMTP get it wrong
    target   the fuzz target that finds it
    oracle   the check that does, as ORACLE_WITHOUT names it; oracle_block: AddressSanitizer, since blocks are of exactly
             the size that is said; or "asan" or "ubsan": they alone
    aside    checks that are left out to show what this one finds, since they would find it before
    tests    the first of the tests below that finds it, too, or "none": only fuzzing does

tests/plants/NAME.trigger is an input of the target that shows the fault. "run" starts from the committed corpus without its
crash files; for those that only fuzzing finds from corpus/TARGET/seed alone, with three seeds of the random numbers. What it
stops at counts if it shows nothing without the fault.
"""
import filecmp
import glob
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from check import ROOT, check, done

WORK = ROOT + "/build/plants"
SOURCES = ["Makefile", "parser", "grammar", "fuzz", "cli", "tests"]
KEYS = ("what", "kind", "target", "oracle", "aside", "tests")
SECONDS, SEEDS = 60, (1, 2, 3)
UNITS = sorted(os.path.basename(f)[:-2] for f in glob.glob(ROOT + "/tests/unit*.c"))
# Short inputs, few of them, each as likely as another: three times the rate.
FLAGS = ["-max_len=1024", "-use_counters=0", "-entropic=0", "-keep_seed=1"]
ENVIRONMENT = {"ASAN_OPTIONS": "quarantine_size_mb=8:detect_leaks=0:abort_on_error=1:symbolize=0",
               "UBSAN_OPTIONS": "symbolize=0"}

# What is checked, and the functions of fuzz/ (or conditions in them) that do. A target's own checks are in FILES.
ORACLES = {
    "slices": ["oracle_slice"],
    "blocks of exactly their size": ["oracle_block"],
    "the same events in all cuts": ["oracle_stream: replay(stream, CUT_HASHED", "oracle_stream: replay(stream, CUT_AT"],
    "a used session started again": ["oracle_stream: replay(stream, CUT_EACH"],
    "the machines of -T0": ["oracle_stream: replay(stream, CUT_WHOLE", "oracle_command_t0", "oracle_address_t0",
                            "oracle_reply_t0", "oracle_capability_t0"],
    "cost": ["push_counted", "oracle_command_parse"],
    "END and FATAL stay": ["check_sticky"],
    "where content ends": ["check_end: f->content_from", "check_end: content_end"],
    "content that does not end": ["replay: content_end"],
    "what content is": ["check_end: content_of", "check_content"],
    "where a chunk ends": ["check_end: event->at == f->chunk_until"],
    "what a chunk is": ["check_chunk"],
    "behind a framing fault": ["check_framing: f->quiet_until"],
    "behind STARTTLS": ["check_framing: !f->tls"],
    "limits": ["check_limits"],
    "attributes": ["check_command"],
    "what may be read behind a line": ["check_padding"],
    "codes of a reply": ["check_reply"],
    "replies that are due": ["answer", "handle"],
    "errors": ["oracle_error"],
    "what is written and read again": ["oracle_command_round_trip", "same_command", "same_slice", "same_parameters",
                                       "oracle_reply_round_trip"],
    "UTF-8": ["check_utf8"],
    "the reference parser": ["oracle_same"],
    "AddressSanitizer": ["asan"],
    "UndefinedBehaviorSanitizer": ["ubsan"],
}
FILES = ["api", "capability", "command", "conversation", "parameter", "path", "reply", "write", "xtext"]
# What a target needs itself; and push, without whose checks a fault ends in a sanitizer, or never.
OWN = {"oracle_options", "start", "push"}


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
        """A copy of the tree with the fault in it. Clang replaces what it writes, so what it has written before can be
        shared; ragel and gcc do not. Returns "", or why the patch does not apply."""
        shutil.rmtree(self.directory, ignore_errors=True)
        os.makedirs(self.directory + "/build")
        subprocess.run(["cp", "-a", *(ROOT + "/" + source for source in SOURCES), self.directory], check=True)
        os.symlink(ROOT + "/corpus", self.directory + "/corpus")  # which is only read
        for made in filter(lambda made: os.path.isdir(ROOT + "/build/" + made), ("gen", "gen-G2", "gen-T0", "T0", "gcc", *flavours)):
            subprocess.run(["cp", "-al" if made in flavours else "-a", ROOT + "/build/" + made, self.directory + "/build"],
                           check=True)
        return run(["patch", "-p1", "-s", "-f", "--no-backup-if-mismatch", "-i", self.patch], self.directory)[1]

    def make(self, *wanted):
        return run(["make", "-s", "WERROR=-Werror", *wanted], self.directory, limit=600)

    def remove(self):
        shutil.rmtree(self.directory, ignore_errors=True)


def names_of_all():
    return sorted(os.path.basename(f)[:-len(".patch")] for f in glob.glob("tests/plants/*.patch"))


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
    status, output = run(["make", "-s", "WERROR=-Werror", "-j%d" % (os.cpu_count() or 1), *sorted(set(wanted))], limit=1800)
    check("what plants are compared with can be built", status == 0, output[-2000:])


# ---- check ----

def check_plant(plant):
    """Returns the claims that were tried: (claim, whether it holds, what was printed)."""
    replay, results = "build/asan/replay_" + plant.target, []

    def claim(text, good, detail=""):
        results.append(("%s: %s" % (plant.name, text), good, str(detail)[-1500:]))

    def try_trigger(directory, without):
        return run([replay, plant.trigger], directory, ORACLE_WITHOUT=";".join(w for w in without if w))

    claim("says %s" % ", ".join(KEYS), all(plant.about.get(key) or key == "aside" for key in KEYS), plant.about)
    trouble = plant.prepare(["asan"])
    claim("applies", trouble == "", trouble)
    status, output = plant.make(replay)
    claim("builds", status == 0, output)
    if status == 0:
        claim("its trigger passes without it", *passes(try_trigger(ROOT, [])))
        status, output = try_trigger(plant.directory, [plant.aside])
        claim("its trigger fails with it", status != 0, output)
        shown = "asan" if plant.oracle == "oracle_block" else plant.oracle
        claim("it is %s that fails" % shown, finder(output).startswith(shown), output)
        if plant.oracle not in ("asan", "ubsan"):
            claim("is missed without %s" % plant.oracle,
                  *passes(try_trigger(plant.directory, [plant.aside, plant.oracle])))
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


def functions_that_check(path):
    """The names of the functions in which there is an ORACLE()."""
    name, found = "", set()
    for line in open(path, encoding="utf-8"):
        begins = re.match(r"(?!static const |struct |enum |typedef )[a-z]\w*[ \w*]*?[ *](\w+)\(", line)
        if begins and not line.rstrip().endswith(";"):
            name = begins.group(1)
        if "ORACLE(" in line and "#define" not in line and name:
            found.add(name)
    return found


def check_oracles(plants):
    """Every check has a plant; every function that checks is one of these."""
    for claim, names in ORACLES.items():
        check("a plant is found by: " + claim, any(p.oracle.startswith(n) for p in plants for n in names))
    for target in FILES:
        own = functions_that_check("fuzz/%s.c" % target)
        check("a plant is found by the checks of fuzz/%s.c" % target,
              any(p.target == target and p.oracle.split(":")[0] in own for p in plants))
    known = {name.split(":")[0] for names in ORACLES.values() for name in names} | OWN
    for path in ("fuzz/oracle.c", "fuzz/stream.c", "fuzz/t0.c"):
        unknown = functions_that_check(path) - known
        check("the checks of %s are known here" % path, not unknown, unknown)


def check_all(plants):
    base(*("build/asan/replay_" + p.target for p in plants))
    for results in in_parallel(check_plant, plants):
        for result in results:
            check(*result)
    only = sum(p.tests == "none" for p in plants)
    if len(sys.argv) == 2:
        check("at least 25 plants", len(plants) >= 25, len(plants))
        check("other tests find half of them at most", 2 * only >= len(plants), only)
        check_oracles(plants)
        print("%d plants, of which other tests find %d and only fuzzing %d" % (len(plants), len(plants) - only, only))


# ---- run ----

def fuzzer_of(plant):
    """Without sanitizers, which is several times as fast, but where they are what finds it."""
    needed = plant.oracle in ("asan", "ubsan", "oracle_block")
    return "build/%s/fuzz_%s" % ("fuzz" if needed else "fuzz_none", plant.target)


def fuzz(plant, seed, folders):
    """Returns the seconds it took, or None: the fuzzer's own, of the processor, so that what else runs does not count."""
    found = plant.directory + "/found"
    shutil.rmtree(found, ignore_errors=True)
    os.makedirs(found)
    with open(plant.directory + "/seeds", "w", encoding="utf-8") as seeds:
        seeds.write(",".join(f for folder in folders for f in sorted(glob.glob(folder + "/*"))))
    with open(plant.directory + "/log", "wb") as log:
        fuzzer = subprocess.Popen(["timeout", str(20 * SECONDS), "prlimit", "--cpu=%d" % SECONDS,
                                   fuzzer_of(plant), "-seed=%d" % seed, *FLAGS, "-timeout=20",
                                   "-seed_inputs=@%s/seeds" % plant.directory, "-artifact_prefix=%s/" % found],
                                  cwd=plant.directory,
                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(os.environ, **ENVIRONMENT))
        fuzzer.returncode, used = os.wait4(fuzzer.pid, 0)[1:]
    took = used.ru_utime + used.ru_stime
    stopped = [f for f in glob.glob(found + "/*") if os.path.isfile(f) and os.path.getsize(f) != 0]
    return took if stopped and run(["build/asan/replay_" + plant.target, *stopped])[0] == 0 else None


def run_plant(plant):
    plant.prepare(["fuzz", "fuzz_none", "mutator"])
    status, output = plant.make(fuzzer_of(plant))
    only = plant.tests == "none"
    folders = [ROOT + "/corpus/%s/%s" % (plant.target, kind) for kind in (["seed"] if only else ["seed", "min"])]
    folders = [f for f in folders if os.path.isdir(f)]
    took = [fuzz(plant, seed, folders) for seed in (SEEDS if only else SEEDS[:1])] if status == 0 else [None]
    plant.remove()
    print("%-34s %-13s %-16s %s" % (plant.name, plant.target, "only by fuzzing" if only else plant.tests,
                                    "  ".join("missed" if t is None else "found after %.0f s" % t for t in took)),
          flush=True)
    return plant.name, all(t is not None for t in took), output[-1000:] if status else "", took


def run_all(plants):
    base(*(made for p in plants for made in (fuzzer_of(p), "build/asan/replay_" + p.target)))
    results = in_parallel(run_plant, plants)
    for claim, _, detail, _ in results:
        check(claim + ": its fuzzer is built", detail == "", detail)
    found = sum(good for _, good, *_ in results)
    times = sorted(t for *_, took in results for t in took if t is not None)
    print("%d of %d found in %d of %d runs; half of these within %.0f s" % (
        found, len(results), len(times), sum(len(took) for *_, took in results), times[len(times) // 2] if times else 0))
    check("at least 95 % are found, with each seed", 100 * found >= 95 * len(results), found)


# ---- table ----

def write_table(logs):
    page, runs = ROOT + "/docs/fuzzing.md", {}
    for log in logs:
        for line in open(log, encoding="utf-8"):
            row = re.fullmatch(r"(\S+) +(\S+) +(\S.*?)  +((?:found after \d+ s|missed).*)\n", line)
            if row and os.path.exists(ROOT + "/tests/plants/%s.patch" % row.group(1)):
                runs[row.group(1)] = row.groups()[1:]
    rows = ["| plant | target | also found by | found after s of the processor |", "|---|---|---|---|"]
    for name, (target, also, took) in sorted(runs.items()):
        took = ", ".join(re.findall(r"\d+|missed", took))
        rows.append("| %s | %s | %s | %s |" % (name, target, "" if also == "only by fuzzing" else also, took))
    old = open(page, encoding="utf-8").read()
    new = re.sub(r"(?m)^\| plant \|.*\n(?:\|.*\n)*", "\n".join(rows) + "\n", old)
    missing = [name for name in names_of_all() if name not in runs]
    check("a table is in the page", "| plant |" in old)
    check("all plants are in the logs", not missing, missing)
    with open(page, "w", encoding="utf-8") as file:
        file.write(new)


# ---- tests ----

def tests_of(plant):
    """Of what make test runs: that which tells about the parser. What is proven is about machines and what they call."""
    vectors = sorted(f for f in glob.glob("tests/vectors/*.md") if not f.endswith("README.md"))
    rows = sorted(glob.glob("corpus/hostile/*.jsonl"))
    changed = re.findall(r"^\+\+\+ b/(\S+)", open(plant.patch, encoding="utf-8").read(), re.M)
    for unit in UNITS:
        yield "unit tests", ["build/gcc/" + unit]
    yield "vectors", ["build/gcc/vectors", *vectors]
    yield "hostile suite", ["build/gcc/smtpwire", "suite", *rows]
    yield "hostile suite", ["build/gcc/smtpwire", "suite", "--chunk", "1", *rows]
    yield "writers", ["build/gcc/write", *vectors]
    yield "exhaustive", ["build/gcc/exhaustive_data", "cuts"]
    yield "exhaustive", ["build/gcc/exhaustive_lines", "cuts"]
    for exhaustive in ("encoded", "path", "plain", "reply", "stuff"):
        yield "exhaustive", ["build/gcc/exhaustive_" + exhaustive]
    yield "exhaustive", ["build/gcc/exhaustive_scan", "short"]
    yield "corpus", ["build/asan/replay_" + plant.target, *sorted(glob.glob("corpus/%s/*/*" % plant.target))]
    yield "vectors", ["build/asan/vectors", *vectors]
    for unit in UNITS[:-1]:
        yield "unit tests", ["build/asan/" + unit]
    yield "writers", ["build/asan/write", *vectors]
    yield "vectors", ["build/T0/vectors", *vectors]
    yield "reference", ["build/gcc/reference", *vectors]
    yield "expected", ["build/gcc/expected", "100000", *vectors]
    if any(path.startswith("grammar/") for path in changed):
        yield "proof", ["/usr/bin/python3", "tests/proof/prove.py"]
    if not all(path in ("parser/server.c", "parser/client.c", "parser/line.c", "parser/stuff.c") for path in changed):
        yield "proof", ["/usr/bin/pypy3", "tests/proof/judge.py", "some", "build/gcc/judge"]


def program(argv):
    return next((word for word in argv if word.startswith("build/")), "build/gcc/judge")


def is_same(plant, argv):
    """Whether the program is, octet for octet, that without the fault: it calls nothing that the fault is in."""
    return "tests/proof/prove.py" not in argv and filecmp.cmp(program(argv), plant.directory + "/" + program(argv), False)


def test_plant(plant):
    plant.prepare(["asan"])
    found = "none"
    for name, argv in tests_of(plant):
        status, output = plant.make(program(argv))
        if status != 0:
            found = "does not build: " + output
        elif not is_same(plant, argv) and run(argv, plant.directory, limit=1800)[0] != 0:
            found = name
        if found != "none":
            break
    plant.remove()
    print("%-34s %s" % (plant.name, found), flush=True)
    return "%s is found by %s" % (plant.name, plant.tests), found == plant.tests, found


def test_all(plants):
    base(*(program(argv) for p in plants for _, argv in tests_of(p)))
    for result in in_parallel(test_plant, plants):
        check(*result)


def main():
    os.chdir(ROOT)
    if sys.argv[1] == "table":
        write_table(sys.argv[2:])
        done()
    plants = [Plant(name) for name in sys.argv[2:] or names_of_all()]
    {"check": check_all, "run": run_all, "tests": test_all}[sys.argv[1]](plants)
    done()


if __name__ == "__main__":
    main()
