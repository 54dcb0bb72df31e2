#!/usr/bin/python3
"""The medians of a run of build/bench as a table: ns a line or GB/s, and the ratio to memchr over the same octets.

usage: table.py FILE [--json]; FILE is what --benchmark_out wrote. Fails if a benchmark did."""
import json
import sys


def rows(report):
    medians, bad = {}, []
    for run in report["benchmarks"]:
        if run.get("error_occurred"):
            bad.append(run["name"])
        if run.get("aggregate_name") == "median":
            medians[run["run_name"]] = run
    if bad or not medians:
        sys.exit("failed: %s" % (sorted(set(bad)) or "nothing was measured"))
    for name, run in medians.items():
        base = medians[name.split("/")[0] + "/memchr"]
        yield {"name": name, "ns_per_line": 1e9 / run["items_per_second"], "gb_per_s": run["bytes_per_second"] / 1e9,
               "times_memchr": run["cpu_time"] / base["cpu_time"]}


def main():
    with open(sys.argv[1]) as file:
        report = json.load(file)
    table = list(rows(report))
    if "--json" in sys.argv:
        print(json.dumps(table, indent=1))
        return
    print("%-28s %9s %8s %9s" % ("", "ns/line", "GB/s", "x memchr"))
    for row in table:
        print("%-28s %9.1f %8.2f %9.2f" % (row["name"], row["ns_per_line"], row["gb_per_s"], row["times_memchr"]))


main()
