#!/usr/bin/python3
"""Writes docs/rfc.md: every rule of the RFCs, where it is, how it is proven, and every deviation with its shortest word.

usage: rfc.py > docs/rfc.md
       rfc.py check           each row has a proof, every test that is named exists, and the committed page is what this makes

All of it but the table of what no automaton holds comes from grammar/, grammar/abnf/, smtpwire.h and what the proofs say.
"""
import contextlib
import io
import os
import re
import sys

import abnf
import judge
import leniency
import prove
import ragel
from automata import show

ROOT = os.path.normpath(os.path.join(prove.HERE, "..", ".."))

# What is not regular, or needs far too many states: what, source, where it is decided, tests that stand in for a proof.
NOT_REGULAR = [
    ("a local part has at most 64 octets", "RFC 5321 section 4.5.3.1.1", "check.c",
     ["lengths.md: A local part of 64 octets is accepted", "lengths.md: A local part of 65 octets is refused"]),
    ("a domain has at most 255 octets", "RFC 5321 section 4.5.3.1.2", "check.c",
     ["lengths.md: A domain of 255 octets is accepted", "lengths.md: A domain of 256 octets is refused"]),
    ("a label has at most 63 octets", "RFC 1035 section 2.3.4", "check.c",
     ["lengths.md: A label of 63 octets is accepted", "lengths.md: A label of 64 octets is refused"]),
    ("a path has at most 256 octets", "RFC 5321 section 4.5.3.1.3", "check.c",
     ["lengths.md: A path of 256 octets is accepted", "lengths.md: A path of 257 octets is refused"]),
    ("a command line has at most 512 octets and what extensions add", "RFC 5321 section 4.5.3.1.4", "line.c",
     ["unit_options.c: the_line_limit_is_the_longest_line", "lengths.md: The limit of command lines may be lowered"]),
    ("a line of a SASL exchange has a limit", "RFC 4954 section 4", "line.c",
     ["auth.md: A line of an exchange may be longer than a command", "auth.md: A line of an exchange has a limit"]),
    ("a reply line over 512 octets is flagged, over 4096 refused", "RFC 5321 section 4.5.3.1.5", "reply.rl, line.c",
     ["lengths.md: A reply line of 513 octets is flagged", "lengths.md: A reply line of 4097 octets is refused and counted"]),
    ("a line of content over 1000 octets is flagged", "RFC 5321 section 4.5.3.1.6", "data.rl",
     ["lengths.md: A line of content of 1000 octets is as long as it may be",
      "lengths.md: A line of content of 1001 octets is flagged"]),
    ("ENVID has at most 100 octets", "RFC 3461 section 4.4", "parameter_check.c",
     ["parameter-dsn.md: An ENVID of 100 octets is the longest", "parameter-dsn.md: An ENVID of 101 octets is too long"]),
    ("ORCPT has at most 500 octets", "RFC 3461 section 4.2", "parameter_check.c",
     ["parameter-dsn.md: An ORCPT of 500 octets is the longest", "parameter-dsn.md: An ORCPT of 501 octets is too long"]),
    ("SOLICIT has at most 1000 octets", "RFC 3865 section 2.2", "parameter_check.c",
     ["parameter-others.md: A SOLICIT of 1000 octets is the longest",
      "parameter-others.md: A SOLICIT of 1001 octets is too long"]),
    ("so has NO-SOLICITING", "RFC 3865 section 2.2", "capability.rl",
     ["capabilities.md: Solicitation keywords have up to 1000 octets",
      "capabilities.md: Solicitation keywords have no octet 1001"]),
    ("TRANSID has at most 80 octets", "RFC 1845 section 2", "parameter_check.c",
     ["parameter-others.md: A TRANSID of 80 octets is the longest",
      "parameter-others.md: A TRANSID of 81 octets is too long"]),
    ("a chunk has as many octets as its size says", "RFC 3030 section 2", "server.c",
     ["chunking.md: A chunk is as many octets as its size says", "chunking.md: A chunk that is cut off is told"]),
    ("the size of a chunk is at most 2^63-1", "64 bits", "command.rl",
     ["chunking.md: A size of 2^63 - 1 is taken", "chunking.md: A size of 2^63 is fatal"]),
    ("SIZE is at most 2^64-1 (judged by an automaton of its own)", "RFC 1870 section 3", "parameter.rl",
     ["parameter-size-body.md: SIZE of 2^64-1 is the largest",
      "parameter-size-body.md: SIZE of 2^64 is refused and does not wrap"]),
    ("so is SIZE of an EHLO reply", "RFC 1870 section 3", "capability.rl",
     ["capabilities.md: SIZE may be 2^64-1", "capabilities.md: SIZE of 2^64 is no size"]),
    ("a parameter comes once, on its command, where its extension is offered", "RFC 5321 section 4.1.1.11", "parameter_check.c",
     ["unit_parameters.c: each_parameter_has_its_place", "parameter-size-body.md: SIZE comes once",
      "parameter-dsn.md: ORCPT comes once", "parameter-offers.md: SMTPUTF8 comes once"]),
    ("MTRK needs an ENVID that is unique", "RFC 3885 section 3.2", "parameter_check.c",
     ["parameter-others.md: MTRK needs ENVID", "parameter-others.md: Beside MTRK an ENVID has an @"]),
    ("HOLDFOR and HOLDUNTIL exclude each other", "RFC 4865 section 4.2", "parameter_check.c",
     ["parameter-time.md: HOLDFOR and HOLDUNTIL exclude each other", "parameter-time.md: HOLDUNTIL and HOLDFOR too"]),
    ("BODY=BINARYMIME needs CHUNKING", "RFC 3030 section 3", "parameter_check.c",
     ["parameter-size-body.md: BODY=BINARYMIME needs CHUNKING"]),
    ("all lines of a reply have the same code", "RFC 5321 section 4.2.1", "client.c",
     ["client-session.md: All lines of a reply have the same code",
      "client-session.md: A mismatch shows at the first digit that differs"]),
    ("a reply has at most 1000 lines", "RFC 5321 section 4.2.1", "client.c",
     ["reply-limits.md: A reply of as many lines as it may have", "reply-limits.md: A reply of one line more"]),
    ("a reply has at most 2^20 octets", "RFC 5321 section 4.2.1", "client.c",
     ["reply-limits.md: A reply of as many octets as it may have", "reply-limits.md: A reply of one octet more",
      "reply-limits.md: What is skipped of an over-long line counts"]),
    ("a reply to EHLO has at most 100 keyword lines", "RFC 5321 section 4.1.1.1", "client.c",
     ["reply-limits.md: As many keywords as there may be", "reply-limits.md: Keywords beyond their limit are not taken"]),
    ("a transaction has at most 10000 recipients", "RFC 5321 section 4.5.3.1.8", "server.c",
     ["recipients.md: One more than there may be", "recipients.md: A recipient that was refused does not count"]),
    ("a message has at most as many octets as the option message_max says", "RFC 1870 section 6", "server.c, parameter_check.c",
     ["message-size.md: A message of as many octets as it may have", "message-size.md: A message of one octet more",
      "message-size.md: SIZE of one more"]),
    ("REQUIRETLS is offered in TLS only", "RFC 8689 section 2", "server_offer.c",
     ["requiretls.md: Without TLS it is not offered", "requiretls.md: With TLS it is"]),
    ("all lines of a reply have the same enhanced status code", "RFC 2034 section 4", "client.c",
     ["reply-status.md: Every line has the same", "reply-status.md: Another one than in the first line is flagged"]),
    ("an attribute of XCLIENT or XFORWARD comes once", "Postfix XCLIENT_README", "attribute.c",
     ["xclient.md: An attribute is there once"]),
    ("a value of XCLIENT or XFORWARD has at most 255 octets, decoded", "Postfix XCLIENT_README", "attribute.c",
     ["xclient.md: A value has 255 octets", "xclient.md: A value has 255 octets at most"]),
    ("an enhanced status code has the class of its reply", "RFC 2034 section 4", "reply.rl",
     ["replies.md: An enhanced status code of another class than the reply is left in the text"]),
    ("LMTP has a reply for each recipient", "RFC 2033 section 4.2", "server.c, client.c",
     ["lmtp.md: A message to three recipients, one refused, goes on behind two replies",
      "lmtp.md: The client awaits a reply for each accepted recipient"]),
    ("RCPT takes UTF-8 where MAIL has said SMTPUTF8", "RFC 6531 section 3.4", "server.c",
     ["utf8.md: RCPT holds UTF-8 once MAIL has said SMTPUTF8",
      "utf8.md: RCPT holds no UTF-8 where MAIL has not said SMTPUTF8"]),
    ("IDNA: which characters a U-label has, in what order and form, is not asked", "RFC 5890 section 2.3.2.1", "nowhere",
     ["utf8.md: A combining mark is kept as it is", "utf8.md: An ideographic full stop does not end a label",
      "domains.md: What an A-label decodes to is not asked"]),
]

