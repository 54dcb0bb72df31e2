#!/usr/bin/python3
"""Proves of each leniency that it takes what it says and nothing else, and finds the shortest word that it takes.

The grammar has the rules of leniencies (lax_...) with gates: actions, named as the leniencies, on what only that one takes.
With every gate shut each lax_ rule and each machine must be its strict language; with those of one leniency open it must be
what grammar/abnf/lenient.abnf makes of it for that one; with all open what it makes of it for all.

usage: leniency.py [ROOT]   as prove.py

For each leniency the shortest word, and of these the least, that it takes and the strict library does not is printed. It
must stand in tests/vectors/leniency.md twice: refused without the leniency, accepted with it.
"""
import os
import re
import sys

import prove
import ragel
import strict
from automata import show

# Leniencies whose octets pass a gate, with the rules that each replaces.
GATED = {
    "space_after_colon": {"gap": "lax-gap"},
    "missing_brackets": {"from-path": "lax-from-path", "to-path": "lax-to-path"},
    "htab_separator": {"separator": "lax-separator"},
    "underscore": {"ascii-label": "lax-ascii-label", "sub-domain": "lax-sub-domain"},
    "trailing_dot": {"Domain": "lax-Domain", "ascii-domain": "lax-ascii-domain"},
    "empty_atom": {"Dot-string": "lax-Dot-string"},
    "ipv6_one_group": {"IPv6-comp": "lax-IPv6-comp", "IPv6v4-comp": "lax-IPv6v4-comp"},
}
# Those that C sees to: tests/proof/judge.py shows that it does.
IN_C = {"trailing_space": {"line-end": "lax-line-end"}}
# Those that are older than the gates, and seen to in C or by machines of their own: what they change in a command line...
ELSEWHERE = {
    "bare_lf_command": {"line-end": "lax-bare-line-end"},
    "unregistered_tag": {"address-literal": "lax-address-literal"},
    "unknown_parameter": {"esmtp-keyword": "lax-esmtp-keyword"},
}
# ... or in something else: the expression without and with the leniency, and what stands before it in the vector.
OTHERS = {
    "auth_equals": ("ehlo-line", "ehlo-line / lax-auth", b""),
    "capability_space": ("ehlo-line", "lax-ehlo-line", b""),
    "xtext_lower_case": ("envid-value", "lax-envid-value", b"MAIL FROM:<> ENVID="),
    "unknown_command": ("command-line", "command-line / lax-unknown-command CRLF", b""),
    "reply_code": ("reply-line-value", "lax-reply-line", b""),
}
# An option that is no leniency, but takes more as they do.
OPTIONS = {"smtputf8": {"with-non-ascii": "lax-with-non-ascii"}}
REPLACED = {**GATED, **IN_C, **ELSEWHERE, **OPTIONS}
# Rules of grammar/lax_*.rl that are only parts of others, and those whose name in the ABNF is not the same without lax_.
PARTS = {"lax_seventh", "lax_last", "lax_underscore", "lax_ascii_char", "lax_char", "lax_end"}
OTHER_NAMES = {"lax_separator": "separator", "lax_bare_rcpt": 'Mailbox / "Postmaster"', "lax_from_path": "gap from-path",
               "lax_to_path": 'gap ( "<Postmaster>" / to-path )'}
# Those that no set of words shows: their test vectors alone tell what they do.
NO_LANGUAGE = set()

LINES = re.compile(r'"(MAIL|SEND|SOML|SAML|RCPT) (FROM|TO):"')
RULES_OF_LINES = {"mail-any", "mail-smtputf8", "rcpt-any", "zeroed-mail", "zeroed-rcpt", "zeroed-vrfy", "mail-parameters",
                  "rcpt-parameters", "attributes"}
HEADER = os.path.join(prove.HERE, "..", "..", "parser", "smtpwire.h")
VECTORS = os.path.join(prove.HERE, "..", "vectors", "leniency.md")


def opened(rules):
    """The same rules, in which a command line has a name for each part that a leniency can change."""
    other = rules.copy()
    other.load(os.path.join(prove.ABNF, "lenient.abnf"))
    for name in prove.COMMANDS | RULES_OF_LINES:
        if name not in other.rules:
            continue
        text = LINES.sub(r'"\1" separator "\2:" gap', other.rules[name])
        text = re.sub(r"(?<![\w-])SP(?![\w-])", "separator", text)
        text = re.sub(r"(?<![\w-])CRLF(?![\w-])", "line-end", text)
        text = re.sub(r"(?<![\w-])Reverse-path(?![\w-])", "from-path", text)
        other.rules[name] = re.sub(r"(?<![\w-])Forward-path(?![\w-])", "to-path", text)
    return other


def with_leniencies(rules, names):
    """Those rules with these leniencies on."""
    other = opened(rules).copy()
    for name in names:
        for strict, lax in REPLACED[name].items():
            other.rules[strict.lower()] = other.rules[lax.lower()]
    return other


def settings():
    """Names of sets of leniencies that C does not see to, and the sets."""
    yield "none", frozenset()
    for name in sorted(GATED):
        yield name, frozenset([name])
    yield "all", frozenset(GATED)


