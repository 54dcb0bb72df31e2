#!/usr/bin/python3
"""States and transitions (pairs of states) of the machines that inputs reach, of all there are.

usage: states.py TARGET FILE...   replays the files through build/states/replay_TARGET
All there are: those of ragel -x that lead to a state other than the error state.
"""
import os
import subprocess
import sys

import engines

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "proof"))
MACHINE_FILES = ("address", "command", "parameter", "reply", "reply_text", "capability", "data")


def machines():
    """Name to all its transitions."""
    import ragel
    import xml.etree.ElementTree as ET
    found = {}
    for file in MACHINE_FILES:
        path = os.path.join(ROOT, "parser", file + ".rl")
        xml = subprocess.run(["ragel", "-x", path], check=True, capture_output=True, text=True).stdout
        for element in ET.fromstring(xml).iter("ragel_def"):
            rows = ragel.Machine(element).whole().trans
            found[element.get("name")] = {(state, to) for state, row in enumerate(rows) for to in row.values()}
    return found


def replay(target, files, seconds=600):
    """Machine to the transitions that these inputs make."""
    steps, at = {}, 0
    program = os.path.join(engines.BUILD, "states", "replay_" + target)
    if not os.path.exists(program):
        return {}
    while at < len(files):  # as many as fit on one command line
        part = files[at:at + 2000]
        at += len(part)
        done = subprocess.run([program, *part], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=seconds, check=False, text=True)
        for line in done.stdout.splitlines():
            words = line.split()
            if len(words) == 3 and words[1].isdigit():
                steps.setdefault(words[0], set()).add((int(words[1]), int(words[2])))
    return steps


def count(everything, steps):
    """Machine to states reached, states, transitions reached, transitions."""
    result = {}
    for name, pairs in sorted(everything.items()):
        reached = steps.get(name, set()) & pairs
        if len(reached) < len(steps.get(name, ())) / 2:
            raise RuntimeError("%s: the replay and ragel -x are not of one machine" % name)
        result[name] = (len({s for pair in reached for s in pair}), len({s for pair in pairs for s in pair}),
                        len(reached), len(pairs))
    return result


def main():
    for name, row in count(machines(), replay(sys.argv[1], sys.argv[2:])).items():
        print("%-28s %5d of %5d states %5d of %5d transitions" % (name, *row))


if __name__ == "__main__":
    main()
