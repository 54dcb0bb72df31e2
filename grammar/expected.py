#!/usr/bin/env python3
"""Writes the tables behind smtpwire_expected_find(): which octets can stand where, and which rule of which RFC says so.

usage: expected.py GRAMMAR_FOLDER PUBLIC_HEADER > expected_tables.c

Every rule `x = expression;` of the grammar becomes `x = ( expression ) $in_x;`, so that in what ragel -x says each
transition tells the rules that it is inside of. A state's rule is the innermost one that all its transitions are inside
of, of those that an RFC has by this name and that are more than a class of octets; its section is the one named above
the rule. All entries together are minimised, the rule being part of what tells states apart.

Strict only: what the action unregistered_tag marks is left out, as are commands that are known but not implemented.
"""
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

# What is read at each entry: kinds by enum smtpwire_expected_kind, values of parameters by enum smtpwire_parameter_id.
KINDS = [
    ("COMMAND", "command_line | extension_line"), ("REPLY", "reply_line"), ("CAPABILITY", "ehlo_line"),
    ("AUTH_RESPONSE", "auth_response"), ("REVERSE_PATH", "Reverse_path"),
    ("FORWARD_PATH", "postmaster_path | Forward_path"), ("MAILBOX", "Mailbox"), ("DOMAIN", "Domain | address_literal"),
]
RAGEL = os.environ.get("RAGEL", "ragel")
NULL_OR_MAILBOX = "(null or mailbox)"  # what the value of AUTH stands for (RFC 4954 section 5)
VALUES = {
    "SIZE": "size_value", "BODY": "body_value", "AUTH": "xtext", "RET": "ret_value", "ENVID": "envid_value",
    "NOTIFY": "notify_esmtp_value", "ORCPT": "original_recipient_address", "BY": "by_value",
    "HOLDFOR": "future_release_interval", "HOLDUNTIL": "future_release_date_time", "MT_PRIORITY": "priority_value",
    "RRVS": "rrvs_value", "MTRK": "mtrk_value", "SOLICIT": "Solicitation_keywords", "SUBMITTER": "xtext",
    "TRANSID": "transid_value", "ALT_ADDRESS": "xtext", "XVERP": "xverp_value",
}
GATES = {"parameters_begin": 1, "smtputf8": 2}  # actions: no way leads past them without it
# Named by the command that they are part of: MAIL and RCPT then have the same states behind their paths.
UNNAMED = {"Mail_parameters", "Rcpt_parameters"}
NOTHING = "( any - any )"
OWN = "(own)"  # the rule of the command itself, whichever that is


# What a comment that says where rules come from begins with.
SECTION = re.compile(r"\s*(RFC \d+(?: (?:sections?|appendix) \w+(?:\.\w+)*(?:(?:, | and | to )\d+(?:\.\d+)*)*)?"
                     r"|Postfix,? \w+_README)")


class Rule:
    def __init__(self, name, body, rfc):
        self.name, self.body, self.rfc = name, body, rfc
        words = re.sub(r'"[^"]*"', "", body)
        self.actions = set(re.findall(r"[>@$%]\s*(\w+)", words))
        self.refers = set(re.findall(r"[A-Za-z_]\w*", re.sub(r"[>@$%]\s*\w+", "", words)))


def rules_of(text):
    """The rules of a grammar file, each with the section that the nearest comment above it begins with."""
    rfc = ""
    token = re.compile(r'#(?P<comment>[^\n]*)|(?P<name>[A-Za-z_]\w*)\s*=(?P<body>(?:"[^"]*"|#[^\n]*|[^"#;])*);'
                       r'|"[^"]*"|.', re.S)
    for match in token.finditer(text):
        if match.group("comment") is not None:
            named = SECTION.match(match.group("comment"))
            rfc = re.sub("^Postfix,", "Postfix", named.group(1)) if named else rfc
        elif match.group("name") is not None:
            body = re.sub(r'("[^"]*")|#[^\n]*', lambda m: m.group(1) or "", match.group("body"))
            yield Rule(match.group("name"), body.strip(), rfc)


