"""A campaign's page: BASE/index.html, one file without scripts and without anything from elsewhere; and llvm-cov's pages."""
import glob
import html
import json
import os
import shutil
import subprocess
import time

import engines

STYLE = """
:root { --ink: #1c2430; --soft: #5d6b7e; --line: #dfe4ea; --paper: #fff; --ground: #f4f6f8; --good: #15803d; --bad: #be123c;
        --plot: #2563eb; --bar: #cfe0fb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa7b8; --line: #2c3644; --paper: #18202b;
        --ground: #10161e; --good: #4ade80; --bad: #fb7185; --plot: #7aa7ff; --bar: #23406f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, "DejaVu Sans", sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 32px 0 10px; }
p { margin: 0 0 12px; color: var(--soft); max-width: 80ch; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 10px; margin: 18px 0; }
.tile, .card { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; min-width: 0; }
.tile b { display: block; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile i { font-style: normal; } .tile span { color: var(--soft); font-size: 13px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 12px; }
.card h3 { margin: 0; font-size: 16px; display: flex; justify-content: space-between; align-items: baseline; gap: 8px; }
.card h3 small { font-weight: 400; color: var(--soft); font-size: 12px; }
.card svg { margin: 8px 0 4px; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 1px 10px; margin: 0; font-size: 13px; }
dt { color: var(--soft); } dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; }
.narrow { display: none; } @media (max-width: 640px) { .narrow { display: block; } .wide { display: none; } }
svg text { fill: var(--soft); font: 11px system-ui, "DejaVu Sans", sans-serif; }
.scroll { overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { padding: 6px 12px; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
th { color: var(--soft); font-weight: 500; border-bottom: 1px solid var(--line); }
td.bar + td { color: var(--soft); padding-left: 0; } th:first-child, td:first-child { text-align: left; } tr + tr td { border-top: 1px solid var(--line); }
.bar { background: linear-gradient(90deg, var(--bar) var(--w), transparent 0); }
.good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; } a { color: var(--plot); }
code { font-size: 12px; overflow-wrap: anywhere; }
"""


def slots(base):
    rows = []
    try:
        with open(os.path.join(base, "slots.jsonl"), encoding="utf-8") as file:
            for line in file:
                try:
                    rows.append(json.loads(line))
                except ValueError:  # the last line of a run that was killed
                    pass
    except OSError:
        pass
    return rows


def runs(base):
    try:
        with open(os.path.join(base, "log.jsonl"), encoding="utf-8") as file:
            return [json.loads(line) for line in file if line.strip()]
    except (OSError, ValueError):
        return []


def number(value):
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e4)):
        if value >= size:
            return "%.1f %s" % (value / (1e3 if unit == "k" else size), unit)
    return f"{value:,.0f}"


def duration(seconds):
    return "%.0f s" % seconds if seconds < 120 else "%.0f min" % (seconds / 60) if seconds < 7200 else "%.1f h" % (seconds / 3600)


def steps(points, width, height, left=0, bottom=0, top=4, lowest=None, horizon=None):
    """An SVG path of steps through (x, y), and its bounds."""
    last = horizon or max(p[0] for p in points) or 1
    high = max(p[1] for p in points) or 1
    low = min(p[1] for p in points) if lowest is None else lowest
    span = (high - low) or 1

    def place(x, y):
        return left + x / last * (width - left), height - bottom - (y - low) / span * (height - bottom - top)

    path, before = "", None
    for x, y in points:
        here = place(x, y)
        path += "M%.1f %.1f" % here if before is None else "H%.1fV%.1f" % here
        before = here
    return path + "H%.1f" % width, low, high, last


def sparkline(points, horizon):
    if len(points) < 2:
        return '<svg viewBox="0 0 260 54" role="img" aria-label="no plot yet"><text x="0" y="30">no plot yet</text></svg>'
    path, low, high, _ = steps(points, 260, 54, horizon=horizon)
    return ('<svg viewBox="0 0 260 54" role="img" aria-label="features over time, %d to %d">'
            '<path d="%sV54H%.1fZ" fill="var(--bar)" opacity=".5"/>'
            '<path d="%s" fill="none" stroke="var(--plot)" stroke-width="1.6"/></svg>' % (
                low, high, path, points[0][0] / (horizon or 1) * 260, path))


def plot(points, horizon, what):
    """One plot with axes, drawn for wide and for narrow screens."""
    if len(points) < 2:
        return "<p>No plot yet.</p>"
    return drawn("wide", 1100, 5, points, horizon, what) + drawn("narrow", 360, 2, points, horizon, what)


