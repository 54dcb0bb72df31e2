#!/usr/bin/python3
"""Fuzzes all targets in rotation, by libFuzzer and AFL++ over one corpus, with and without sanitizers, on all cores.

usage: campaign.py [MINUTES] [--base DIR] [--corpus DIR] [--targets A,B] [--slot SECONDS] [--workers N] [--no-coverage]

A run is a row of slots: one target, one engine, one sanitizer. After each slot everything it found is on disk and counted. A
run that is stopped, by whatever, goes on where it was when the same is asked for again. BASE/index.html tells what was reached,
BASE/log.jsonl has one line for each run, BASE/slots.jsonl one for each slot.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import engines
import report
import states
from store import BOUND, Store, names, read, write_whole

KINDS = (("libfuzzer", "address,undefined"), ("afl", "none"), ("libfuzzer", "none"), ("afl", "address,undefined"),
         ("libfuzzer", "memory"))
SIGNALS = (signal.SIGINT, signal.SIGTERM)
MARK = "SMTPWIRE_SLOT"  # in the environment of what a slot runs


def end_all(mark):
    """Ends what has the mark in its environment: afl-fuzz gives programs sessions of their own, and may leave one behind that it
    has stopped."""
    running = True
    while running:
        running = False
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if mark.encode() + b"=" in read("/proc/%s/environ" % pid):
                    os.kill(int(pid), signal.SIGKILL)
                    running = True
            except OSError:
                pass  # it has ended, or is another user's
        if running:
            time.sleep(0.05)



def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("minutes", type=float, nargs="?", default=30)
    p.add_argument("--base", default="build/campaign")
    p.add_argument("--corpus", default="corpus")
    p.add_argument("--targets", type=lambda text: text.split(","))
    p.add_argument("--slot", type=int)
    p.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    p.add_argument("--no-coverage", action="store_true")
    a = p.parse_args()
    a.targets = a.targets or [d for d in names(a.corpus) if os.path.isdir(os.path.join(a.corpus, d, "seed"))]
    return a


class Campaign:
    def __init__(self, options):
        self.options, self.store = options, Store(options.base, options.corpus)
        self.lock, self.stop, self.failed = threading.RLock(), threading.Event(), False
        os.makedirs(os.path.join(options.base, "logs"), exist_ok=True)
        try:
            self.state = json.loads(read(self.path("state.json")))
        except (OSError, ValueError):
            self.state = {"next": 0, "clock": 0.0, "targets": {}, "run": {"done": True}}
        self.wanted = {"minutes": options.minutes, "targets": options.targets}

    def path(self, name):
        return os.path.join(self.options.base, name)

    def tell(self, text):
        with self.lock:
            print(text, flush=True)

    # ---- State ----

    def save(self):
        with self.lock:
            now = time.monotonic()
            self.state["run"]["spent"] += now - self.since
            self.state["clock"] += now - self.since
            self.since = now
            write_whole(self.path("state.json"), json.dumps(self.state, indent=1).encode())

    def start(self):
        run = self.state["run"]
        if run["done"] or run["wanted"] != self.wanted:
            run = {"start": time.strftime("%Y-%m-%dT%H:%M:%S"), "spent": 0.0, "slots": 0, "done": False, "wanted": self.wanted,
                   "executions": 0, "crashes": []}
            self.state["run"] = run
            self.tell("campaign: %g minutes, %d targets, %d at a time, slots of %d s; kept in %s" % (
                self.options.minutes, len(self.options.targets), self.options.workers, self.slot_seconds(), self.options.base))
        else:
            self.tell("campaign: goes on with the run of %s: %.1f of %g minutes are done" % (
                run["start"], run["spent"] / 60, self.options.minutes))
        self.since = time.monotonic()
        for target in self.options.targets:
            self.prepare(target)
        self.save()

    def prepare(self, target):
        self.store.make_folders(target)
        for out in names(self.path("afl")):
            if out.startswith(target + "-"):  # of a run that was killed
                self.tell("  %s: %d inputs of a run that was stopped" % (
                    target, self.store.harvest(target, self.path("afl/" + out))))
        still = self.store.open_crashes(target)
        self.store.prepare(target, still)
        self.store.prune(target)
        row = self.state["targets"].setdefault(target, {"executions": 0, "seconds": 0.0, "features": 0, "edges": 0,
                                                        "last_new": 0.0, "crashes": []})
        row["crashes"] = sorted(still | self.store.take_crashes(target, self.tell))
        row["corpus"] = len(names(self.store.shared(target)))
        measured = self.store.measure(target)
        if measured and measured[0] > row["features"]:  # what the repository's corpus reaches
            row.update(features=measured[0], edges=measured[1])
            self.note(target, "start", "none", 0, 0.0)

    def note(self, target, engine, sanitizer, executions, took):
        row = self.state["targets"][target]
        slot = {"run": self.state["run"]["start"], "clock": round(self.state["clock"], 1), "target": target, "engine": engine,
                "sanitizer": sanitizer, "seconds": round(took, 1), "executions": executions, "features": row["features"],
                "edges": row["edges"], "corpus": row["corpus"], "crashes": len(row["crashes"])}
        with open(self.path("slots.jsonl"), "a", encoding="utf-8") as out:
            out.write(json.dumps(slot) + "\n")

    # ---- Slots ----

    def slot_seconds(self):
        every = len(self.options.targets) * len(KINDS)
        return self.options.slot or round(max(10, min(120, self.options.minutes * 60 * self.options.workers / every)))

    def left(self):
        with self.lock:
            return self.options.minutes * 60 - self.state["run"]["spent"] - (time.monotonic() - self.since)

    def take_slot(self):
        with self.lock:
            number = self.state["next"]
            self.state["next"] += 1
        place, turn = number % len(self.options.targets), number // len(self.options.targets)
        kinds = [k for k in KINDS if os.path.exists(engines.program(self.options.targets[place], *k))]
        return number, self.options.targets[place], *kinds[(place + turn) % len(kinds)]

    def execute(self, argv, env, log, seconds):
        """Ends with this process, however that ends: nothing is left running."""
        mark = "%s-%d-%d" % (MARK, os.getpid(), threading.get_ident())
        with open(log, "wb") as out:
            child = subprocess.Popen([*BOUND, *argv], env={**env, mark: "1"},
                                     stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
            end = time.monotonic() + seconds + 30
            while child.poll() is None and time.monotonic() < end and not self.stop.is_set():
                time.sleep(0.1)
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
                try:
                    child.wait(5)
                except subprocess.TimeoutExpired:
                    pass
            end_all(mark)
            child.wait()
        return child.returncode

    def run_libfuzzer(self, number, target, sanitizer, seconds):
        """Starts again behind a crash, as long as there is time."""
        executions, end, log = 0, time.monotonic() + seconds, self.path("logs/%s-libfuzzer.log" % target)
        for _ in range(20):
            left = round(end - time.monotonic())
            if left < 1 or self.stop.is_set():
                break
            argv, env = engines.libfuzzer(target, sanitizer, self.store.shared(target),
                                          "%s/%d-" % (self.store.artifacts(target), number), left)
            self.execute(argv, env, log, left)
            found = re.findall(rb"stat::number_of_executed_units: (\d+)", read(log)) or re.findall(rb"^#(\d+)", read(log), re.M)
            executions += int(found[-1]) if found else 0
        return executions

    def run_afl(self, number, target, sanitizer, seconds):
        out, log = self.path("afl/%s-%d" % (target, number)), self.path("logs/%s-afl.log" % target)
        os.makedirs(os.path.dirname(out), exist_ok=True)
        seeds = self.store.sample(target, number)
        argv, env = engines.afl(target, sanitizer, seeds, out, seconds)
        self.execute(argv, env, log, seconds)
        shutil.rmtree(seeds)
        executions = 0
        if os.path.exists(out + "/main/fuzzer_stats"):
            found = re.search(rb"^execs_done\s*: (\d+)", read(out + "/main/fuzzer_stats"), re.M)
            executions = int(found.group(1)) if found else 0
        elif not self.stop.is_set():
            self.tell("  %s: afl-fuzz did not start, see %s" % (target, log))
        self.store.harvest(target, out)
        return executions

    def slot(self):
        number, target, engine, sanitizer = self.take_slot()
        seconds = round(min(self.slot_seconds(), max(1, self.left())))
        begin = time.monotonic()
        run = self.run_afl if engine == "afl" else self.run_libfuzzer
        executions = run(number, target, sanitizer, seconds)
        took = time.monotonic() - begin
        crashes = self.store.take_crashes(target, self.tell)
        measured = self.store.measure(target)
        with self.lock:
            self.count(target, engine, sanitizer, executions, took, crashes, measured, number)

    def count(self, target, engine, sanitizer, executions, took, crashes, measured, number):
        row, run = self.state["targets"][target], self.state["run"]
        features, edges = measured or (row["features"], row["edges"])
        new = features - row["features"]
        row["executions"] += executions
        row["seconds"] += took
        row["last_new"] = row["seconds"] if new > 0 else row["last_new"]
        row.update(features=max(features, row["features"]), edges=max(edges, row["edges"]),
                   corpus=len(names(self.store.shared(target))))
        row["crashes"] = sorted(set(row["crashes"]) | crashes)
        run["crashes"] = sorted(set(run["crashes"]) | {target + "/" + c for c in crashes})
        run["slots"] += 1
        run["executions"] += executions
        self.save()
        self.note(target, engine, sanitizer, executions, took)
        self.tell("%6.1f min  %-13s %-9s %-17s %4.0f s %11s runs %8s/s  features %6d (%+d)  corpus %5d%s" % (
            run["spent"] / 60, target, engine, sanitizer, took, f"{executions:,}", f"{executions / max(took, 0.1):,.0f}",
            row["features"], new, row["corpus"], "  CRASHES %d" % len(row["crashes"]) if row["crashes"] else ""))
        report.write(self.options.base, self.state)

    # ---- The run ----

    def work(self):
        while self.left() > 1 and not self.stop.is_set():
            self.slot()

    def watch(self):
        """So that a run that is killed has lost seconds of its clock, and nothing else."""
        while not self.stop.wait(5):
            self.save()

    def finish(self):
        """What takes its time and adds nothing to the corpus: set cover, states, coverage, the log's line."""
        machines, steps = states.machines(), {}
        for target in self.options.targets:
            row = self.state["targets"][target]
            row["min"], row["min_octets"] = self.store.minimise(target)
            row["crashes"] = sorted(set(row["crashes"]) | self.store.take_crashes(target, self.tell))
            files = [os.path.join(self.store.shared(target), n) for n in names(self.store.shared(target))]
            own = states.replay(target, files)
            row["machines"] = states.count({m: machines[m] for m in own if m in machines}, own)
            for machine, pairs in own.items():
                steps.setdefault(machine, set()).update(pairs)
            if not self.options.no_coverage:
                row["lines"] = report.coverage(self.options.base, target, files)
            self.tell("  %-13s min %4d files, %6d octets; %s" % (target, row["min"], row["min_octets"], "; ".join(
                "%s %d of %d states, %d of %d pairs" % (m.replace("smtpwire_", ""), *c) for m, c in row["machines"].items())))
        self.state["machines"] = states.count(machines, steps)
        run = self.state["run"]
        run["done"] = True
        self.save()
        with open(self.path("log.jsonl"), "a", encoding="utf-8") as out:
            out.write(json.dumps({**run, "targets": self.state["targets"], "machines": self.state["machines"],
                                  "workers": self.options.workers}) + "\n")

    def interrupt(self, *_):
        self.tell("campaign: stops; the same command goes on with this run")
        self.stop.set()

    def main(self):
        for number in SIGNALS:
            signal.signal(number, self.interrupt)
        self.start()
        threading.Thread(target=self.watch, daemon=True).start()
        workers = [threading.Thread(target=self.guarded) for _ in range(self.options.workers)]
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive():
                worker.join(0.2)
        if not self.stop.is_set():
            self.finish()
        self.save()
        report.write(self.options.base, self.state)
        run = self.state["run"]
        self.tell("campaign: %d slots, %s runs, %d crashes%s; %s" % (
            run["slots"], f"{run['executions']:,}", len(run["crashes"]), "" if run["done"] else ", not done",
            self.path("index.html")))
        return 1 if run["crashes"] or self.failed else 0

    def guarded(self):
        try:
            self.work()
        except BaseException:
            self.failed = True
            self.stop.set()
            raise


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    sys.exit(Campaign(arguments()).main())