class Grammar:
    def __init__(self, folder, header):
        files, self.rules = {}, {}
        for name in sorted(os.listdir(folder)):
            if name.endswith(".rl") and name != "data.rl":
                text = open(os.path.join(folder, name), encoding="utf-8").read()
                needs = re.search(r"Needs machines: ([^.]*)\.", text).group(1)
                files[name[:-3]] = (text, re.findall(r"\w+", needs.replace("none", "")))
        for name in list(files):
            self.load(files, name)
        unimplemented = re.findall(r'X\((\w+), "[\w-]+", 0\)', header)
        for rule in self.rules.values():
            if "unregistered_tag" in rule.actions or any("verb_" + v.lower() in rule.actions for v in unimplemented):
                rule.body = NOTHING
        # The rule of each command.
        self.verbs = {a[5:].upper(): r.name for r in self.rules.values() for a in r.actions
                      if a.startswith("verb_") and r.body != NOTHING}
        known = set()
        for name in os.listdir(os.path.join(folder, "abnf")):
            if name not in ("deviations.abnf", "strict.abnf"):
                text = open(os.path.join(folder, "abnf", name), encoding="utf-8").read()
                known |= set(re.findall(r"^([A-Za-z][\w-]*)\s*=", text.lower(), re.M))
        self.inside = {r: self.reach(r) for r in self.rules}
        self.text = self.annotated()
        self.named = {n for n in self.rules if n.lower().replace("_", "-") in known and self.rules[n].rfc} - UNNAMED
        self.named = {n for n in self.named if not self.is_class(n)}

    def load(self, files, name):
        if name not in files:
            return
        text, needs = files.pop(name)
        for need in needs:
            self.load(files, need)
        for rule in rules_of(text[text.index("%%{"):]):
            self.rules[rule.name] = rule

    def reach(self, name):
        """The rules inside of a rule."""
        found, todo = set(), [name]
        while todo:
            for rule in self.rules[todo.pop()].refers & self.rules.keys() - found:
                found.add(rule)
                todo.append(rule)
        return found

    def annotated(self):
        actions = {a for r in self.rules.values() for a in r.actions} | {"in_" + r for r in self.rules}
        lines = ["action %s { }" % a for a in sorted(actions)]
        return "\n".join(lines + ["%s = ( %s ) $in_%s;" % (r.name, r.body, r.name) for r in self.rules.values()])

    def is_class(self, name):
        """Whether all its words are one octet long."""
        machine = self.machine(name)
        return machine.start not in machine.final and all(not machine.edges[t] for row in machine.edges
                                                          for t, _ in row.values())

    def machine(self, expression):
        with tempfile.NamedTemporaryFile("w", suffix=".rl") as file:
            file.write("%%%%{\nmachine m;\nalphtype unsigned char;\n%s\nmain := %s;\n}%%%%\n" % (self.text, expression))
            file.flush()
            return Machine(subprocess.run([RAGEL, "-x", file.name], check=True, capture_output=True, text=True).stdout)


