#!/usr/bin/python3
"""What a run of build/bench or build/bench_peers measured, from the medians: ns a line, GB/s, the ratio to memchr over the
same octets; and what is required, met or missed. Fails if a row did.

usage: table.py FILE [--json | --write]; FILE is what --benchmark_out wrote; --write puts the tables and the plot into
docs/speed.md and docs/speed.svg."""
import json
import re
import statistics
import subprocess
import sys

import plot

KINDS = ("", "-sse2", "-swar")  # the best, which is AVX2 on what this is measured on; SSE2; no vectors
CONTENT_KINDS = ("-avx2", "-sse2", "-swar")
MANUAL = "/iterations:1/manual_time"  # what the names of rows end in that take their time themselves
GIGAHERTZ = 3.5  # what a push of one octet is required at

# What is required: of a row and its kinds, in times memchr at most, or in its speed at least.
TIMES = [("W1, server's session, whole buffers", "W1/session", (3.2, 3.8, 6)),
         ("W2, parameters typed", "W2/typed", (3.5, 4.2, 7)),
         ("W2, framing, parameters as one slice", "W2/command", (2.8, 3.4, 6.2)),
         ("W2 with unknown keywords, each parameter taken", "W2/generic", (2.8, 3.4, 6.2)),
         ("W4, reply lines", "W4/reply", (2.0, 2.2, 3.2)),
         ("W4e, keywords typed", "W4e/typed", (3.0, 3.2, 4.5))]
SPEED = [("W3 %s, %s, %s" % (text, size, what), "W3-%s-%s/%s" % (text, size.replace(" ", "")[:-2], row), figures)
         for text in ("text", "base64")
         for size, figures in (("64 MiB", (1.5, 1.5, 0.45)), ("256 KiB", (1.6, 1.0, 0.22)))
         for what, row in (("content", "content"), ("dot-stuffing", "stuff"))]
# One row in times another at most.
RATIOS = [("W1 in pieces of 64 octets, times whole buffers", "W1/session-64", "W1/session", 1.5),
          ("W1 octet by octet, times whole buffers", "W1/session-1", "W1/session", 6),
          ("W2q, times the machines without any shorter way", "W2q/typed", "W2q/grammar", 1.25),
          *(("content in 4 KiB, %s, times whole" % on, "W3-%s/content-4096" % on, "W3-%s/content-avx2" % on, 1.2)
            for on in ("text-64M", "text-256K", "base64-64M", "base64-256K")),
          *(("content in 64 octets, %s, times memchr on the same" % on, "W3-%s/content-64" % on, "W3-%s/memchr-64" % on, 3)
            for on in ("text-256K", "base64-256K"))]
PUSH = [("content octet by octet, %s, ns a push at %s GHz" % (on, GIGAHERTZ), "W3-%s/content-1" % on, 6)
        for on in ("text-256K", "base64-256K")]
PEERS = [("W1, server's session", "W1", ("session", "dovecot")),
         ("W2, parameters typed", "W2", ("typed", "dovecot")), ("W4, reply lines", "W4", ("reply", "dovecot", "libetpan")),
         ("W4e, replies to EHLO", "W4e", ("typed", "dovecot", "libetpan"))] + [
    ("W3 %s" % on, "W3-" + on, ("content-4096", "dovecot"))
    for on in ("text-64M", "text-256K", "base64-64M", "base64-256K")]


def load(path):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    medians, bad = {}, {run["name"] for run in report["benchmarks"] if run.get("error_occurred")}
    for run in report["benchmarks"]:
        if run.get("aggregate_name") == "median":
            medians[run["run_name"].removesuffix(MANUAL)] = run
    if bad or not medians:
        sys.exit("failed: %s" % (sorted(bad) or "nothing was measured"))
    report["context"]["repetitions"] = max(run.get("repetitions", 0) for run in report["benchmarks"])
    report["context"]["spread"] = statistics.median(
        run["real_time"] for run in report["benchmarks"] if run.get("aggregate_name") == "cv")
    rows = {}
    for name, run in sorted(medians.items(), key=lambda item: item[1]["family_index"]):
        base = medians[name.split("/")[0] + "/memchr"]
        rows[name] = {"name": name, "ns_per_line": 1e9 / run["items_per_second"], "gb_per_s": run["bytes_per_second"] / 1e9,
                      "times_memchr": run["real_time"] / base["real_time"]}
        if "pushes" in run:
            rows[name]["ns_per_push"] = run["real_time"] / run["pushes"]
    return report["context"], rows


def verdict(figure, required, least=False):
    good = figure >= required if least else figure <= required
    return "%.2f (%s) %s" % (figure, required, "met" if good else "missed")


def required(context, rows):
    """Lines of a table: what, and a verdict for each kind of vectors; of what has no kinds one."""
    for what, row, figures in TIMES:
        yield what + ": times memchr at most", [
            verdict(rows[row + kind]["times_memchr"], figure) if row + kind in rows else "-"
            for kind, figure in zip(KINDS, figures)]
    for what, row, figures in SPEED:
        yield what + ": times memchr's speed at least", [
            verdict(1 / rows[row + kind]["times_memchr"], figure, True) if row + kind in rows else "-"
            for kind, figure in zip(CONTENT_KINDS, figures)]
    for what, row, other, figure in RATIOS:
        if other in rows:
            yield what, [verdict(rows[row]["ns_per_line"] / rows[other]["ns_per_line"], figure), "", ""]
    for what, row, figure in PUSH:
        yield what, [verdict(rows[row]["ns_per_push"] * float(context["gigahertz"]) / GIGAHERTZ, figure), "", ""]


