"""Machines as Ragel compiles them (ragel -x), as automata."""
import os
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ET

from automata import Dfa


class Machine:
    """One machine of a .rl file: its states and its entries."""

    def __init__(self, element):
        states = element.findall("machine/state_list/state")
        error = element.findtext("machine/error_state")
        self.trans, self.final, self.actions = [{} for _ in states], set(), []
        for state in states:
            number = int(state.get("id"))
            if state.get("final") == "t":
                self.final.add(number)
            for t in state.findall("trans_list/t"):
                low, high, target, _ = t.text.split()
                if target != "x" and target != error:
                    for octet in range(int(low), int(high) + 1):
                        self.trans[number][octet & 255] = int(target)
        self.start = int(element.findtext("machine/start_state"))
        self.entries = {e.get("name"): int(e.text) for e in element.findall("machine/entry_points/entry")}

    def dfa(self, entry=None):
        start = self.start if entry is None else self.entries[entry]
        return Dfa(start, self.trans, self.final).trim()


def machine(path, name):
    xml = subprocess.run(["ragel", "-x", "-S", name, path], check=True, capture_output=True, text=True).stdout
    for element in ET.fromstring(xml).iter("ragel_def"):
        if element.get("name") == name:
            return Machine(element)
    raise LookupError(name)


def grammar_files(root):
    """Grammar files in an order in which each comes behind those it needs, with what their heads say."""
    files, order = {}, []
    for name in sorted(os.listdir(os.path.join(root, "grammar"))):
        if name.endswith(".rl"):
            text = open(os.path.join(root, "grammar", name), encoding="utf-8").read()
            needs = re.search(r"Needs machines: ([^.]*)\.", text).group(1)
            files[name[:-3]] = (text, [] if needs == "none" else re.findall(r"\w+", needs))

    def visit(name):
        for need in files[name][1]:
            visit(need)
        if name not in order:
            order.append(name)

    for name in files:
        visit(name)
    return [(name, files[name][0]) for name in order]


def rule_names(text):
    """The rules that a grammar file defines."""
    return re.findall(r"^    (\w+)\s*=[^>]", re.sub(r"#.*", "", text), re.M)


class Rules:
    """Each rule of the grammar, wrapped into a machine of its own through the includes that the library uses."""

    def __init__(self, root):
        self.root, self.files = root, grammar_files(root)
        actions = set()
        for _, text in self.files:
            actions |= set(re.findall(r"[>@$%]\*?(\w+)", re.sub(r"#.*", "", text)))
        self.actions = sorted(actions - {"none"})

    def dfa(self, rule):
        lines = ["%%{", "machine wrapped;", "alphtype unsigned char;"]
        lines += ["action %s { }" % a for a in self.actions]
        for name, text in self.files:
            lines.append('include %s "%s";' % (name, os.path.abspath(os.path.join(self.root, "grammar", name + ".rl"))))
            if rule in rule_names(text):
                break
        else:
            raise LookupError(rule)
        lines += ["main := %s;" % rule, "}%%", ""]
        with tempfile.NamedTemporaryFile("w", suffix=".rl") as out:
            out.write("\n".join(lines))
            out.flush()
            return machine(out.name, "wrapped").dfa()