def drawn(name, width, ticks, points, horizon, what):
    height, left, bottom = 220, 56, 22
    path, low, high, last = steps(points, width, height, left, bottom, 10, horizon=horizon)
    lines = ""
    for i in range(5):
        y = height - bottom - i / 4 * (height - bottom - 10)
        lines += '<path d="M%d %.1fH%d" stroke="var(--line)"/><text x="%d" y="%.1f" text-anchor="end">%s</text>' % (
            left, y, width, left - 6, y + 4, f"{low + (high - low) * i / 4:,.0f}")
    for i in range(ticks + 1):
        x = left + i / ticks * (width - left)
        lines += '<text x="%.1f" y="%d" text-anchor="%s">%s</text>' % (
            x, height - 5, "end" if i == ticks else "start" if i == 0 else "middle", duration(last * i / ticks))
    return ('<svg class="%s" viewBox="0 0 %d %d" role="img" aria-label="%s">%s<path d="%s" fill="none" stroke="var(--plot)" '
            'stroke-width="2"/></svg>' % (name, width, height, what, lines, path))


def share(part, whole):
    percent = 100 * part / whole if whole else 0
    return '<td class="bar" style="--w:%.1f%%">%d of %d<td>%.1f %%' % (percent, part, whole, percent)


def card(base, target, row, points, horizon):
    states = row.get("machines", {})
    reached, all_states, pairs, all_pairs = (sum(m[i] for m in states.values()) for i in range(4))
    facts = [("executions", number(row["executions"])), ("rate", "%s/s" % number(row["executions"] / max(row["seconds"], 1))),
             ("features", f"{row['features']:,}"), ("edges", f"{row['edges']:,}"), ("inputs", f"{row.get('corpus', 0):,}"),
             ("last new feature", "%s of fuzzing ago" % duration(row["seconds"] - row["last_new"]))]
    if states:
        facts += [("states", "%d of %d" % (reached, all_states)), ("state pairs", "%d of %d" % (pairs, all_pairs))]
    if "min" in row:
        facts.append(("kept in min/", "%d files, %s" % (row["min"], number(row["min_octets"]))))
    link = ""
    if os.path.exists(os.path.join(base, "coverage", target, "index.html")):
        link = '<small><a href="coverage/%s/index.html">%s</a></small>' % (
            target, "lines %.1f %%" % row["lines"] if row.get("lines") is not None else "coverage")
    crashes = row["crashes"]
    text = "".join("<dt>%s<dd>%s" % fact for fact in facts)
    text += '<dt>crashes<dd class="%s">%s' % ("bad" if crashes else "good", len(crashes) or "none")
    text += "".join('<dt><dd class="bad"><code>crash/%s</code>' % html.escape(c) for c in crashes)
    return '<section class="card"><h3>%s%s</h3>%s<dl>%s</dl></section>' % (
        html.escape(target), link, sparkline(points, horizon), text)


def totals(rows):
    """Sum of all targets' features over the campaign's clock."""
    now, points = {}, []
    for row in rows:
        now[row["target"]] = row["features"]
        points.append((row["clock"], sum(now.values())))
    return points


def machine_table(machines):
    body = "".join("<tr><td>%s%s%s" % (html.escape(name.replace("smtpwire_", "")), share(a, b), share(c, d))
                   for name, (a, b, c, d) in sorted(machines.items()))
    return ('<div class="scroll"><table><tr><th>machine<th>states reached<th><th>pairs of states reached<th>%s</table></div>' % body)


def run_table(done):
    body = ""
    for run in reversed(done[-20:]):
        features = sum(t["features"] for t in run["targets"].values())
        pairs = [sum(m[i] for m in run.get("machines", {}).values()) for i in (2, 3)]
        body += "<tr><td>%s<td>%.1f min<td>%d<td>%s<td>%s<td>%s<td>%d of %d<td class=\"%s\">%d" % (
            run["start"].replace("T", " "), run["spent"] / 60, run["slots"], number(run["executions"]), f"{features:,}",
            f"{sum(t.get('corpus', 0) for t in run['targets'].values()):,}", *pairs,
            "bad" if run["crashes"] else "good", len(run["crashes"]))
    return ('<div class="scroll"><table><tr><th>run<th>time<th>slots<th>executions<th>features<th>inputs<th>state pairs'
            '<th>crashes%s</table></div>' % body)


