#!/usr/bin/python3
"""fuzz/campaign.py: killed half way and started again, with nothing lost; a planted fault is found, made small and kept.

It runs over two targets of its own, one of which is faulty, so that it needs no build of the library.
"""
import glob
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import check as check_
from check import ROOT, check, done

sys.path.insert(0, os.path.join(ROOT, "fuzz"))
import campaign

BASE = os.path.join(ROOT, "build", "test-campaign")
CORPUS, BUILD, STATE = (os.path.join(BASE, n) for n in ("corpus", "programs", "state"))
MINUTES, SLOT = 0.4, 3
TARGET = """
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static volatile int sink;
    size_t i;
    for (i = 0; i < size && i < 40; i++)
        if (data[i] == 'a' + i %% 26)
            sink++;
    if (size > 1 && data[1] == 'q') /* an edge that the seed does not take */
        sink += 3;
    if (%s && size > 3 && data[0] == 'F' && data[1] == 'L' && data[2] == 'A' && data[3] == 'W')
        *(char *)malloc(1 + (size & 0)) = data[size] ? 0 : 1; /* reads behind the input */
    return 0;
}
"""


def build():
    shutil.rmtree(BASE, ignore_errors=True)
    for target, faulty in (("calm", "0"), ("faulty", "1")):
        source = os.path.join(BASE, target + ".c")
        for folder in ("fuzz", "fuzz_none", "dict"):
            os.makedirs(os.path.join(BUILD, folder), exist_ok=True)
        os.makedirs(os.path.join(CORPUS, target, "seed"))
        os.makedirs(os.path.join(CORPUS, target, "crash"))
        with open(os.path.join(CORPUS, target, "crash", "fixed"), "w", encoding="utf-8") as out:
            out.write("once upon a time")
        with open(source, "w", encoding="utf-8") as out:
            out.write(TARGET % faulty)
        with open(os.path.join(CORPUS, target, "seed", "plain"), "w", encoding="utf-8") as out:
            out.write("abcFL")
        with open(os.path.join(BUILD, "dict", target + ".dict"), "w", encoding="utf-8") as out:
            out.write('"FLAW"\n')
        for folder, flags in (("fuzz", "-fsanitize=fuzzer,address,undefined"), ("fuzz_none", "-fsanitize=fuzzer")):
            subprocess.run(["clang-19", "-O1", "-g", flags, "-o", os.path.join(BUILD, folder, "fuzz_" + target), source], check=True)