class Machine:
    """edges[state] is a dict octet -> (state, names of its actions); every state leads to a final one."""

    def __init__(self, xml):
        root = ET.fromstring(xml).find("ragel_def/machine")
        names = [a.get("name") for a in root.findall("action_list/action")]
        tables = [frozenset(names[int(i)] for i in t.text.split()) for t in root.findall("action_table_list/action_table")]
        states = root.findall("state_list/state")
        self.start, error = int(root.findtext("start_state")), root.findtext("error_state")
        self.final = {int(s.get("id")) for s in states if s.get("final") == "t"}
        self.edges = [{} for _ in states]
        for state in states:
            row = self.edges[int(state.get("id"))]
            for t in state.findall("trans_list/t"):
                low, high, target, actions = t.text.split()
                if target not in ("x", error):
                    for octet in range(int(low), int(high) + 1):
                        row[octet] = (int(target), tables[int(actions)] if actions != "x" else frozenset())

    def alive(self, without=None):
        """States from which a final one is reached, by no edge that has this action."""
        back = [set() for _ in self.edges]
        for state, row in enumerate(self.edges):
            for target, actions in row.values():
                if without not in actions:
                    back[target].add(state)
        found, todo = set(self.final), list(self.final)
        while todo:
            for state in back[todo.pop()] - found:
                found.add(state)
                todo.append(state)
        return found

    def gate(self, actions, target, alive):
        for action, number in GATES.items():
            if action in actions or target not in alive[action]:
                return number
        return 0


def rule_of(grammar, row):
    """The innermost rule around all transitions of a state; octets over 127 count where there are no others."""
    ascii_only = [a for o, (_, a) in row.items() if o < 128]
    sets = ascii_only or [a for _, a in row.values()]
    if not sets:
        return OWN
    around = {a[3:] for a in frozenset.intersection(*sets) if a.startswith("in_")} & grammar.named
    clear = [r for r in around if all(r == s or r in grammar.inside[s] or s in grammar.inside[r] for s in around)]
    inner = [r for r in clear if not any(s in grammar.inside[r] for s in clear)]
    if not inner or inner[0] in grammar.verbs.values():
        return OWN
    return inner[0]


class Tables:
    """All entries in one automaton: edges[state] is a list of (octets, target, gate)."""

    def __init__(self, grammar, entries):
        self.edges, self.final, self.rule, self.start = [], [], [], {}
        for name, expression in entries:
            self.add(grammar, name, grammar.machine(expression))
        self.minimise()

    def add(self, grammar, name, machine):
        base = len(self.edges)
        alive = {a: machine.alive(a) for a in GATES}
        self.start[name] = base + machine.start
        for state, row in enumerate(machine.edges):
            groups = {}
            for octet, (target, actions) in row.items():
                groups.setdefault((base + target, machine.gate(actions, target, alive)), set()).add(octet)
            self.edges.append([(tuple(sorted(o)), t, g) for (t, g), o in groups.items()])
            self.final.append(state in machine.final)
            self.rule.append(rule_of(grammar, row))

    def minimise(self):
        block, count = [0] * len(self.edges), 0
        while True:
            seen = {}
            block = [seen.setdefault((self.final[s], self.rule[s], block[s], self.merged(s, block)), len(seen))
                     for s in range(len(self.edges))]
            if len(seen) == count:
                break
            count = len(seen)
        reached, todo = set(), list(dict.fromkeys(block[s] for s in self.start.values()))
        order, kept = [], {}
        for s, b in enumerate(block):
            kept.setdefault(b, s)
        while todo:
            b = todo.pop()
            if b not in reached:
                reached.add(b)
                order.append(b)
                todo.extend(t for _, t, _ in self.merged(kept[b], block))
        number = {b: i for i, b in enumerate(order)}
        edges = [[(o, number[t], g) for o, t, g in self.merged(kept[b], block)] for b in order]
        self.final, self.rule = [self.final[kept[b]] for b in order], [self.rule[kept[b]] for b in order]
        self.start = {n: number[block[s]] for n, s in self.start.items()}
        self.edges = edges

    def merged(self, state, block):
        groups = {}
        for octets, target, gate in self.edges[state]:
            groups.setdefault((block[target], gate), []).extend(octets)
        return tuple(sorted((tuple(sorted(o)), t, g) for (t, g), o in groups.items()))


def wrapped(values):
    lines, line = [], "   "
    for value in values:
        if len(line) + len(value) > 118:
            lines.append(line)
            line = "   "
        line += " " + value + ","
    return "\n".join(lines + [line])


