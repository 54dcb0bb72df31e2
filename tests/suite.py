#!/usr/bin/python3
"""The mode suite: that it can fail, what it refuses to read, and the form of corpus/hostile/*.jsonl."""
import glob
import json
import os
import resource
import subprocess
import tempfile

from check import ROOT, check, done, equal, run

PROGRAMS = [os.path.join(ROOT, path) for path in ("build/smtpwire", "build/asan/smtpwire")]
HOSTILE = sorted(glob.glob(os.path.join(ROOT, "corpus/hostile/*.jsonl")))
KEYS = "id about kind context profile input verdict error offset events counts rfc wrong seen_in".split()
ROW = {"id": "a", "about": "A dot ends it.", "kind": "data", "context": "data", "input": "x\r\n..y\r\n.\r\n", "verdict": "accept",
       "events": [{"event": "content", "at": 0, "len": 8, "data": "x\r\n.y\r\n"}, {"event": "end", "at": 8, "size": 7}],
       "counts": {"content": 1, "end": 1}, "rfc": "RFC 5321", "wrong": "None.", "seen_in": []}
BAD = {"id": "b", "about": "A bare LF.", "kind": "framing", "context": "server", "input": ["NOOP\r\n", {"repeat": "NOOP\n", "times": 1}],
       "verdict": "refuse", "error": "bare_lf", "offset": 10,
       "events": [{"event": "command", "verb": "NOOP"}, {"event": "error", "error": "bare_lf", "offset": 10},
                  {"event": "more", "inside": "skipped"}], "rfc": "RFC 5321", "wrong": "None.", "seen_in": ["nobody"]}
UTF8 = {**ROW, "id": "c", "input": "\u00e9\u0000\r\n.\r\n", "events": [{"event": "content", "data": "\u00e9\u0000\r\n"},
                                                                       {"event": "end", "flags": ["nul", "eight_bit"]}]}


def but(row, **changes):
    """The row with other values; of None the key is taken away."""
    return {key: value for key, value in {**row, **changes}.items() if value is not None}


def event(row, number, **changes):
    events = [dict(e) for e in row["events"]]
    events[number] = but(events[number], **changes)
    return but(row, events=events)


