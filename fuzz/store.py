"""What a campaign keeps: the shared corpus, the minimised one, crashes. Everything is a file as soon as it is found.

BASE/corpus/TARGET    all inputs, each named by its SHA-1: libFuzzer writes here, what AFL++ finds is copied here
BASE/artifacts        crashes and timeouts as the engines left them
CORPUS/TARGET/min     a set cover of small inputs, made at the end of a run; CORPUS/TARGET/crash minimised crashes
"""
import hashlib
import os
import random
import re
import shutil
import subprocess

import engines

SMALL = 512  # octets: longer inputs are not kept in CORPUS/TARGET/min
BUDGET = 160 * 1024  # octets of one target's min
SAMPLE = 400  # inputs that AFL++ starts from: it runs each several times first, and a slot is short


def names(folder):
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


# A program that is run so ends with this one, however that ends.
BOUND = ["setpriv", "--pdeathsig", "KILL"]


def run(argv, env, seconds):
    return subprocess.run([*BOUND, *argv], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          check=False, timeout=seconds)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write_whole(path, data):
    """Never half a file under its name."""
    with open(path + ".new", "wb") as file:
        file.write(data)
    os.replace(path + ".new", path)


class Store:
    def __init__(self, base, corpus):
        self.base, self.corpus = base, corpus

    def shared(self, target):
        return os.path.join(self.base, "corpus", target)

    def artifacts(self, target):
        return os.path.join(self.base, "artifacts", target)

    def add(self, target, data):
        path = os.path.join(self.shared(target), hashlib.sha1(data).hexdigest())
        if data and not os.path.exists(path):
            write_whole(path, data)
            return 1
        return 0

    def make_folders(self, target):
        for folder in (self.shared(target), self.artifacts(target)):
            os.makedirs(folder, exist_ok=True)

    def prepare(self, target, open_crashes):
        """What the repository has into the shared corpus, but for crashes, at which a fuzzer would stop."""
        self.make_folders(target)
        for kind in ("seed", "min", "crash"):
            folder = os.path.join(self.corpus, target, kind)
            for name in names(folder):
                if kind != "crash" or name not in open_crashes:
                    self.add(target, read(os.path.join(folder, name)))

    def sample(self, target, number):
        """A folder with the newest inputs and some of the others, other ones each time."""
        folder = os.path.join(self.base, "afl", "%s-%d-from" % (target, number))
        os.makedirs(folder)
        paths = sorted((os.path.join(self.shared(target), n) for n in names(self.shared(target)) if not n.endswith(".new")),
                       key=os.path.getmtime, reverse=True)
        older = paths[SAMPLE // 2:]
        for path in paths[:SAMPLE // 2] + random.Random(number).sample(older, min(len(older), SAMPLE // 2)):
            os.link(path, os.path.join(folder, os.path.basename(path)))
        return folder

    def harvest(self, target, out):
        """Takes over what AFL++ has found in out, and removes it. Returns the number of new inputs."""
        new = 0
        for role in names(out):
            for name in names(os.path.join(out, role, "queue")):
                if name.startswith("id:") and ",orig:" not in name:
                    new += self.add(target, read(os.path.join(out, role, "queue", name)))
            for kind in ("crashes", "hangs"):
                for name in names(os.path.join(out, role, kind)):
                    if name.startswith("id:"):
                        data = read(os.path.join(out, role, kind, name))
                        write_whole(os.path.join(self.artifacts(target), "afl-" + hashlib.sha1(data).hexdigest()), data)
        shutil.rmtree(out, ignore_errors=True)
        return new

    def measure(self, target):
        """(features, edges) of the shared corpus, by one build for all, so that figures can be compared."""
        argv, env = engines.libfuzzer(target, "none", self.shared(target), self.artifacts(target) + "/", 0)
        argv.insert(1, "-runs=0")
        try:
            done = run(argv, env, 300)
        except subprocess.TimeoutExpired:
            return None
        found = re.findall(rb"INITED\s+cov: (\d+) ft: (\d+)", done.stderr)
        return (int(found[-1][1]), int(found[-1][0])) if found else None

    def merge(self, target, how, into, source, *more, seconds=600):
        argv, env = engines.libfuzzer(target, "address,undefined", into, self.artifacts(target) + "/", 0, [source])
        argv[1:1] = ["-%s=1" % how, *more]
        run(argv, env, seconds)

    def prune(self, target, most=3000):
        """Where the shared corpus has grown large, what adds no feature goes."""
        if len(names(self.shared(target))) <= most:
            return
        new = self.shared(target) + ".new"
        shutil.rmtree(new, ignore_errors=True)
        os.makedirs(new)
        self.merge(target, "merge", new, self.shared(target))
        if names(new):
            shutil.rmtree(self.shared(target))
            os.rename(new, self.shared(target))

    def minimise(self, target):
        """CORPUS/TARGET/min anew: small inputs that reach what the seeds do not. Returns (files, octets)."""
        work, chosen = os.path.join(self.base, "min", target, "from"), os.path.join(self.base, "min", target, "to")
        shutil.rmtree(os.path.dirname(work), ignore_errors=True)
        os.makedirs(work)
        os.makedirs(chosen)
        for name in names(self.shared(target)):
            path = os.path.join(self.shared(target), name)
            if os.path.getsize(path) <= SMALL and not name.endswith(".new"):
                os.link(path, os.path.join(work, name))
        given = set()
        for kind in ("seed", "crash"):
            for name in names(os.path.join(self.corpus, target, kind)):
                data = read(os.path.join(self.corpus, target, kind, name))
                given.add(hashlib.sha1(data).hexdigest())
                write_whole(os.path.join(chosen, hashlib.sha1(data).hexdigest()), data)
        self.merge(target, "set_cover_merge", chosen, work, "-use_counters=0")  # edges, however often they are taken
        kept, octets = {}, 0
        for name in sorted((n for n in names(chosen) if n not in given),
                           key=lambda n: os.path.getsize(os.path.join(chosen, n))):
            data = read(os.path.join(chosen, name))
            if octets + len(data) <= BUDGET:
                kept[hashlib.sha1(data).hexdigest()] = data
                octets += len(data)
        shutil.rmtree(os.path.dirname(work))
        folder = os.path.join(self.corpus, target, "min")
        os.makedirs(folder, exist_ok=True)
        for name, data in kept.items():
            if not os.path.exists(os.path.join(folder, name)):
                write_whole(os.path.join(folder, name), data)
        for name in names(folder):
            if name not in kept:
                os.remove(os.path.join(folder, name))
        return len(kept), octets

    # ---- Crashes ----

    def signature(self, target, path):
        """What goes wrong with this input, as a name for a file, and the sanitizer it was seen with; None if nothing does."""
        for sanitizer in ("address,undefined", "memory", "none"):
            if not os.path.exists(engines.program(target, "libfuzzer", sanitizer)):
                continue
            argv, env = engines.libfuzzer(target, sanitizer, path, self.artifacts(target) + "/", 0)
            try:
                done = run([*argv, "-exact_artifact_path=/dev/null"], env, 60)
            except subprocess.TimeoutExpired:
                return "timeout", sanitizer
            if done.returncode == 1:  # not a finding: it could not run at all
                raise RuntimeError(" ".join(argv) + "\n" + done.stderr.decode("utf-8", "replace"))
            if done.returncode != 0:
                return slug(done.stderr.decode("utf-8", "replace")), sanitizer
        return None

    def open_crashes(self, target):
        """Those of CORPUS/TARGET/crash that still are."""
        folder = os.path.join(self.corpus, target, "crash")
        return {n for n in names(folder) if self.signature(target, os.path.join(folder, n)) is not None}

    def take_crashes(self, target, tell):
        """Minimises what the engines left and stores what is new. Returns the names of the crashes, new or not."""
        found = set()
        for name in names(self.artifacts(target)):
            path = os.path.join(self.artifacts(target), name)
            if name.endswith(".new") or name.startswith("slow-unit") or name.startswith("minimised"):
                os.remove(path)
                continue
            seen = self.signature(target, path)
            if seen is None:
                kept = os.path.join(self.base, "unconfirmed", target + "-" + name)
                os.makedirs(os.path.dirname(kept), exist_ok=True)
                tell("  %s: %s does not fail again, kept as %s" % (target, name, kept))
                os.replace(path, kept)
                continue
            what, sanitizer = seen
            found.add(what)
            same = os.path.join(self.shared(target), hashlib.sha1(read(path)).hexdigest())
            if os.path.exists(same):  # taken for an input by a build without sanitizer: the others would stop at it
                os.remove(same)
            kept = os.path.join(self.corpus, target, "crash", what)
            if not os.path.exists(kept):
                os.makedirs(os.path.dirname(kept), exist_ok=True)
                write_whole(kept, self.smaller(target, sanitizer, path, what))
                flavour = {"memory": "msan"}.get(sanitizer, "asan")
                tell("  CRASH %s: %s\n    make build/%s/replay_%s && build/%s/replay_%s %s" %
                     (target, what, flavour, target, flavour, target, kept))
            os.remove(path)
        return found

    def smaller(self, target, sanitizer, path, what):
        small = os.path.join(self.artifacts(target), "minimised")
        argv, env = engines.libfuzzer(target, sanitizer, path, self.artifacts(target) + "/minimised-", 20)
        argv[1:1] = ["-minimize_crash=1", "-runs=50000", "-exact_artifact_path=" + small]
        try:
            run(argv, env, 90)
        except subprocess.TimeoutExpired:
            pass
        again = self.signature(target, small) if os.path.exists(small) and os.path.getsize(small) else None
        data = read(small) if again is not None and again[0] == what else read(path)
        if os.path.exists(small):
            os.remove(small)
        return data


def slug(output):
    """A file's name out of what a sanitizer or an oracle says."""
    for pattern in (r"([\w.]+\.c):\d+: oracle: (.*)", r"SUMMARY: \w+: ([\w-]+) .* in (\w+)", r"runtime error: (.*)",
                    r"SUMMARY: libFuzzer: (.*)", r"SUMMARY: \w+: ([\w-]+)"):
        found = re.search(pattern, output)
        if found:
            text = " ".join(found.groups())
            return re.sub(r"[^a-z0-9_.]+", "-", text.lower()).strip("-")[:70]
    return "stopped"
