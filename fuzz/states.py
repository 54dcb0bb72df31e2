#!/usr/bin/python3
"""States and transitions of the machines that inputs reach, of all there are.

usage: states.py seed SECONDS     what each target reaches from corpus/TARGET/seed alone when it is fuzzed for so long (0: the
                                  seeds as they are), and what all reach together
       states.py TARGET FILE...   what these files reach, replayed through build/states/replay_TARGET

A pair is two states with a transition between them. All there are: those of ragel -x that lead to a state other than the error
state, but for those with the action "labels", which only keep the names of the labels that a machine is entered at.
"""
import glob
import os
import subprocess
import sys
import tempfile

import engines

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(ROOT, "tests", "proof"))
MACHINE_FILES = ("address", "command", "parameter", "reply", "reply_text", "capability", "data")


def machines():
    """By name; of each its trans has the states, each with where its octets lead and what they do."""
    import ragel
    import xml.etree.ElementTree as ET
    found = {}
    for file in MACHINE_FILES:
        path = os.path.join(ROOT, "parser", file + ".rl")
        xml = subprocess.run(["ragel", "-x", path], check=True, capture_output=True, text=True).stdout
        for element in ET.fromstring(xml).iter("ragel_def"):
            found[element.get("name")] = ragel.Machine(element).without({"labels"})
    return found


def steps_of(name):
    """Machine to the steps that a file tells of: (state, octet)."""
    steps = {}
    for line in open(name, encoding="ascii"):
        machine, state, octets = line.split()
        bits = int(octets, 16)
        steps.setdefault(machine, set()).update((int(state), o) for o in range(256) if bits >> 255 - o & 1)
    return steps


def run(argv, **options):
    """What a program of build/states reaches, and what it did besides."""
    with tempfile.TemporaryDirectory() as folder:
        name = os.path.join(folder, "states")
        open(name, "w", encoding="ascii").close()
        done = subprocess.run(argv, env=dict(os.environ, STATES=name), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, check=False, errors="replace", **options)
        return steps_of(name), done


def replay(target, files, seconds=600):
    """Machine to the steps that these inputs make."""
    steps = {}
    program = os.path.join(engines.BUILD, "states", "replay_" + target)
    if os.path.exists(program):
        for at in range(0, len(files), 2000):  # as many as fit on one command line
            add(steps, run([program, *files[at:at + 2000]], timeout=seconds)[0])
    return steps


def add(steps, more):
    for machine, own in more.items():
        steps.setdefault(machine, set()).update(own)


def states_in(pairs):
    return {s for pair in pairs for s in pair}


def count(everything, steps):
    """Machine to states reached, states, pairs reached, pairs."""
    result = {}
    for name, machine in sorted(everything.items()):
        pairs = {(state, to) for state, row in enumerate(machine.trans) for to, _ in row.values()}
        reached = {(state, machine.trans[state][octet][0]) for state, octet in steps.get(name, ())}
        result[name] = (len(states_in(reached)), len(states_in(pairs)), len(reached), len(pairs))
    return result


def tell(everything, steps):
    rows = count(everything, steps)
    for name, row in rows.items():
        print("%-28s %5d of %5d states %5d of %5d pairs" % (name, *row))
    states, all_states, pairs, all_pairs = (sum(row[i] for row in rows.values()) for i in range(4))
    print("%-28s %5d of %5d states %5d of %5d pairs: %.1f %% and %.1f %%" % (
        "together", states, all_states, pairs, all_pairs, 100 * states / all_states, 100 * pairs / all_pairs))


def fuzz(target, seeds, seconds):
    """What a target reaches from these seeds: by libFuzzer, without a sanitizer, its finds thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        found = os.path.join(folder, "found")
        os.mkdir(found)
        if seconds != 0:
            argv, environment = engines.libfuzzer(target, "none", found, folder + "/", seconds, [seeds])
            subprocess.run(argv, env=environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           timeout=seconds + 60)
        return replay(target, sorted(glob.glob(seeds + "/*") + glob.glob(found + "/*")))


def main():
    everything, steps = machines(), {}
    if sys.argv[1] != "seed":
        tell(everything, replay(sys.argv[1], sys.argv[2:]))
        return
    for seeds in sorted(glob.glob(os.path.join(ROOT, "corpus", "*", "seed"))):
        target = os.path.basename(os.path.dirname(seeds))
        own = fuzz(target, seeds, int(sys.argv[2]))
        print("--", target)
        tell({m: everything[m] for m in own if m in everything}, own)
        add(steps, own)
    print("-- all")
    tell(everything, steps)


if __name__ == "__main__":
    main()