def start():
    return subprocess.Popen([sys.executable, os.path.join(ROOT, "fuzz/campaign.py"), str(MINUTES), "--base", STATE, "--corpus",
                             CORPUS, "--slot", str(SLOT), "--workers", "2", "--no-coverage"],
                            env=dict(os.environ, SMTPWIRE_BUILD=BUILD), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


def lines(name):
    try:
        with open(os.path.join(STATE, name), encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    except OSError:
        return []


HELD = {}


def inputs():
    return {(t, n) for t in ("calm", "faulty") for n in os.listdir(os.path.join(STATE, "corpus", t))}


def running():
    """Fuzzers of this test."""
    found = []
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                if BUILD.encode() in file.read():
                    found.append(path)
        except OSError:
            pass
    return found


def kill_half_way():
    child = start()
    end = time.monotonic() + 40
    while len(lines("slots.jsonl")) < 4 and time.monotonic() < end and child.poll() is None:
        time.sleep(0.1)
    time.sleep(1.5)  # in the middle of other slots
    at_work = running()
    child.send_signal(signal.SIGKILL)
    child.wait()
    time.sleep(1)
    check("it was at work when it was killed", child.returncode == -signal.SIGKILL and len(at_work) > 0)
    check("no fuzzer outlives the campaign: %s" % running(), running() == [])
    child.stdout.close()


def alive(pid):
    try:
        with open("/proc/%s/cmdline" % pid, "rb") as file:
            return file.read() != b""  # of what has ended, but is not waited for, it is empty
    except OSError:
        return False


def end_what_is_left():
    """As afl-fuzz leaves it: stopped, in a session of its own, its parent gone."""
    mark = "SMTPWIRE_SLOT-test-%d" % os.getpid()
    child = subprocess.Popen(["setsid", "--fork", "sh", "-c", "echo $$; kill -STOP $$"], env=dict(os.environ, **{mark: "1"}),
                             stdout=subprocess.PIPE, text=True)
    left = child.stdout.readline().strip()
    child.wait()
    check("something is left behind: %s" % left, alive(left))
    campaign.end_all(mark)
    time.sleep(0.2)
    check("it is ended", not alive(left))
    child.stdout.close()


def leave_what_afl_found():
    """As a campaign that was killed in a slot of AFL++ leaves it: an input, and something that fails."""
    for kind, name, data in (("queue", "id:000007,src:000000,time:1,op:havoc", b"left by afl"),
                             ("queue", "id:000000,orig:plain", b"given to afl"),
                             ("crashes", "id:000000,sig:06,src:000001,op:havoc", b"FLAW, left by afl")):
        folder = os.path.join(STATE, "afl", "faulty-999", "main", kind)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "wb") as out:
            out.write(data)


def sha1(data):
    return hashlib.sha1(data).hexdigest()


def go_on(before, slots_before):
    child = start()
    output = child.communicate(timeout=120)[0]
    check("the second start goes on with the run: %s" % output[:200], "goes on with the run of" in output)
    check("a crash makes the exit status 1: %d\n%s" % (child.returncode, output[-600:]), child.returncode == 1)
    after = inputs()
    lost = [(t, n) for t, n in before - after if not (t == "faulty" and HELD.get(n, b"").startswith(b"FLAW"))]
    check("no input was lost", lost == [], lost)
    check("what AFL++ had found is taken over", ("faulty", sha1(b"left by afl")) in after)
    check("what was a crash and is none is an input", ("calm", sha1(b"once upon a time")) in before)
    check("what AFL++ was given is no find", ("faulty", sha1(b"given to afl")) not in after)
    check("and is not taken over again", not os.path.exists(os.path.join(STATE, "afl", "faulty-999")))
    slots = lines("slots.jsonl")
    check("the slots of both halves are there", slots[:len(slots_before)] == slots_before and len(slots) > len(slots_before))
    with open(os.path.join(STATE, "state.json"), encoding="utf-8") as file:
        state = json.load(file)
    run = state["run"]
    check("both halves make one run: %.0f s" % run["spent"], run["done"] and MINUTES * 60 - 2 <= run["spent"] < MINUTES * 60 + 60)
    slots = [s for s in slots if s["engine"] != "start"]  # what the corpus had reached before
    check("slots add up", run["slots"] == len(slots) and run["executions"] == sum(s["executions"] for s in slots) > 1000)
    check("sanitizers take turns", {s["sanitizer"] for s in slots} == {"address,undefined", "none"})
    log = lines("log.jsonl")
    check("one line for the run", len(log) == 1 and log[0]["executions"] == run["executions"])
    return output


def crashes(output):
    kept = [n for n in os.listdir(os.path.join(CORPUS, "faulty", "crash")) if n != "fixed"]
    check("one fault, named by what it is: %s" % kept, len(kept) == 1 and kept[0].startswith("heap-buffer-overflow"))
    path = os.path.join(CORPUS, "faulty", "crash", kept[0])
    with open(path, "rb") as file:
        data = file.read()
    check("made small: %r" % data, data.startswith(b"FLAW") and len(data) < 12)
    found = re.search(r"CRASH faulty: %s\n +make .*replay_faulty.* (\S+)\n" % re.escape(kept[0]), output + "\n")
    check("the command to replay it is told", found is None or found.group(1) == path)
    check("no crash where there is none", os.listdir(os.path.join(CORPUS, "calm", "crash")) == ["fixed"])
    left = os.listdir(os.path.join(STATE, "artifacts", "faulty"))
    check("nothing is left to look at", left == [], left)


def results():
    for target in ("calm", "faulty"):
        folder = os.path.join(CORPUS, target, "min")
        files = os.listdir(folder)
        good = [f for f in files if sha1(open(os.path.join(folder, f), "rb").read()) == f]
        check("%s: minimised inputs are named by what they hold" % target, files and good == files)
        check("%s: and are no more than all" % target, len(files) < len(os.listdir(os.path.join(STATE, "corpus", target))) + 1)
    with open(os.path.join(STATE, "index.html"), encoding="utf-8") as file:
        page = file.read()
    check("the page tells", all(t in page for t in (">calm<", ">faulty<", "heap-buffer-overflow", "<svg", "Runs")))
    check("the page loads nothing", not re.search(r"<script|(src|href)=.?(https?:)?//|url\(", page))


def main():
    build()
    kill_half_way()
    end_what_is_left()
    before, slots = inputs(), lines("slots.jsonl")
    for target, name in before:  # an input at which it stops may go: it is kept as a crash
        with open(os.path.join(STATE, "corpus", target, name), "rb") as file:
            HELD[name] = file.read()
    check("something was found: %d" % len(before), len(before) > 4)
    leave_what_afl_found()
    output = go_on(before, slots)
    crashes(output)
    results()
    if check_.failed == 0:
        shutil.rmtree(BASE)


if __name__ == "__main__":
    main()
    done()