def table(head, lines):
    return "\n".join(["| " + " | ".join(head) + " |", "|---" * len(head) + "|",
                      *("| " + " | ".join(line) + " |" for line in lines)]) + "\n"


def required_table(context, rows):
    return table(("measured (required)", "AVX2", "SSE2", "no vectors"),
                 [(what, *(cell.replace("missed", "**missed**") for cell in cells)) for what, cells in required(context, rows)])


def results_table(rows):
    return table(("", "ns/line", "GB/s", "times memchr"),
                 [(name, "%.1f" % row["ns_per_line"], "%.2f" % row["gb_per_s"], "%.2f" % row["times_memchr"])
                  for name, row in rows.items()])


def peers_table(rows):
    def cell(on, what):
        row = rows.get("%s/%s" % (on, what))
        return "-" if row is None else ("%.2f GB/s" % row["gb_per_s"] if on.startswith("W3") else "%.0f ns (%.1f)" % (
            row["ns_per_line"], row["times_memchr"]))
    return table(("a line (times memchr)", "memchr", "smtpwire", "Dovecot", "libetpan"), [
        (title, cell(on, "memchr"), *(cell(on, what) for what in whats), *["-"] * (3 - len(whats)))
        for title, on, whats in PEERS])


def sizes(context):
    lines = subprocess.run(["size", "-t", "build/gcc/libsmtpwire.a"], capture_output=True, text=True, check=True).stdout
    text = {}
    for line in lines.splitlines()[1:]:
        fields = line.split()
        text[fields[5]] = int(fields[0])
    machines = re.search(r"^MACHINES\s*:= (.*)", open("Makefile", encoding="utf-8").read(), re.M).group(1).split()
    named = [(name + ".o", text[name + ".o"]) for name in [*machines, "expected_tables"]]
    rest = text["(TOTALS)"] - sum(size for _, size in named)
    made = table(("code and constants", "octets"), [(name, str(size)) for name, size in named] + [
        ("written by hand, together", str(rest)), ("**the library**", str(text["(TOTALS)"]))])
    return made + "\n" + table(("struct", "octets"), [
        ("smtpwire_" + name[7:], size) for name, size in context.items() if name.startswith("sizeof ")])


def spread(context):
    """How quiet the machine was."""
    return "the standard deviation of a row's repetitions is %.1f %% (median of all rows)" % (100 * context["spread"])


def machine(context):
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"^model name\s*: (.*)", file.read(), re.M)
    return ("Measured on %s by `make bench-peers`: %d processors of the kind \"%s\", at %.1f GHz while they compute; gcc %s -O2, "
            "glibc %s; load %.1f. Medians of %d repetitions, each the fastest pass of 0.2 s, in random order in one "
            "process on one processor, CPU time; %s.\n" % (
                context["date"][:10], context["num_cpus"], model.group(1) if model else "?", float(context["gigahertz"]),
                context["compiler"], context["libc"], (context["load_avg"] or [0])[0],
                context["repetitions"], spread(context)))


def write(context, rows):
    parts = {"machine": machine(context), "required": required_table(context, rows), "peers": peers_table(rows),
             "sizes": sizes(context), "rows": results_table(rows)}
    with open("docs/speed.md", encoding="utf-8") as file:
        text = file.read()
    for name, part in parts.items():
        text, count = re.subn(r"(<!-- begin %s[^>]*-->\n).*?(<!-- end %s -->)" % (name, name),
                              lambda found, part=part: found.group(1) + part + found.group(2), text, flags=re.S)
        if count != 1:
            sys.exit("docs/speed.md has no place for %s" % name)
    with open("docs/speed.md", "w", encoding="utf-8") as file:
        file.write(text)
    with open("docs/speed.svg", "w", encoding="utf-8") as file:
        file.write(plot.bars([(title, [(what, rows["%s/%s" % (on, what)]["times_memchr"]) for what in ("memchr", *whats)
                                       if "%s/%s" % (on, what) in rows])
                              for title, on, whats in PEERS]))


def main():
    context, rows = load(sys.argv[1])
    if "--json" in sys.argv:
        verdicts = {what: list(filter(None, cells)) for what, cells in required(context, rows)}
        print(json.dumps({"context": context, "rows": list(rows.values()), "required": verdicts}, indent=1))
        return
    print("%-28s %9s %8s %9s" % ("", "ns/line", "GB/s", "x memchr"))
    for row in rows.values():
        print("%-28s %9.1f %8.2f %9.2f" % (row["name"], row["ns_per_line"], row["gb_per_s"], row["times_memchr"]))
    print("\nmedians of %d repetitions, each the fastest pass of 0.2 s; %s" % (context["repetitions"], spread(context)))
    print("\nmeasured (required): AVX2, SSE2, no vectors")
    for what, cells in required(context, rows):
        print("%-66s %s" % (what, "   ".join(filter(None, cells))))
    if "--write" in sys.argv:
        write(context, rows)


if __name__ == "__main__":
    main()
