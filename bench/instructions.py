#!/usr/bin/python3
"""Instructions an octet that each row of bench/rows.cc takes, counted by callgrind, against bench/instructions.json, where a
rise of over 3 % fails and a drop of as much asks for an update; and of each row of kind cpu in the hostile suite, at 1 KiB
and at 1 MiB, which must be the same but for 1.3 times: no input costs more the longer it is.

The figures kept are those of a processor with AVX2. One without has those of them that name what it has; the others are skipped.

usage: instructions.py PROGRAM [--update]"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys

KEPT = "bench/instructions.json"
DIRECTORY = "build/callgrind"
SIZES = {"1k": 1 << 10, "1m": 1 << 20}
RISE, GROWTH = 1.03, 1.3
VERBS = {"EHLO": 5, "HELP": 15}  # enum smtpwire_verb
POLICY = {"reject": 1, "pass": 2, "normalise": 3}  # enum smtpwire_policy


def hostile_rows():
    for path in sorted(glob.glob("corpus/hostile/*.jsonl")):
        with open(path, encoding="ascii") as file:
            for row in map(json.loads, file):
                if row["kind"] == "cpu":
                    yield row


def octets(row, size):
    """The input, with what is repeated repeated as often as makes it so long."""
    parts = [part if isinstance(part, dict) else {"repeat": part, "times": 1} for part in row["input"]]
    factor = size / sum(len(part["repeat"]) * part["times"] for part in parts)
    text = "".join(part["repeat"] * (max(1, round(part["times"] * factor)) if part["times"] > 1 else 1) for part in parts)
    return text.removeprefix("220 x\r\n").encode("latin-1")


def write_hostile():
    with open(DIRECTORY + "/manifest", "w", encoding="ascii") as manifest:
        for row in hostile_rows():
            profile = row.get("profile", {})
            for name, size in SIZES.items():
                path = "%s/%s.%s" % (DIRECTORY, row["id"], name)
                with open(path, "wb") as file:
                    file.write(octets(row, size))
                print("hostile/%s/%s" % (row["id"], name), row["context"], VERBS[profile.get("sent", ["EHLO"])[0]],
                      POLICY[profile.get("content", {}).get("bare_cr", "reject")],
                      profile.get("limits", {}).get("recipients", 0), path, file=manifest)
    return DIRECTORY + "/manifest"


def counted(program):
    """The kind of vectors, and instructions, octets and lines of each row, by its name."""
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    os.makedirs(DIRECTORY)
    manifest = write_hostile()
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--callgrind-out-file=%s/out" % DIRECTORY, program, manifest],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=600)
    if run.returncode:
        sys.exit("%s%s failed: %d\n0 passed, 1 failed" % (run.stdout, run.stderr, run.returncode))
    simd, *lines = run.stdout.splitlines()
    sizes = {name: (int(size), int(lines)) for name, size, lines in map(str.split, lines)}
    rows = {}
    for path in glob.glob(DIRECTORY + "/out.*"):
        with open(path, encoding="ascii") as file:
            text = file.read()
        name = re.search(r"^desc: Trigger: Client Request: (\S+)", text, re.M)
        if name:
            rows[name.group(1)] = (int(re.search(r"^summary: (\d+)", text, re.M).group(1)), *sizes[name.group(1)])
    if len(rows) != len(sizes):
        sys.exit("of %d rows %d were counted\n0 passed, 1 failed" % (len(sizes), len(rows)))
    return simd, rows


def of_this_host(simd, rows, kept):
    """What can be compared: a row that names no kind of vectors has the best there is."""
    if simd != "avx2":
        rows = {name if name in kept and name.endswith(("-sse2", "-swar", "-none")) else name + "-" + simd: row
                for name, row in rows.items()}
        rows = {name: row for name, row in rows.items() if name in kept and simd == "sse2"}
        print("no AVX2 here: %d of %d rows are compared, the others skipped" % (len(rows), len(kept)))
        kept = {name: kept[name] for name in rows}
    return rows, kept


def compare(rows, kept):
    for name in sorted(set(rows) | set(kept)):
        if name not in rows or name not in kept:
            yield False, "%-28s %s" % (name, "is gone" if name not in rows else "is new"), "update"
            continue
        total, size, lines = rows[name]
        now, before = total / size, kept[name]
        change = now / before
        verdict = "ROSE" if change > RISE else "fell: update" if change < 1 / RISE else ""
        yield (change <= RISE, "%-28s %10.3f an octet %10.1f a line %+7.1f %%" % (name, now, total / lines, 100 * (change - 1)),
               verdict)


def growth(rows):
    for name in sorted(rows):
        if "/1m" in name:
            small, large = (rows[n][0] / rows[n][1] for n in (name.replace("/1m", "/1k"), name))
            yield (large <= GROWTH * small, "%-28s %10.3f an octet at 1 KiB %10.3f at 1 MiB" % (
                name.replace("/1m", ""), small, large),
                   "" if large <= GROWTH * small else "GROWS")


def main():
    simd, rows = counted(sys.argv[1])
    own = {name: row for name, row in rows.items() if not name.startswith("hostile/")}
    if "--update" in sys.argv and simd != "avx2":
        sys.exit("the figures kept are those of a processor with AVX2")
    if "--update" in sys.argv:
        with open(KEPT, "w", encoding="ascii") as file:
            json.dump({name: float("%.4g" % (total / size)) for name, (total, size, _) in sorted(own.items())}, file, indent=1)
            file.write("\n")
    with open(KEPT, encoding="ascii") as file:
        kept = json.load(file)
    results = [*compare(*of_this_host(simd, own, kept)), *growth(rows)]
    for _, text, verdict in results:
        print(text, verdict)
    if any(verdict.endswith("update") for _, _, verdict in results):
        print("make bench-instructions BENCH=--update writes what was counted to " + KEPT)
    failed = sum(not good for good, _, _ in results)
    print("%d passed, %d failed" % (len(results) - failed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
