"""Machines as Ragel compiles them (ragel -x), as automata."""
import copy
import os
import re
import subprocess
import tempfile
import xml.etree.ElementTree as ET

from automata import Dfa, Nfa


class Machine:
    """One machine of a .rl file: its states and its entries. Each transition has its actions, in order, and so has the end
    of the input in each final state."""

    def __init__(self, element):
        states = element.findall("machine/state_list/state")
        error = element.findtext("machine/error_state")
        tables = self.read_actions(element)
        self.trans, self.final = [{} for _ in states], {}
        for state in states:
            number = int(state.get("id"))
            on_entry, on_leaving, at_end = (state.findtext("state_actions") or "x x x").split()
            assert on_entry == on_leaving == "x", "actions of a state on entry and leaving are not read"
            if state.get("final") == "t":
                self.final[number] = tables[at_end]
            else:
                assert at_end == "x", "actions at an end that is an error are not read"
            for t in state.findall("trans_list/t"):
                low, high, target, table = t.text.split()
                if target != "x" and target != error:
                    for octet in range(int(low), int(high) + 1):
                        self.trans[number][octet & 255] = int(target), tables[table]
        self.start = int(element.findtext("machine/start_state"))
        self.entries = {e.get("name"): int(e.text) for e in element.findall("machine/entry_points/entry")}

    def read_actions(self, element):
        """Lists of actions by their number; an action without a name is told by its line."""
        names = {a.get("id"): a.get("name") or "line %s" % a.get("line")
                 for a in element.findall("machine/action_list/action")}
        self.action_names = set(names.values())
        tables = {t.get("id"): tuple(names[a] for a in (t.text or "").split())
                  for t in element.findall("machine/action_table_list/action_table")}
        return {"x": (), **tables}

    def without(self, actions):
        """What is left when every transition with one of these actions is taken away, and no state is final in which the
        end of the input has one."""
        other = copy.copy(self)
        other.trans = [{o: t for o, t in row.items() if actions.isdisjoint(t[1])} for row in self.trans]
        other.final = {s: a for s, a in self.final.items() if actions.isdisjoint(a)}
        return other

    def from_entry(self, entry):
        other = copy.copy(self)
        other.start = self.entries[entry]
        return other

    def whole(self, entry=None):
        """States keep their numbers, those from which no end can be reached too."""
        start = self.start if entry is None else self.entries[entry]
        return Dfa(start, [{o: target for o, (target, _) in row.items()} for row in self.trans], set(self.final))

    def dfa(self, entry=None):
        return self.whole(entry).trim()

    def runs(self, state):
        """The transitions of a state as Ragel lists them, by octets in a row that do the same: first octet, last octet."""
        row, runs = self.trans[state], []
        for octet in sorted(row):
            if runs and runs[-1][1] == octet - 1 and row[octet - 1] == row[octet]:
                runs[-1] = runs[-1][0], octet
            else:
                runs.append((octet, octet))
        return runs

    def walk(self, entry=None, standing=None):
        """A word for each transition (runs()), behind a short one to its state. Where this machine runs another at an octet,
        standing has for the action that does so a text that the other takes, and that begins with such an octet."""
        standing = standing or {}
        start = self.start if entry is None else self.entries[entry]
        words, queue = {start: b""}, [start]
        for state in queue:
            for octet, (target, actions) in self.trans[state].items():
                text = next((standing[a] for a in actions if a in standing), bytes([octet]))
                if target not in words and text[0] == octet:
                    words[target] = words[state] + text
                    queue.append(target)
        return [words[state] + bytes([first]) for state in queue for first, _ in self.runs(state)]

    def dead(self, entry):
        """States that the entry leads to, but that lead to no end: an octet that leads there would be taken in vain, and a
        fault be told too late."""
        whole = self.whole(entry)
        return len(whole.shortest_words()) - len(whole.trim().trans)

    def used(self):
        """Actions of transitions."""
        return {a for row in self.trans for _, actions in row.values() for a in actions}

    def running(self, inner):
        """This machine where it runs another at each transition with an action that inner names: inner maps the action to
        the machine that is run from that octet on, and to the octets that it ends at without taking them (None: it needs
        none, since nothing in it follows what it accepts). What is accepted is what one automaton would accept that had
        the other in place of the transition: that is so only if where the other has accepted, it cannot go on with an
        octet that this one goes on with, which is checked."""
        nfa, parts = Nfa(), {}
        for _ in self.trans:
            nfa.state()
        for state, row in enumerate(self.trans):
            for octet, (target, actions) in row.items():
                called = inner.keys() & set(actions)
                if not called:
                    nfa.edge(state, frozenset([octet]), target)
                    continue
                (name,) = called
                dfa, ends = inner[name]
                if (name, target) not in parts:
                    follows = {o for s in dfa.final for o in dfa.trans[s]}
                    if ends is None:
                        assert not follows, name
                    else:
                        assert not follows & ends and self.trans[target].keys() <= ends, (name, follows, ends)
                    parts[name, target] = base = len(nfa.edges)
                    nfa.embed(dfa)
                    for s in dfa.final:
                        nfa.edge(base + s, None, target)
                entered = dfa.trans[dfa.start].get(octet)
                if entered is not None:
                    nfa.edge(state, frozenset([octet]), parts[name, target] + entered)
        end = nfa.state()
        for state in self.final:
            nfa.edge(state, None, end)
        return nfa.determinise(self.start, end)


class Library:
    """The machines that run one another, put together, with these leniencies on."""

    # Actions of the machine of commands, each with the entry of the machine of addresses that it runs.
    RUNS = {"reverse_path": "reverse_path", "forward_path": "forward_path", "name": "asked_for", "ehlo_host": "greeting",
            "bare_reverse_path": "mailbox", "bare_forward_path": "bare_rcpt"}

    def __init__(self, root, gates, lax=frozenset()):
        address = os.path.join(root, "parser", "address.rl")
        off = frozenset(gates) - frozenset(lax)
        self.literals = machine(address, "smtpwire_literal").without(off)
        self.addresses = machine(address, "smtpwire_address").without(off)
        self.commands = machine(os.path.join(root, "parser", "command.rl"), "smtpwire_command").without(off)
        self.ends = {o for row in self.addresses.trans for o, (_, actions) in row.items() if "behind" in actions}
        self.cache = {}

    def literal(self, entry):
        return self.literals.dfa("literals_" + entry)

    def address(self, entry):
        if entry not in self.cache:
            plain = self.addresses.without({"behind"}).from_entry("values_" + entry)
            self.cache[entry] = plain.running({"address_literal": (self.literal("any_tag"), None)})
        return self.cache[entry]

    def command(self):
        return self.commands.running({action: (self.address(entry), self.ends) for action, entry in self.RUNS.items()
                                      if action in self.commands.used()})


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
        names = [rule for _, text in self.files for rule in rule_names(text)]
        twice = {rule for rule in names if names.count(rule) > 1}
        assert not twice, "defined twice: %s" % twice

    def file(self, rule):
        """The file that defines it."""
        for name, text in self.files:
            if rule in rule_names(text):
                return name
        raise LookupError(rule)

    def dfa(self, rule):
        return self.machine(rule).dfa()

    def machine(self, rule):
        return self.compile(rule, self.file(rule))

    def expression(self, text):
        return self.compile(text).dfa()

    def compile(self, text, last=None):
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
            return machine(out.name, "wrapped")