def engine_table(rows):
    table = {}
    for row in (r for r in rows if r["engine"] != "start"):
        entry = table.setdefault((row["engine"], row["sanitizer"]), [0, 0.0, 0])
        entry[0] += row["executions"]
        entry[1] += row["seconds"]
        entry[2] += 1
    body = "".join("<tr><td>%s, %s<td>%d<td>%s<td>%s<td>%s/s" % (
        engine, sanitizer, e[2], duration(e[1]), number(e[0]), number(e[0] / max(e[1], 1)))
        for (engine, sanitizer), e in sorted(table.items()))
    return ('<div class="scroll"><table><tr><th>engine, sanitizer<th>slots<th>time<th>executions<th>rate%s</table></div>' % body)


def page(base, state):
    rows, done, targets = slots(base), runs(base), state["targets"]
    horizon = state["clock"]
    crashes = sum(len(t["crashes"]) for t in targets.values())
    run = state["run"]
    tiles = [(number(sum(t["executions"] for t in targets.values())), "executions"), (duration(horizon), "campaigns, all runs"),
             (len(targets), "targets"), (f"{sum(t['features'] for t in targets.values()):,}", "features"),
             (f"{sum(t.get('corpus', 0) for t in targets.values()):,}", "inputs"),
             ('<i class="%s">%s</i>' % ("bad" if crashes else "good", crashes or "none"), "crashes")]
    by_target = {}
    for row in rows:
        by_target.setdefault(row["target"], []).append((row["clock"], row["features"]))
    status = "done" if run["done"] else "%.1f of %g minutes" % (run["spent"] / 60, run["wanted"]["minutes"])
    parts = ['<h1>smtpwire: fuzz campaign</h1><p>Run of %s, %s. Page of %s.</p>' % (
        run["start"].replace("T", " "), status, time.strftime("%Y-%m-%d %H:%M:%S"))]
    parts.append('<div class="tiles">%s</div>' % "".join('<div class="tile"><b>%s</b><span>%s</span></div>' % t for t in tiles))
    parts.append("<h2>Features of all targets over time</h2><p>A feature is an edge of the code, with how often it was taken; "
                 "all figures are by one build without sanitizers, so that they can be compared.</p>"
                 '<div class="card">%s</div>' % plot(totals(rows), horizon, "features of all targets over time"))
    parts.append('<h2>Targets</h2><div class="cards">%s</div>' % "".join(
        card(base, name, row, by_target.get(name, []), horizon) for name, row in sorted(targets.items())))
    if state.get("machines"):
        parts.append("<h2>Machines</h2><p>States that the inputs of all targets reach, and transitions between them, of all "
                     "that the grammar's automata have.</p>" + machine_table(state["machines"]))
    if rows:
        parts.append("<h2>Engines</h2>" + engine_table(rows))
    if done:
        parts.append("<h2>Runs</h2>" + run_table(done))
    return ('<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
            'initial-scale=1"><title>smtpwire: fuzz campaign</title><style>%s</style><main>%s</main></html>\n' % (
                STYLE, "".join(parts)))


def write(base, state):
    path = os.path.join(base, "index.html")
    with open(path + ".new", "w", encoding="utf-8") as out:
        out.write(page(base, state))
    os.replace(path + ".new", path)


def coverage(base, target, files):
    """llvm-cov's pages of what these inputs reach, BASE/coverage/TARGET. Returns the percentage of lines, or None."""
    folder, profile = os.path.join(base, "coverage", target), os.path.join(base, "coverage", target + ".profdata")
    program, raw = os.path.join(engines.BUILD, "cov", "replay_" + target), os.path.join(base, "coverage", target + "-%p.profraw")
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    if not os.path.exists(program):
        return None
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    for at in range(0, len(files), 2000):
        subprocess.run([program, *files[at:at + 2000]], env=dict(os.environ, LLVM_PROFILE_FILE=raw), timeout=600, **quiet)
    found = glob.glob(raw.replace("%p", "*"))
    if not found:
        return None
    subprocess.run(["llvm-profdata-19", "merge", "-sparse", "-o", profile, *found], **quiet)
    for name in found:
        os.remove(name)
    sources = ["-sources", *sorted(glob.glob("parser/*.c")), *sorted(glob.glob("build/gen/*.c"))]
    subprocess.run(["llvm-cov-19", "show", program, "-instr-profile=" + profile, "-format=html", "-output-dir=" + folder,
                    "-show-branches=count", *sources], **quiet)
    summary = subprocess.run(["llvm-cov-19", "export", program, "-instr-profile=" + profile, "-summary-only",
                              *sources], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    try:
        return json.loads(summary.stdout)["data"][0]["totals"]["lines"]["percent"]
    except (ValueError, LookupError):
        return None