def suite(program, texts, *options):
    """Runs files of these lines; returns the exit status, the output and the errors."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, text in enumerate(texts):
            paths.append(os.path.join(folder, "%d.jsonl" % number))
            with open(paths[-1], "w", encoding="utf-8") as file:
                file.write(text if isinstance(text, str) else "".join(json.dumps(row) + "\n" for row in text))
        result = run([program, "suite", *options, *paths])
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def passing(program):
    status, output, errors = suite(program, [[ROW, BAD], [UTF8]])
    equal("rows that hold", (status, errors), (0, ""))
    equal("the table", output.splitlines()[:2], ["%-32s accept accept  A dot ends it." % "a", "%-32s refuse refuse  A bare LF." % "b"])
    equal("counted by file and in all", [line.split(": ")[-1] for line in output.splitlines() if "passed" in line],
          ["2 passed, 0 failed", "1 passed, 0 failed", "3 passed, 0 failed"])
    for options in (["--chunk", "1"], ["--chunk", "3"], ["--chunk", "65537"]):
        equal("the same %s" % options, [line for line in suite(program, [[ROW, BAD], [UTF8]], *options)[1].splitlines() if "jsonl" not in line],
              [line for line in output.splitlines() if "jsonl" not in line])
    status, output, errors = suite(program, [[ROW, but(BAD, offset=9)]], "--json")
    equal("as JSON", (status, [json.loads(line) for line in output.splitlines()]),
          (1, [{"id": "a", "passed": True, "wanted": "accept", "got": "accept", "about": "A dot ends it."},
               {"id": "b", "passed": False, "wanted": "refuse", "got": "refuse", "about": "A bare LF.",
                "why": "wanted bare_lf at 9, got bare_lf at 10"}]))
    equal("a row without events", suite(program, [[but(ROW, events=None, counts=None)]])[0], 0)
    equal("a row whose events care about nothing else",
          suite(program, [[but(ROW, events=[{"event": "content"}, {"event": "end"}])]])[0], 0)


def failing(program):
    """Each of these is wrong in one place."""
    wrong = {
        "another verdict": but(ROW, verdict="more"),
        "a verdict that is too bad": but(BAD, verdict="fatal"),
        "another error": but(BAD, error="bare_cr"),
        "another offset": but(BAD, offset=11),
        "an event too few": but(ROW, events=ROW["events"][:1]),
        "an event too many": but(ROW, events=ROW["events"] + [{"event": "end"}]),
        "no events": but(ROW, events=[]),
        "another event": event(ROW, 1, event="fatal"),
        "events in another order": but(ROW, events=ROW["events"][::-1]),
        "other data": event(ROW, 0, data="x\r\n.z\r\n"),
        "data that goes on": event(ROW, 0, data="x\r\n.y\r\n."),
        "data that ends": event(ROW, 0, data="x\r\n.y\r"),
        "data that is empty": event(ROW, 0, data=""),
        "data that is a number": event(ROW, 0, data=7),
        "other data over 127": event(UTF8, 0, data="\u00e8\u0000\r\n"),
        "data that ends at a NUL": event(UTF8, 0, data="\u00e9"),
        "another length of content": event(ROW, 0, len=7),
        "another place of content": event(ROW, 0, at=1),
        "another number": event(ROW, 1, size=8),
        "a number as a string": event(ROW, 1, size="7"),
        "another string": event(BAD, 0, verb="RSET"),
        "a string in other case": event(BAD, 0, verb="noop"),
        "a key that is not there": event(BAD, 0, argument="x"),
        "an empty key that is not there": event(BAD, 0, argument=""),
        "other flags": event(UTF8, 1, flags=["nul"]),
        "flags in another order": event(UTF8, 1, flags=["eight_bit", "nul"]),
        "another place of what is cut off": event(BAD, 2, inside="line"),
        "more of a kind": but(ROW, counts={"content": 2}),
        "a kind that is not there": but(ROW, counts={"error": 1}),
    }
    for claim, row in wrong.items():
        for options in ([], ["--chunk", "1"]):
            status, output, errors = suite(program, [[row]], *options)
            check("fails: %s %s" % (claim, options), status == 1 and "\n%-32s FAILED: " % "" in output and errors == "" and
                  output.endswith("\n0 passed, 1 failed\n"), (status, output, errors))
    status, output, _ = suite(program, [[ROW], [but(BAD, offset=1)], [UTF8]])
    equal("one failure among three", (status, output.splitlines()[-1]), (1, "2 passed, 1 failed"))


def unreadable(program):
    """What is no row ends the run."""
    line = json.dumps(ROW)
    wrong = {
        "no JSON": line[:-1],
        "two objects on a line": line + line,
        "an empty line": line + "\n\n" + json.dumps(BAD),
        "an array": "[]",
        "a key twice": line[:-1] + ', "about": "x"}',
        "a row twice": line + "\n" + line,
        "octets that are no UTF-8": None,
    }
    rows = {
        "an unknown key": but(ROW, comment="x"),
        "no about": but(ROW, about=None),
        "an id that is a number": but(ROW, id=1),
        "an unknown kind": but(ROW, kind="x"),
        "an unknown context": but(ROW, context="x"),
        "a context that is an option": but(ROW, context="--help"),
        "the context suite": but(ROW, context="suite"),
        "an unknown verdict": but(ROW, verdict="reject"),
        "no verdict": but(ROW, verdict=None),
        "an error without an offset": but(BAD, offset=None),
        "an offset without an error": but(BAD, error=None),
        "a negative offset": but(BAD, offset=-1),
        "an error where all is accepted": but(ROW, error="bare_lf", offset=1),
        "no input": but(ROW, input=None),
        "a number as input": but(ROW, input=1),
        "a character over U+00FF": but(ROW, input="\u0100"),
        "no repetition": but(ROW, input=[{"repeat": "x", "times": 0}]),
        "a repetition of a number": but(ROW, input=[{"repeat": 1, "times": 1}]),
        "a repetition and more": but(ROW, input=[{"repeat": "x", "times": 1, "and": 1}]),
        "a line of 64 MB": but(ROW, context="command", input=[{"repeat": "x", "times": 1 << 26}]),
        "a line of 2^64 octets": but(ROW, context="command", input=[{"repeat": "xxxx", "times": 1 << 62}]),
        "events that are no array": but(ROW, events={}),
        "an event that is a string": but(ROW, events=["end"]),
        "an event without its kind": but(ROW, events=[{"at": 0}]),
        "an unknown key of an event": but(ROW, events=[{"event": "end", "sise": 1}]),
        "a count of none": but(ROW, counts={"fatal": 0}),
        "counts that are an array": but(ROW, counts=[]),
        "seen_in that is a string": but(ROW, seen_in="x"),
        "seen_in of numbers": but(ROW, seen_in=[1]),
        "no seen_in": but(ROW, seen_in=None),
    }
    profiles = ({"x": 1}, [], {"smtputf8": False}, {"lmtp": 1}, {"lax": ["x"]}, {"lax": []}, {"lax": "bare_lf_command"},
                {"lax": ["bare_lf_command\0"]}, {"limits": {"x": 1}}, {"limits": {"path": "1x"}}, {"limits": []}, {"content": {"nul": "x"}},
                {"offer": ["x"]}, {"offer": {}}, {"replies": {"RCPT": [999]}}, {"replies": {"RCPT": []}}, {"sent": ["x"]},
                {"sent": [None]}, {"path": "up"}, {"message_max": 0}, {"lax": ["x" * 9000]},
                {"limits": {"path%d" % n: 1 for n in range(99)}})
    for profile in profiles:
        rows["the profile %.60s" % profile] = but(ROW, profile=profile)
    for claim, text in {**wrong, **{c: json.dumps(r) for c, r in rows.items()}}.items():
        status, output, errors = suite(program, [text + "\n"]) if text is not None else no_utf8(program)
        check("exit 2: %s" % claim, status == 2 and errors.startswith("smtpwire: ") and ".jsonl:" in errors and errors.count("\n") == 1
              and "0 failed" not in output, (status, output, errors))
    equal("the line is told", suite(program, [[ROW, but(BAD, kind="x")]])[2].split(": ")[1].split(":")[1], "2")
    status, output, _ = suite(program, [[ROW], [ROW]])
    equal("a row twice, in two files", status, 2)
    for argv in ([], ["/nonexistent/file"], ["--lax", "bare_lf_command", HOSTILE[0]], ["--tls", HOSTILE[0]], ["--chunk", "0", HOSTILE[0]]):
        equal("exit 2: %s" % argv, run([program, "suite", *argv]).returncode, 2)


def no_utf8(program):
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(json.dumps(ROW).encode().replace(b"dot", b"d\xff"))
        file.flush()
        result = run([program, "suite", file.name])
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def form():
    """The rows of corpus/hostile, and that each of them can fail."""
    ids = set()
    for path in HOSTILE:
        name = os.path.basename(path)[:-6]
        with open(path, "rb") as file:
            data = file.read()
        check("%s is plain ASCII, a row a line" % name, all(octet == 10 or 32 <= octet < 127 for octet in data) and
              data.endswith(b"}\n") and b"\n\n" not in data)
        for line in data.decode().splitlines():
            row = json.loads(line)
            check("%s: keys in order" % row["id"], list(row) == [key for key in KEYS if key in row], list(row))
            check("%s: its file is its kind's" % row["id"], name == row["kind"], row["kind"])
            check("%s: texts are there" % row["id"], all(row[key].strip() for key in ("id", "about", "rfc", "wrong")) and
                  row["about"].endswith(".") and row["wrong"].endswith("."))
            check("%s is the only one" % row["id"], row["id"] not in ids)
            ids.add(row["id"])
    rows = [json.loads(line) for path in HOSTILE for line in open(path, encoding="ascii")
            if not path.endswith("cpu.jsonl")]
    changes = {
        "a good verdict": [but(row, verdict="accept", error=None, offset=None) for row in rows if row["verdict"] != "accept"],
        "a bad verdict": [but(row, verdict="fatal", error="nul", offset=0) for row in rows if row["verdict"] != "fatal"],
        "another offset": [but(row, offset=row["offset"] + 1) for row in rows if "offset" in row],
        "another error": [but(row, error="misuse") for row in rows if "error" in row],
        "an event less": [but(row, events=row["events"][:-1]) for row in rows if row.get("events")],
        "an event more": [but(row, events=row["events"] + [{"event": "more"}]) for row in rows if "events" in row],
    }
    for claim, changed in changes.items():
        _, output, errors = suite(PROGRAMS[0], [changed])
        equal("every row fails with %s" % claim, (output.splitlines()[-1:], errors), (["0 passed, %d failed" % len(changed)], ""))


def any_size():
    """200 MB of content in little memory."""
    row = but(ROW, input=[{"repeat": "x" * 998 + "\r\n", "times": 200000}, ".\r\n"], counts=None,
              events=[{"event": "content", "len": 200000000}, {"event": "end", "size": 200000000}])
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write(json.dumps(row))
        file.flush()
        result = subprocess.run([PROGRAMS[0], "suite", file.name], capture_output=True, timeout=280, check=False,
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (64 << 20, 64 << 20)))
    equal("200 MB of content", (result.returncode, result.stdout.decode().splitlines()[-1:]), (0, ["1 passed, 0 failed"]))


for smtpwire in PROGRAMS:
    passing(smtpwire)
    failing(smtpwire)
    unreadable(smtpwire)
form()
any_size()
done()