def array(kind, name, values):
    return "const %s smtpwire__expected_%s[] = {\n%s\n};\n" % (kind, name, wrapped(values))


def ranges(octets):
    """How many, then the first and the last of each."""
    runs = []
    for octet in octets:
        if runs and runs[-1][1] == octet - 1:
            runs[-1][1] = octet
        else:
            runs.append([octet, octet])
    return [len(runs)] + [o for run in runs for o in run]


class Texts:
    """Strings one behind the other, each with the NUL behind it, and where each begins."""

    def __init__(self):
        self.at, self.len = {"": 0}, 1

    def add(self, text):
        if text not in self.at:
            self.at[text] = self.len
            self.len += len(text) + 1
        return str(self.at[text])

    def emit(self):
        return "const char smtpwire__expected_text[] =\n%s;\n" % "\n".join('    "%s\\0"' % t for t in self.at)


def emit(grammar, tables):
    sets = sorted({o for row in tables.edges for o, _, _ in row})
    where, blob = {}, []
    for octets in sets:
        where[octets] = len(blob)
        blob += ranges(octets)
    rules = [OWN] + sorted((set(tables.rule) | set(grammar.verbs.values())) - {OWN})
    first = [0]
    for row in tables.edges:
        first.append(first[-1] + len(row))
    texts = Texts()
    names = [texts.add("" if r == OWN else r.replace("_", "-")) for r in rules]
    rfcs = [texts.add("" if r == OWN else grammar.rules[r].rfc) for r in rules]
    assert len(sets) <= 256 and len(rules) <= 128 and len(tables.edges) < 1 << 14 and len(blob) < 1 << 16
    print("/* Made from grammar/ by grammar/expected.py: %d states, %d transitions. */\n#include \"internal.h\"\n" %
          (len(tables.edges), first[-1]))
    print(array("uint16_t", "set", (str(where[o]) for o in sets)))
    print(array("uint8_t", "ranges", map(str, blob)))
    print(array("uint16_t", "first", map(str, first)))
    print(array("uint8_t", "state", (str(rules.index(r) | 128 * f) for r, f in zip(tables.rule, tables.final))))
    print(array("uint8_t", "edge_set", (str(sets.index(o)) for row in tables.edges for o, _, _ in row)))
    print(array("uint16_t", "edge_target", (str(t | g << 14) for row in tables.edges for _, t, g in row)))
    print(array("uint16_t", "name", names))
    print(array("uint16_t", "rfc", rfcs))
    print(texts.emit())
    print(array("uint16_t", "kind", ("[SMTPWIRE_EXPECTED_%s] = %d" % (k, tables.start[k]) for k, _ in KINDS)))
    print(array("uint16_t", "value", ("[SMTPWIRE_PARAMETER_%s] = %d" % (v, tables.start[v]) for v in VALUES)))
    print(array("uint8_t", "command", ["[SMTPWIRE_VERB_%s] = %d" % (v, rules.index(r))
                                       for v, r in sorted(grammar.verbs.items())] + ["[SMTPWIRE_VERB_COUNT] = 0"]))
    print("const uint16_t smtpwire__expected_null_or_mailbox = %d;" % tables.start[NULL_OR_MAILBOX])


def main():
    header = open(sys.argv[2], encoding="utf-8").read()
    with_value = set(re.findall(r'X\((\w+), "[\w-]+", (?:MAIL|RCPT|MAIL_OR_RCPT), [^"]*?, (?:OPTIONAL|REQUIRED), \d',
                                header))
    if with_value != VALUES.keys():
        sys.exit("expected.py: not both a parameter with a value and a rule for it: %s" % (with_value ^ VALUES.keys()))
    grammar = Grammar(sys.argv[1], header)
    emit(grammar, Tables(grammar, KINDS + [(NULL_OR_MAILBOX, 'Mailbox | "<>"')] + list(VALUES.items())))


if __name__ == "__main__":
    main()
