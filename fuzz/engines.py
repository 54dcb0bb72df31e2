#!/usr/bin/python3
"""How a fuzz target is run by libFuzzer and by AFL++: command lines and environments, for make fuzz and the campaign.

usage: engines.py TARGET ENGINE SANITIZER [MINUTES]   runs until stopped; what is found is kept in build/fuzzing/TARGET
"""
import os
import shutil
import sys

BUILT = {("libfuzzer", "address,undefined"): "fuzz", ("libfuzzer", "memory"): "fuzz_memory", ("libfuzzer", "none"): "fuzz_none",
         ("afl", "address,undefined"): "afl_address", ("afl", "memory"): "afl_memory", ("afl", "none"): "afl"}
BUILD = os.environ.get("SMTPWIRE_BUILD", "build")  # tests/campaign.py has targets of its own
MAX_LEN = 4096
TIMEOUT = 10  # seconds that one input may take


def program(target, engine, sanitizer):
    return os.path.join(BUILD, BUILT[engine, sanitizer], "fuzz_" + target)


def dictionary(target):
    return os.path.join(BUILD, "dict", target + ".dict")


def environment(extra=None):
    env = dict(os.environ)
    env["ASAN_OPTIONS"] = "quarantine_size_mb=8:detect_leaks=0:abort_on_error=1:symbolize=0"
    env["UBSAN_OPTIONS"] = "print_stacktrace=1:abort_on_error=1"
    env["MSAN_OPTIONS"] = "abort_on_error=1:symbolize=0:exit_code=86"
    env.pop("ORACLE_TRACE", None)
    env.update(extra or {})
    return env


def libfuzzer(target, sanitizer, corpus, artifacts, seconds, seeds=()):
    """corpus is written to, seeds are only read. seconds 0: until stopped."""
    argv = [program(target, "libfuzzer", sanitizer), "-max_len=%d" % MAX_LEN, "-entropic=0", "-timeout=%d" % TIMEOUT,
            "-dict=" + dictionary(target), "-artifact_prefix=" + artifacts, "-print_final_stats=1", "-rss_limit_mb=2048"]
    if seconds:
        argv.append("-max_total_time=%d" % seconds)
    return argv + [corpus, *seeds], environment({"ASAN_OPTIONS": environment()["ASAN_OPTIONS"].replace(":symbolize=0", "")})


def afl(target, sanitizer, seeds, out, seconds, role="main"):
    """seeds is read at the start; what is found comes to out/ROLE/queue and out/ROLE/crashes."""
    argv = ["afl-fuzz", "-i", seeds, "-o", out, "-S", role, "-x", dictionary(target), "-G", str(MAX_LEN),
            "-t", "%d+" % (TIMEOUT * 1000), "-m", "none"]
    cmplog, mutator = (os.path.abspath(os.path.join(BUILD, d, n)) for d, n in (
        ("afl_cmplog", "fuzz_" + target), ("mutator", target + ".so")))
    if sanitizer == "none" and os.path.exists(cmplog):
        argv += ["-c", cmplog, "-l", "2AT"]
    if seconds:
        argv += ["-V", str(seconds)]
    return argv + ["--", os.path.abspath(program(target, "afl", sanitizer))], environment({
        **({"AFL_CUSTOM_MUTATOR_LIBRARY": mutator} if os.path.exists(mutator) else {}), "AFL_SKIP_CPUFREQ": "1",
        "AFL_NO_AFFINITY": "1", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1", "AFL_NO_UI": "1", "AFL_AUTORESUME": "1",
        "AFL_FAST_CAL": "1", "AFL_QUIET": "1"})


def folders(target):
    """Those of a target's corpus that exist."""
    return [d for d in ("corpus/%s/%s" % (target, kind) for kind in ("seed", "min", "crash")) if os.path.isdir(d)]


def gather(target, into):
    """Copies a target's corpus into one folder, for AFL++ has one."""
    os.makedirs(into, exist_ok=True)
    for folder in folders(target):
        for name in os.listdir(folder):
            if os.path.getsize(os.path.join(folder, name)) != 0:
                shutil.copyfile(os.path.join(folder, name), os.path.join(into, os.path.basename(folder) + "-" + name))


def main():
    target, engine, sanitizer = sys.argv[1:4]
    seconds = round(float(sys.argv[4]) * 60) if len(sys.argv) > 4 else 0
    base = "build/fuzzing/" + target
    os.makedirs(base + "/libfuzzer", exist_ok=True)
    if engine == "afl":
        gather(target, base + "/seeds")
        argv, env = afl(target, sanitizer, base + "/seeds", base + "/afl", seconds)
        if sys.stdout.isatty():
            del env["AFL_NO_UI"]
    else:
        argv, env = libfuzzer(target, sanitizer, base + "/libfuzzer", base + "/", seconds, folders(target))
    print("findings: %s\n%s" % (base, " ".join(argv)), flush=True)
    os.execvpe(argv[0], argv, env)


if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    main()
