#!/usr/bin/python3
"""Mutants of the grammar: each rule of grammar/ with one token changed. The proof of the rules must tell every one that is
another language.

usage: mutants.py [c|grammar [FILE...]]   FILE: of grammar a name in grammar/, without .rl; of c a part of one

Changed are: an end of a range by one; a bound of {n,m} by one; *, + and ? into one another; a member of a class or an
alternative left out; the i that takes both cases left out. Where the automaton of a rule of its file that is made of the
changed one is another, one rule must differ from its ABNF (tests/proof/prove.py): then the mutant is killed by proof. A rule
that is no rule of an RFC is shown by those that it is part of. Rules of leniencies are compared with themselves:
tests/proof/leniency.py proves each, but parts of others, equal to its ABNF. Where every automaton is the same, but not every
machine of the library with its actions, tests/proof/spans.py must tell it. What is left is equivalent: it is the same machines.

What survives is printed and written to build/mutants/grammar.txt. The last line is "N passed, N failed".
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor

import mutants_c
from check import ROOT, check, done

sys.path.insert(0, ROOT + "/tests/proof")
import leniency  # noqa: E402
import prove  # noqa: E402
import ragel  # noqa: E402
import spans  # noqa: E402

TOKEN = re.compile(r"""
    (?P<space> \s+ | \#.*) | (?P<word> "(?:[^"\\]|\\.)*"i?) | (?P<set> \[(?:[^\]\\]|\\.)*\]) |
    (?P<range> (?:0x[0-9A-Fa-f]+|\d+)\.\.(?:0x[0-9A-Fa-f]+|\d+)) | (?P<count> \{\d*,?\d*\}) |
    (?P<action> (?:->|[>@$%]\*?)\s*\w+) | (?P<name> \w+) | (?P<other> .)""", re.X)


def tokens(text):
    """(kind, text, where it begins)"""
    return [(m.lastgroup, m.group(), m.start()) for m in TOKEN.finditer(text) if m.lastgroup != "space"]


def definitions(text):
    """(rule, where its body begins, where it ends)"""
    plain = re.sub(r"# .*", lambda m: " " * len(m.group()), text)  # "#" is a word
    for found in re.finditer(r"^    (\w+)\s*=(?!>)", plain, re.M):
        end = next((at for kind, token, at in tokens(plain[found.end():]) if token == ";"), None)
        if end is not None:
            yield found.group(1), found.end(), found.end() + end


def changed_range(text):
    low, high = text.split("..")
    base = 16 if low.startswith("0x") else 10
    for end, step in ((0, -1), (0, 1), (1, -1), (1, 1)):
        ends = [int(low, base), int(high, base)]
        ends[end] += step
        if 0 <= ends[0] <= ends[1] <= 255:
            yield ("0x%02X..0x%02X" if base == 16 else "%d..%d") % tuple(ends)


def changed_count(text):
    bounds = text[1:-1].split(",")
    for i, bound in enumerate(bounds):
        for step in (-1, 1):
            if bound and int(bound) + step >= 0:
                yield "{%s}" % ",".join(bounds[:i] + [str(int(bound) + step)] + bounds[i + 1:])


def changed_set(text):
    members = re.findall(r"(?:\\.|[^\\])-(?:\\.|[^\\])|\\.|[^\\]", text[1:-1])
    if members and members[0] == "^":
        return
    for i, member in enumerate(members):
        rest = members[:i] + members[i + 1:]
        if rest:
            yield "[%s]" % "".join(rest)
        if len(member) == 3 and member[1] == "-":
            for ends in ((0, -1), (0, 1), (2, -1), (2, 1)):
                octets = list(member)
                octets[ends[0]] = chr(ord(octets[ends[0]]) + ends[1])
                if octets[0] <= octets[2] and octets[ends[0]].isalnum():
                    yield "[%s]" % "".join(members[:i] + ["".join(octets)] + members[i + 1:])


def alternatives(body):
    """Where each alternative of each group stands, with the | that parts it from another."""
    groups, stack = [], [[0]]
    for kind, text, at in tokens(body):
        if text == "(":
            stack.append([at + 1])
        elif text == "|" and kind == "other":
            stack[-1].append(at)
        elif text == ")":
            groups.append(stack.pop() + [at])
    groups.append(stack.pop() + [len(body)])
    for group in groups:
        for i in range(len(group) - 1):
            if len(group) > 2:
                begin, end = (group[i], group[i + 1]) if i else (group[0], group[1] + 1)
                yield begin, end


def changes(body):
    """(from, to, what stands there instead)"""
    for kind, text, at in tokens(body):
        new = []
        if kind == "range":
            new = changed_range(text)
        elif kind == "count":
            new = changed_count(text)
        elif kind == "set":
            new = changed_set(text)
        elif kind == "word" and text.endswith("i") and re.search("[A-Za-z]", text[:-1]):
            new = [text[:-1]]
        elif text in "*+?":
            new = [other for other in "*+?" if other != text]
        for other in new:
            yield at, at + len(text), other
    for begin, end in alternatives(body):
        yield begin, end, " "


def uses(text):
    """Each rule of a file with the rules of the file that it is made of, itself included."""
    rules = {rule: set(re.findall(r"\w+", text[begin:end])) for rule, begin, end in definitions(text)}
    made = {}
    for rule in rules:
        made[rule], queue = {rule}, [rule]
        while queue:
            for part in (rules[queue.pop()] & rules.keys()) - made[rule]:
                made[rule].add(part)
                queue.append(part)
    return made


BASE, ABNF = {}, {}


def original(wrapped, rule):
    if rule not in BASE:
        BASE[rule] = wrapped.dfa(rule)
    return BASE[rule]


def abnf_of(rule):
    if rule not in ABNF:
        ABNF[rule] = prove.expression(ABNF["rules"], prove.OTHER_NAMES.get(rule, rule.replace("_", "-")))
    return ABNF[rule]


def whole_of(rule):
    """The ABNF of a rule that is shown by a machine of the library (prove.prove_machines), or None."""
    rules = ABNF.setdefault("rules", prove.grammar(prove.FILES))
    if rule == "known_line":
        return prove.expression(rules, " / ".join(prove.KNOWN_LINES))
    if rule not in ("command_line", "extension_line"):
        return None
    text = next(text for _, text in ragel.grammar_files(ROOT) if rule in ragel.rule_names(text))
    return prove.expression(rules, " / ".join(sorted(prove.COMMANDS & set(ragel.rule_names(text)))))


def same_machine(a, b):
    """Whether they do the same at every octet, from every entry; their states may have other numbers."""
    pairs, queue = {}, [(a.start, b.start)] + [(state, b.entries.get(name)) for name, state in a.entries.items()]
    while queue:
        state, other = queue.pop()
        if pairs.setdefault(state, other) != other or other is None:
            return False
        if a.trans[state].keys() != b.trans[other].keys() or a.final.get(state) != b.final.get(other):
            return False
        for octet, (target, actions) in a.trans[state].items():
            there, others = b.trans[other][octet]
            if actions != others:
                return False
            if target not in pairs:
                queue.append((target, there))
            elif pairs[target] != there:
                return False
    return True


def judge_actions(root):
    """Of a tree whose rules are of the same languages: what becomes of it by what the machines do."""
    shutil.copytree(ROOT + "/parser", root + "/parser")
    if not BASE.get("machines"):
        BASE["machines"] = dict(spans.machines(ROOT))
    if all(same_machine(machine, BASE["machines"][name]) for name, machine in spans.machines(root)):
        return "equivalent"
    told = subprocess.run([sys.executable, ROOT + "/tests/proof/spans.py", root], stdout=subprocess.DEVNULL, check=False)
    return "killed by spans" if told.returncode == 1 else "survived"


def judge(task):
    """Returns the mutant's description and what became of it: invalid, equivalent, killed by a rule, or survived."""
    name, rule, begin, end, new = task
    source = open("%s/grammar/%s.rl" % (ROOT, name), encoding="utf-8").read()
    line = source.count("\n", 0, begin) + 1
    about = "%s.rl:%d %s: %s -> %s" % (name, line, rule, " ".join(source[begin:end].split()), new.strip() or "nothing")
    wrapped = ragel.Rules(ROOT)
    ABNF.setdefault("rules", prove.grammar(prove.FILES))
    with tempfile.TemporaryDirectory() as root:
        shutil.copytree(ROOT + "/grammar", root + "/grammar")
        open("%s/grammar/%s.rl" % (root, name), "w", encoding="utf-8").write(source[:begin] + new + source[end:])
        mutant = ragel.Rules(root)
        fate = "equivalent"
        wanted = [r for r, parts in uses(source).items() if rule in parts]
        wanted += ["known_line"] if rule == "bare_keyword" else []
        wanted += [r for r in re.findall(r"\w+", prove.PARTS.get(rule, "")) if any(
            r in ragel.rule_names(t) for _, t in wrapped.files)]
        for other in wanted:
            try:
                dfa = mutant.dfa(other)
            except subprocess.CalledProcessError:
                return about, "invalid"
            if dfa.difference(original(wrapped, other)) is None:
                continue
            if other in prove.PARTS:
                whole = whole_of(other)
                if whole is not None and (prove.with_crlf(dfa) if other != "known_line" else dfa).difference(whole) is not None:
                    return about, "killed by %s" % other
                fate = "survived"
                continue
            if name.startswith("lax_") and other not in leniency.PARTS:
                return about, "killed by %s" % other
            dfa = prove.with_crlf(dfa) if other in prove.COMMANDS else dfa
            try:
                if dfa.difference(abnf_of(other)) is not None:
                    return about, "killed by %s" % other
            except KeyError:  # no rule of an RFC
                pass
            fate = "survived"
        if fate == "equivalent":
            fate = judge_actions(root)
    return about, fate


def grammar(names):
    tasks = []
    for name in names or sorted(f[:-3] for f in os.listdir(ROOT + "/grammar") if f.endswith(".rl")):
        text = open("%s/grammar/%s.rl" % (ROOT, name), encoding="utf-8").read()
        for rule, begin, end in definitions(text):
            for low, high, new in changes(text[begin:end]):
                tasks.append((name, rule, begin + low, begin + high, new))
    with ProcessPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        fates = list(pool.map(judge, tasks, chunksize=8))
    os.makedirs(ROOT + "/build/mutants", exist_ok=True)
    with open(ROOT + "/build/mutants/grammar.txt", "w", encoding="utf-8") as report:
        for about, fate in fates:
            report.write("%s: %s\n" % (about, fate))
            check("%s: %s" % (about, fate), fate != "survived")
    for kind in ("invalid", "equivalent", "killed", "survived"):
        print("%-11s %5d" % (kind, sum(fate.startswith(kind) for _, fate in fates)))


if __name__ == "__main__":
    kinds = {"c": mutants_c.run, "grammar": grammar}
    for kind in sys.argv[1:2] or kinds:
        kinds[kind](sys.argv[2:])
    done()
