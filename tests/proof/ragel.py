"""Machines as Ragel compiles them (ragel -x), as automata."""
import os
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ET

from automata import Dfa


class Machine:
    """One machine of a .rl file: its states, its entries, and the names of the actions on its transitions, in order."""

    def __init__(self, element):
        states = element.findall("machine/state_list/state")
        error = element.findtext("machine/error_state")
        tables = self.read_actions(element)
        self.trans, self.final = [{} for _ in states], set()
        self.actions, self.eof_actions = [{} for _ in states], {}
        for state in states:
            number = int(state.get("id"))
            if state.get("final") == "t":
                self.final.add(number)
            for t in state.findall("trans_list/t"):
                low, high, target, table = t.text.split()
                if target != "x" and target != error:
                    for octet in range(int(low), int(high) + 1):
                        self.trans[number][octet & 255] = int(target)
                        if table != "x":
                            self.actions[number][octet & 255] = tables[table]
            on_entry, on_leaving, at_end = (state.findtext("state_actions") or "x x x").split()
            assert on_entry == on_leaving == "x", "actions of a state on entry and leaving are not read"
            if at_end != "x":
                self.eof_actions[number] = tables[at_end]
        self.start = int(element.findtext("machine/start_state"))
        self.entries = {e.get("name"): int(e.text) for e in element.findall("machine/entry_points/entry")}

    def read_actions(self, element):
        """Lists of actions by their number; an action without a name is told by its line."""
        names = {a.get("id"): a.get("name") or "line %s" % a.get("line")
                 for a in element.findall("machine/action_list/action")}
        self.action_names = set(names.values())
        return {t.get("id"): tuple(names[n] for n in (t.text or "").split())
                for t in element.findall("machine/action_table_list/action_table")}

    def dfa(self, entry=None, trimmed=True):
        start = self.start if entry is None else self.entries[entry]
        dfa = Dfa(start, self.trans, self.final)
        return dfa.trim() if trimmed else dfa


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

    def file(self, rule):
        """The file that defines it."""
        for name, text in self.files:
            if rule in rule_names(text):
                return name
        raise LookupError(rule)

    def dfa(self, rule):
        return self.expression(rule, self.file(rule))

    def expression(self, text, last=None):
        """What Ragel makes of an expression, which may name the rules of all files up to the one named last."""
        lines = ["%%{", "machine wrapped;", "alphtype unsigned char;"]
        lines += ["action %s { }" % a for a in self.actions]
        for name, _ in self.files:
            lines.append('include %s "%s";' % (name, os.path.abspath(os.path.join(self.root, "grammar", name + ".rl"))))
            if name == last:
                break
        lines += ["main := %s;" % text, "}%%", ""]
        with tempfile.NamedTemporaryFile("w", suffix=".rl") as out:
            out.write("\n".join(lines))
            out.flush()
            return machine(out.name, "wrapped").dfa()
