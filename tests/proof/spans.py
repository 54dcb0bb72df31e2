#!/usr/bin/python3
"""Proves of every machine that the library compiles that the actions which begin and end a span alternate on every accepting
path, the span being closed at the end, and that none is begun a second time, which would forget the first; and that what
notes an octet of some kind is done at those octets and at no other.

usage: spans.py [ROOT]   ROOT is the tree whose parser/ is proven.

Spans are found by the names of actions: X_begin and X_end, in whichever machine has them. A machine runs side by side
with what its actions do to one span, from each of its entries, over the transitions that lead to a final state; actions
of one transition act in their order, and those at the end of the input, in a final state, after all.

There are more of a span only where AGAIN has it. Some spans cannot be known to be spans when they begin: which is written down
in OPEN, with what the words are that leave them open. It is shown that exactly those do, that none is begun twice or ended
unbegun even so.

A machine that another runs is proven by itself: where it is run, that is the last thing that its octet does.
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

# What is there many times in what one run of a machine reads: parameters in a command, dots in content.
AGAIN = {("smtpwire_command", "keyword"), ("smtpwire_command", "value"), ("smtpwire_data", "stuffed dot")}
# Actions that note an octet, and which; the action labels only gives states names, and nothing leads to it.
OCTETS = {"smtpwire_data": {"eight_bit": range(128, 256), "nul": (0,), "cr": (13,)},
          "smtpwire_reply": {"eight_bit": range(128, 256)}}

TEXT = ' ( SP / "-" ) ( ( ( "2" / "4" / "5" ) [ textstring ] ) EXCEPT ( status-code [ SP [ textstring ] ] ) )'
STATUS = "a first digit does not tell a status code from text; the parser takes what has an end"
# (machine, entry, span): (why, the ABNF of the words that leave it open)
OPEN = {
    ("smtpwire_address", "values_asked_for", "local"): (
        "of VRFY the first octet does not tell a String from a Mailbox; the parser drops what has no end",
        "String [ SP / %x09 ]"),
    ("smtpwire_reply", "replies_strict", "status"): (STATUS, "Reply-code" + TEXT),
    ("smtpwire_reply", "replies_lax", "status"): (STATUS, "lax-Reply-code" + TEXT),
}

# Actions that run another machine.
HOOKS = {"address_literal", *ragel.Library.RUNS}

passed = failed = 0
met = set()  # of OPEN


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

    CLOSED, OPEN, PAST = range(3)  # PAST: it may not be opened again

    def __init__(self, machine, entry, begin, end, again):
        dfa = machine.whole(entry)
        self.machine, self.begin, self.end = machine, begin, end
        self.past = self.CLOSED if again else self.PAST
        self.alive = dfa.shortest_ends()
        self.start, self.final = (dfa.start, self.CLOSED), machine.final
        self.wrong, self.trans, self.left_open = [], [], set()
        self.explore()

    def act(self, names, now, word):
        for name in names:
            if name in (self.begin, self.end):
                if now != (self.CLOSED if name == self.begin else self.OPEN):
                    wrong = "open" if now == self.OPEN else "closed" if name == self.end else "past"
                    self.wrong.append((word, "%s where it is %s" % (name, wrong)))
                now = self.OPEN if name == self.begin else self.past
        return now

    def explore(self):
        number, queue, words = {self.start: 0}, [self.start], [b""]
        for state, now in queue:
            row, word = {}, words[len(self.trans)]
            for octet, (target, actions) in sorted(self.machine.trans[state].items()):
                if target not in self.alive:
                    continue
                there = word + bytes([octet])
                pair = target, self.act(actions, now, there)
                if pair not in number:
                    number[pair] = len(queue)
                    queue.append(pair)
                    words.append(there)
                row[octet] = number[pair]
            if state in self.final and self.act(self.final[state], now, word) == self.OPEN:
                self.left_open.add(len(self.trans))
            self.trans.append(row)

    def open_words(self):
        return Dfa(0, self.trans, self.left_open).minimal()


def prove_spans(name, machine, rules):
    spans, short = dict(pairs(name, machine)), name.replace("smtpwire_", "")
    for span, (begin, end) in spans.items():
        wrong, left, what = [], [], "spans of machine %s: %s" % (short, span)
        for entry in machine.entries:
            monitor = Monitor(machine, entry, begin, end, (name, span) in AGAIN)
            wrong += monitor.wrong
            if (name, entry, span) in OPEN:
                met.add((name, entry, span))
                prove_open(what, monitor.open_words(), *OPEN[name, entry, span], rules)
            elif monitor.left_open:
                left.append(min_word(monitor.open_words()))
        if wrong:
            word, why = min(wrong, key=lambda w: (len(w[0]), w[0]))
            check(what, False, "NOT ALTERNATING: %s, behind %s" % (why, show(word)))
        elif left:
            check(what, False, "LEFT OPEN by %s" % show(min(left, key=lambda w: (len(w), w))))
        else:
            check(what, True, "alternate, closed")
    if not spans:
        check("spans of machine %s" % short, True, "none")
    prove_octets(name, machine)
    prove_runs(short, machine)


def prove_octets(name, machine):
    for action, octets in OCTETS.get(name, {}).items():
        wrong = [octet for row in machine.trans for octet, (_, actions) in row.items()
                 if "labels" not in actions and (action in actions) != (octet in octets)]
        check("octets of machine %s: %s" % (name.replace("smtpwire_", ""), action), not wrong,
              "NOT SO at octet %d" % wrong[0] if wrong else "at each, and at no other")


def prove_runs(short, machine):
    """Where another machine is run the octets behind are its own: what else is done at that octet is done before."""
    hooks = machine.used() & HOOKS
    late = [(actions, hook) for row in machine.trans for _, actions in row.values() for hook in hooks
            if hook in actions[:-1] or actions.count(hook) > 1]
    if hooks:
        check("machines run by machine %s" % short, not late, "run last: " + ", ".join(sorted(hooks)) if not late else
              "%s before %s" % (late[0][1], late[0][0][-1]))


def min_word(dfa):
    return min((w for s, w in dfa.shortest_words().items() if s in dfa.final), key=lambda w: (len(w), w))


def prove_open(what, left, why, body, rules):
    word = left.difference(prove.expression(rules, body))
    check(what, word is None, "left open by %s: %s" % (body, why) if word is None else
          "DIFFERENT from what may be left open: %s is %s" % (show(word), "" if left.accepts(word) else "not ") + "left open")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(prove.HERE, "..", "..")
    rules = prove.grammar(prove.FILES)
    for name, machine in machines(root):
        prove_spans(name, machine, rules)
    check("what may be left open is there", met == OPEN.keys(), ", ".join(sorted(str(o) for o in OPEN.keys() - met)) or "all of it")
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
