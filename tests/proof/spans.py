#!/usr/bin/python3
"""Proves of every machine that the library compiles that the actions which begin and end a span alternate on every accepting
path, the span being closed at the end.

usage: spans.py [ROOT]   ROOT is the tree whose parser/ is proven.

Spans are found by the names of actions: X_begin and X_end, in whichever machine has them. A machine runs side by side
with what its actions do to one span, from each of its entries, over the transitions that lead to a final state; actions
of one transition act in their order, and those at the end of the input, in a final state, after all.

Some spans cannot be known to be spans when they begin: which is written down in OPEN, with what the words are that leave
them open. It is shown that exactly those do, that none is begun twice or ended unbegun even so.
"""
import os
import re
import sys

import prove
import ragel
from automata import Dfa, show

# Pairs of other names: content is not delivered from a stuffed dot to the octet behind it.
OTHER_PAIRS = {"smtpwire_data": {"stuffed dot": ("stuffed_dot", "unstuffed")}}
# What is named so and ends no span.
NO_SPANS = {("smtpwire_data", "line_end")}

# (machine, span): (why, the ABNF of the words that leave it open)
OPEN = {
    ("smtpwire_command", "local"): (
        "of VRFY the first octet does not tell a String from a Mailbox; the parser drops what has no end",
        '( "VRFY" / "EXPN" ) SP String [ SP "SMTPUTF8" ]'),
    ("smtpwire_reply", "status"): (
        "a first digit does not tell a status code from text; the parser takes what has an end",
        'Reply-code ( SP / "-" ) ( ( ( "2" / "4" / "5" ) [ textstring ] ) EXCEPT ( status-code [ SP [ textstring ] ] ) )'),
}

passed = failed = 0


def check(what, good, detail):
    global passed, failed
    passed, failed = (passed + 1, failed) if good else (passed, failed + 1)
    print("%-44s %s" % (what, detail))


def machines(root):
    """Every machine of every .rl file in parser/ that is compiled."""
    for name in sorted(os.listdir(os.path.join(root, "parser"))):
        path = os.path.join(root, "parser", name)
        if name.endswith(".rl"):
            for machine in re.findall(r"^\s*machine (\w+);", open(path, encoding="utf-8").read(), re.M):
                if machine.startswith("smtpwire_"):
                    yield machine, ragel.machine(path, machine)


def pairs(name, machine):
    """span: (beginning action, ending action). One without the other is a fault, which the proof then shows."""
    for action in sorted(machine.action_names):
        if re.search(r"_(begin|end)$", action) and (name, action) not in NO_SPANS:
            span = action.rpartition("_")[0]
            yield span, (span + "_begin", span + "_end")
    yield from OTHER_PAIRS.get(name, {}).items()


class Monitor:
    """Runs a machine beside one span, over accepting paths."""

    def __init__(self, machine, entry, begin, end):
        dfa = machine.dfa(entry, trimmed=False)
        self.machine, self.begin, self.end = machine, begin, end
        self.alive = dfa.shortest_ends()
        self.start, self.final = (dfa.start, False), dfa.final
        self.wrong, self.trans, self.left_open = [], [], set()
        self.explore(dfa)

    def act(self, names, is_open, word):
        for name in names:
            if name in (self.begin, self.end):
                if is_open == (name == self.begin):
                    self.wrong.append((word, "%s where it is %s" % (name, "open" if is_open else "closed")))
                is_open = name == self.begin
        return is_open

    def explore(self, dfa):
        number, queue, words = {self.start: 0}, [self.start], [b""]
        for state, is_open in queue:
            row, word = {}, words[len(self.trans)]
            for octet, target in sorted(dfa.trans[state].items()):
                if target not in self.alive:
                    continue
                there = word + bytes([octet])
                pair = target, self.act(self.machine.actions[state].get(octet, ()), is_open, there)
                if pair not in number:
                    number[pair] = len(queue)
                    queue.append(pair)
                    words.append(there)
                row[octet] = number[pair]
            if state in self.final and self.act(self.machine.eof_actions.get(state, ()), is_open, word):
                self.left_open.add(len(self.trans))
            self.trans.append(row)

    def open_words(self):
        return Dfa(0, self.trans, self.left_open).minimal()


def prove_spans(name, machine, rules):
    spans = dict(pairs(name, machine))
    for span, (begin, end) in spans.items():
        wrong, left = [], None
        for entry in machine.entries:
            monitor = Monitor(machine, entry, begin, end)
            wrong += monitor.wrong
            if monitor.left_open:
                left = monitor.open_words() if left is None else left.union(monitor.open_words())
        what = "spans of machine %s: %s" % (name.replace("smtpwire_", ""), span)
        if wrong:
            word, why = min(wrong, key=lambda w: (len(w[0]), w[0]))
            check(what, False, "NOT ALTERNATING: %s, behind %s" % (why, show(word)))
        elif (name, span) in OPEN:
            prove_open(what, left, *OPEN[name, span], rules)
        elif left is not None:
            check(what, False, "LEFT OPEN by %s" % show(min_word(left)))
        else:
            check(what, True, "alternate, closed")
    if not spans:
        check("spans of machine %s" % name.replace("smtpwire_", ""), True, "none")


def min_word(dfa):
    return min((w for s, w in dfa.shortest_words().items() if s in dfa.final), key=lambda w: (len(w), w))


def prove_open(what, left, why, body, rules):
    if left is None:
        check(what, False, "written down as left open, but it is not")
        return
    word = left.difference(prove.expression(rules, body))
    check(what, word is None, "alternate, left open by %s: %s" % (body, why) if word is None else
          "DIFFERENT from what may be left open: %s is %s" % (show(word), "" if left.accepts(word) else "not ") + "left open")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(prove.HERE, "..", "..")
    rules = prove.grammar(prove.FILES)
    for name, machine in machines(root):
        prove_spans(name, machine, rules)
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