def prove_rules(rules, root):
    wrapped = ragel.Rules(root)
    lax_rules = [r for f, text in wrapped.files if f.startswith("lax_") for r in ragel.rule_names(text)]
    grammars = {on: with_leniencies(rules, on) for _, on in settings()}
    for rule in lax_rules:
        if rule in PARTS:
            continue
        machine = wrapped.machine(rule)
        for what, on in settings():
            body = OTHER_NAMES.get(rule) or prove.OTHER_NAMES.get(rule[4:], rule[4:].replace("_", "-"))
            prove.report("%s, %s" % (rule, what), machine.without(frozenset(GATED) - on).dfa(),
                         prove.expression(grammars[on], body))


def prove_machines(rules, root):
    for what, on in settings():
        library, lax = ragel.Library(root, frozenset(GATED), on), with_leniencies(rules, on)
        prove.report("smtpwire_command, " + what, prove.with_crlf(library.command()),
                     prove.expression(lax, " / ".join(sorted(prove.COMMANDS))))
        for machine in (library.addresses, library.literals):
            for entry in machine.entries:
                prove.expect("%s, %s: dead ends" % (entry, what), machine.dead(entry), 0)
        for entry, body in prove.ADDRESSES:
            prove.report("smtpwire_address: %s, %s" % (entry, what), library.address(entry), prove.expression(lax, body))
        for entry, body in prove.LITERALS:
            prove.report("smtpwire_literal: %s, %s" % (entry, what), library.literal(entry), prove.expression(lax, body))


def shortest(rules, name):
    """The shortest word that the leniency adds, as it stands on the wire."""
    if name in OTHERS:
        without, after, head = OTHERS[name]
        without, with_it = prove.expression(rules, without), prove.expression(rules, after)
    else:
        without, with_it, head = opened(rules).dfa("command-line"), with_leniencies(rules, [name]).dfa("command-line"), b""
    nothing = prove.expression(rules, "OCTET EXCEPT OCTET")
    prove.expect("%s takes what is strict" % name, without.minus(with_it).difference(nothing), None)
    word = head + with_it.difference(without)
    return word if word.endswith(b"\n") else word + b"\r\n"


def strict_rules():
    """As tests/proof/judge.py has them, and of keywords only those that are known."""
    rules = strict.grammar()
    table = re.search(r"#define SMTPWIRE_PARAMETERS\(X\)(.*?)\n\n", open(HEADER, encoding="utf-8").read(), re.S).group(1)
    keywords = re.findall(r'X\(\w+, ("[A-Z0-9-]+"),', table)
    assert len(keywords) > 20
    rules.rules["lax-esmtp-keyword"] = rules.rules["esmtp-keyword"]
    rules.rules["esmtp-keyword"] = " / ".join(keywords)
    return rules


def expand(text):
    """The octets that a fence of wire stands for."""
    text = text.replace("\n", "").encode("latin-1")
    return re.sub(rb"\\(x([0-9a-f]{2})|.)", lambda m: bytes([int(m[2], 16)]) if m[2] else
                  {b"r": b"\r", b"n": b"\n"}.get(m[1], m[1]), text)


def vectors():
    """(command line, octets, log) of each vector of the file."""
    for section in re.split(r"^## ", open(VECTORS, encoding="utf-8").read(), flags=re.M)[1:]:
        command, wire, events = (re.search(p, section, re.S | re.M).group(1) for p in
                                 (r"^    (smtpwire .*?)$", r"^```wire\n(.*?)^```", r"^```events\n(.*?)^```"))
        yield command, expand(wire), events


def prove_shortest():
    rules, shown = strict_rules(), list(vectors())
    names = re.findall(r'^    X\(\w+, \d+, "(\w+)",', re.search(r"#define SMTPWIRE_LENIENCIES\(X\)(.*?)\n\n", open(
        HEADER, encoding="utf-8").read(), re.S).group(1), re.M)
    known = REPLACED.keys() | OTHERS.keys() | NO_LANGUAGE
    names += OPTIONS
    prove.expect("leniencies without a language", sorted(set(names) ^ known), [])
    for name in names:
        if name in NO_LANGUAGE or name not in known:
            continue
        word, switch = shortest(rules, name), ("--%s" if name in OPTIONS else "--lax %s") % name
        # Behind a line that is good, where it takes more than one.
        mine = [(c, e) for c, w, e in shown if w == word or w.endswith(b"\r\n" + word)]
        refused = [e for c, e in mine if not re.search("--(lax|%s)" % "|".join(OPTIONS), c)]
        accepted = [e for c, e in mine if re.search(switch + r"( |$)", c)]
        prove.expect("shortest of %s: %s" % (name, show(word)),
                     "%s without, %s with" % (
                         "refused" if refused and all("error" in e for e in refused) else "not shown",
                         "accepted" if accepted and not any("error" in e for e in accepted) else "not shown"),
                     "refused without, accepted with")


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(prove.HERE, "..", "..")
    rules = prove.grammar(prove.FILES)
    prove_rules(rules, root)
    prove_machines(rules, root)
    prove_shortest()
    print("%d passed, %d failed" % (prove.passed, prove.failed))
    return prove.failed != 0


if __name__ == "__main__":
    sys.exit(main())