# What the first line of a comment in grammar/abnf/ says of where the rules below it are from.
PLACE = r"; (RFC \d+(?: (?:sections?|appendix) \w+(?:\.\d+)*(?: (?:and|to) \w+(?:\.\d+)*)?)?|[^.,:]*)"

HEAD = """# The RFCs, rule by rule

`tests/proof/rfc.py` makes this page, and a test that it is up to date. "equal": the minimal automaton of the rule as Ragel
compiles it is that of the RFC's ABNF (`grammar/abnf/`), in which the deviations that are listed here, and no others, replace
the RFC's rules. A deviation shows in every rule that it is part of; "differs at" is the shortest word that only one of the two
accepts, the rule here or the RFC's. Header fields of a message (RFC 5321 section 4.4 among them) are not the wire's.
"""


def code(text):
    text = text.replace("|", "\\|")
    fence = "``" if "`" in text else "`"
    pad = " " if fence == "``" or text != text.strip() else ""
    return fence + pad + text + pad + fence


def word_of(word):
    return code(show(word)) if word else "the empty word"


class Source:
    """The rules of grammar/abnf/, in order, with the RFC that the last comment above each names."""

    def __init__(self):
        self.names, self.places = {}, {}
        for file in prove.RFC_ONLY:
            place, before = "", ""
            for line in open(os.path.join(prove.ABNF, file + ".abnf"), encoding="utf-8"):
                if line.startswith("; ") and not before.startswith(";"):
                    place = re.match(PLACE, line).group(1).strip()
                before = line
                rule = re.match(r"([A-Za-z][A-Za-z0-9-]*)\s*=", line)
                if rule:
                    self.names.setdefault(rule.group(1).lower(), rule.group(1))
                    places = self.places.setdefault(rule.group(1).lower(), [])
                    if place not in places:
                        places.append(place)


def results():
    """What the proofs print: name: verdict, of the rules and of the machines."""
    rules = prove.grammar(prove.FILES)
    found = []
    for proof in (prove.prove_rules, prove.prove_rest, prove.prove_machines):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            proof(rules, ROOT)
        found.append({m.group(1).strip(): m.group(2) for m in
                      re.finditer(r"^(.*\S) +\d+ states, ABNF +\d+: (.*)$", printed.getvalue(), re.M)})
    return found


def parts(rules, name, seen):
    """The rules that a rule is made of, itself first."""
    if name in seen or name not in rules.rules:
        return seen
    seen.append(name)
    body = re.sub(r'"[^"]*"', "", rules.rules[name])
    for part in re.findall(r"[A-Za-z][A-Za-z0-9-]*", re.sub(r"%[xdb][0-9A-Fa-f.-]+", "", body)):
        parts(rules, part.lower(), seen)
    return seen


class Page:
    def __init__(self):
        self.source, self.faults, self.lines = Source(), [], [HEAD]
        self.rules, self.rfc = prove.grammar(prove.FILES), prove.grammar(prove.RFC_ONLY)
        names = abnf.Grammar().load(os.path.join(prove.ABNF, "deviations.abnf"))
        self.reasons = names.reasons
        self.deviations = [n for n in names.rules if n in self.rfc.rules]
        self.others = [n for n in names.rules if n not in self.rfc.rules]
        for name in self.others:
            self.rfc.rules[name] = names.rules[name]  # what an RFC has in words alone
        self.of_rules, self.of_rest, self.of_machines = results()
        self.wrapped = ragel.Rules(ROOT)

    def need(self, good, what):
        if not good:
            self.faults.append(what)

    def table(self, title, text, head, rows):
        self.lines += ["\n## %s\n" % title]
        self.lines += [text + "\n"] if text else []
        self.lines += ["| %s |" % " | ".join(head), "|" + "---|" * len(head)]
        self.lines += ["| %s |" % " | ".join(row) for row in rows]

    def rfc_rules(self):
        by_name = {}
        for file, text in self.wrapped.files:
            for rule in ragel.rule_names(text):
                by_name[rule.replace("_", "-").lower()] = (file, rule)
        for name, spelled in self.source.names.items():
            where, proof = self.proof(name, spelled, by_name)
            self.need(proof, "no proof of %s" % spelled)
            here = [self.spelled(d) for d in parts(self.rules, name, []) if d in self.deviations]
            word = self.rules.dfa(name).difference(self.rfc.dfa(name))
            self.need(word is None or here, "%s differs and has no deviation" % spelled)
            told = "" if word is None else "%s; differs at %s" % (", ".join(sorted(here)), word_of(word))
            yield [", ".join(self.source.places[name]), code(spelled), where, proof or "none", told]

    def spelled(self, name):
        return self.source.names.get(name, name)

    def proof(self, name, spelled, by_name):
        """(file and rule, proof)"""
        if spelled in prove.SAME_AS:
            return code(prove.SAME_AS[spelled]), "equal" if self.of_rest.get(spelled) == "equal" else None
        if spelled in prove.WIDER:
            good = self.of_rest.get(spelled) == "equal"
            return "read as " + code(prove.WIDER[spelled]), "contained" if good else None
        if name not in by_name:
            return "", None
        file, rule = by_name[name]
        verdict = self.of_rules.get(rule)
        if rule in prove.PARTS:
            return "%s.rl" % file, None
        if name == "reply-line":
            verdict = self.of_machines.get("smtpwire_reply: lines of a reply")
        return "%s.rl: %s" % (file, code(rule)), verdict if verdict == "equal" else None

    def other_rules(self):
        for file, text in self.wrapped.files:
            for rule in ragel.rule_names(text):
                name = rule.replace("_", "-").lower()
                if name in self.source.names:
                    continue
                if file.startswith("lax_"):
                    body = "part of others" if rule in leniency.PARTS else "equal with each leniency, with all and with none"
                    yield [code(rule), "%s.rl" % file, body + " (`tests/proof/leniency.py`)"]
                elif rule in prove.PARTS:
                    yield [code(rule), "%s.rl" % file, "part of " + prove.PARTS[rule]]
                else:
                    body = prove.OTHER_NAMES.get(rule, rule.replace("_", "-"))
                    self.need(self.of_rules.get(rule) == "equal", "no proof of %s" % rule)
                    yield [code(rule), "%s.rl" % file, "equal to " + code(body)]

    def machines(self):
        for name, verdict in self.of_machines.items():
            self.need(verdict == "equal", "%s is not equal" % name)
            yield [name, verdict]

    def parameters(self):
        header = open(os.path.join(ROOT, "parser", "smtpwire.h"), encoding="utf-8").read()
        body = re.search(r"#define SMTPWIRE_PARAMETERS\(X\)(.*?)\n\n", header, re.S).group(1).replace("\\\n", "")
        judged = {}
        rules = self.rules.copy()
        for mode, head, _, entry in judge.values(rules):
            if mode == "known":
                judged[head.split(b" ")[-1].rstrip(b"=").decode()] = entry
        for keyword, on, form, rfc in re.findall(
                r'X\(\w+, "([A-Z0-9-]+)", (\w+), [^"]*?, (NONE|OPTIONAL|REQUIRED), \d+,\s+"([^"]*)"\)', body):
            value = "the keyword" if form == "NONE" else "the keyword, and `%s` behind it" % judged.get(keyword)
            self.need(form == "NONE" or keyword in judged, "value of %s is not judged" % keyword)
            yield [rfc or "its maker's documentation", keyword, on.replace("_OR_", ", "), value]

    def not_regular(self):
        for what, rfc, where, tests in NOT_REGULAR:
            self.need(tests, "%s has no test" % what)
            for test in tests:
                self.need(exists(test), "no test %s" % test)
            for file in re.findall(r"[\w.]+\.(?:c|rl)", where):
                self.need(os.path.exists(os.path.join(ROOT, "parser", file)), "no file %s" % file)
            yield [rfc, what, where, "; ".join(tests)]

    def deviation_rows(self):
        for name in sorted(self.deviations):
            other = self.rules.copy()
            other.rules[name] = self.rfc.rules[name]
            word = self.rules.dfa(name).difference(other.dfa(name))
            self.need(word is not None, "%s is no deviation" % name)
            self.need(self.reasons[name], "%s has no reason" % name)
            who = "here" if self.rules.dfa(name).accepts(word or b"") else "the RFC's"
            yield [code(self.spelled(name)), self.reasons[name], word_of(word), who]

    def other_deviations(self):
        for name in sorted(self.others):
            self.need(self.reasons[name], "%s has no reason" % name)
            yield [code(name), self.reasons[name]]

    def make(self):
        self.table("Rules of the RFCs", "", ["RFC", "rule", "grammar/", "proof", "deviation"], self.rfc_rules())
        self.table("Deviations", "Each alone, all else being equal: the rule, why, the shortest word on which the two rules differ, "
                   "and which of them accepts it.", ["rule", "why", "word", "accepted"], self.deviation_rows())
        self.table("What no automaton holds", "Counts, memory and tables of characters, each with the tests that stand in for a "
                   "proof (`tests/`, `tests/vectors/`).", ["source", "what", "parser/", "tests"], self.not_regular())
        self.table("Parameters", "`tests/proof/judge.py` judges each through the public API: the keyword, on the command that takes "
                   "it and on the other; behind it the value's automaton, addresses in their encoding.",
                   ["RFC", "keyword", "command", "judged"], self.parameters())
        self.table("Compiled machines", "Each as the library compiles it, entry by entry; their code is judged in -G2, -T0 and -F1 "
                   "(`tests/proof/judge.py`), their spans are proven to alternate (`tests/proof/spans.py`).",
                   ["machine", "proof"], self.machines())
        self.table("Rules of the grammar that no RFC has as ABNF", "", ["rule", "grammar/", "proof"], self.other_rules())
        self.table("Rules of the ABNF that no RFC has", "What an RFC has in words alone, parts of deviations, and lax forms, which are "
                   "accepted with a leniency alone.",
                   ["rule", "what for"], self.other_deviations())
        return "\n".join(self.lines) + "\n"


def exists(test):
    file, _, name = test.partition(": ")
    path = os.path.join(ROOT, "tests", "vectors" if file.endswith(".md") else "", file)
    text = open(path, encoding="utf-8").read() if os.path.exists(path) else ""
    pattern = r"^## %s$" if file.endswith(".md") else r"^(?:static void|int) %s\("
    return re.search(pattern % re.escape(name), text, re.M) is not None


def main():
    page = Page()
    text = page.make()
    if sys.argv[1:] != ["check"]:
        sys.stdout.write(text)
        sys.stderr.write("".join(f + "\n" for f in page.faults))
        return bool(page.faults)
    committed = open(os.path.join(ROOT, "docs", "rfc.md"), encoding="utf-8").read()
    if committed != text:
        page.faults.append("docs/rfc.md is not what tests/proof/rfc.py makes: make it anew")
    print("".join(f + "\n" for f in page.faults), end="")
    rows = sum(1 for line in text.splitlines() if line.startswith("| "))
    print("%d passed, %d failed" % (rows, len(page.faults)))
    return bool(page.faults)


if __name__ == "__main__":
    sys.exit(main())
