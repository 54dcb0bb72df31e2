#!/usr/bin/python3
"""Judges the compiled parsers by the strict automata: every state's shortest word times all 256 octets, through the
public API with zeroed options. The states are those of the strict automaton and those of the machine that is compiled,
which goes on where a gate behind it may refuse.

usage: judge.py JUDGE   JUDGE is the program of tests/judge.c, in any build.

A word must be accepted exactly if the automaton of grammar/abnf/strict.abnf accepts it, and the offset of an error must be
the length of the longest prefix with which some accepted word begins; but for the two cases that smtpwire.h names: a
framing fault is at its octet, a command that is not known is at its name.
"""
import os
import re
import subprocess
import sys

import prove
import ragel
from automata import show

CR, LF, NUL = 13, 10, 0
FRAMING = {CR: "bare_cr", LF: "bare_lf", NUL: "nul"}
# RFC 5321 section 4.1.1 and RFC 3207; and those that are known and not for this server.
COMMANDS = "EHLO HELO MAIL RCPT DATA RSET NOOP QUIT VRFY EXPN HELP STARTTLS BDAT AUTH ETRN ATRN".split()
OTHERS = "LHLO BURL XCLIENT XFORWARD TURN SEND SOML SAML".split()
SYNTAX = {"argument_syntax", "address_syntax", "parameter_syntax", "unregistered_tag", "non_ascii", "chunk_size"}


def words_of(dfa):
    for prefix in dfa.shortest_words().values():
        yield prefix
        for octet in range(256):
            yield prefix + bytes([octet])


def command_name(word):
    return re.match(rb"[A-Za-z0-9][A-Za-z0-9-]*|", word).group().decode().upper()


KEYWORDS = {"MT-PRIORITY", "NO-SOLICITING"} | {name[5:].upper() for name in prove.KNOWN_LINES if name.startswith("ehlo-")}


def wanted(mode, dfa, word):
    """(accepted, set of error ids, offset)"""
    for offset, octet in enumerate(word):
        if octet in FRAMING:
            return False, {FRAMING[octet]}, offset
    if mode == "known":
        return wanted_value(dfa, word)
    end = b"\r\n" if mode == "command" else b""
    if dfa.accepts(word + end):
        return True, None, None
    viable = min(dfa.viable(word + end), len(word))
    if mode == "capability":
        return False, {"capability_syntax"}, viable
    if mode == "reply":
        return False, {"reply_syntax"}, viable
    if mode != "command":
        return False, SYNTAX - {"argument_syntax", "parameter_syntax"}, viable
    name = command_name(word)
    if name not in COMMANDS:
        assert viable <= len(name), word
        return False, {"command_not_implemented" if name in OTHERS else "command_unknown"}, 0
    return False, SYNTAX, viable


def wanted_value(dfa, word):
    """Of a keyword line: whether its parameters are as the keyword's RFC has them; "none 0" if not."""
    lines = RULES.dfa("ehlo-line")
    if not lines.accepts(word):
        return False, {"capability_syntax"}, min(lines.viable(word), len(word))
    if dfa.accepts(word) or command_name(word) not in KEYWORDS:
        return True, None, None
    return False, {"none"}, 0


RULES = prove.grammar(prove.FILES)


def main():
    rules = RULES
    rules.load(os.path.join(prove.ABNF, "strict.abnf"))
    parser = os.path.join(prove.HERE, "..", "..", "parser")
    address = ragel.machine(os.path.join(parser, "address.rl"), "smtpwire_address")
    machines = [("command", rules.dfa("command-line"), ragel.machine(os.path.join(parser, "command.rl"),
                                                                     "smtpwire_command").dfa()),
                ("reply", rules.dfa("reply-line-value"), ragel.machine(os.path.join(parser, "reply.rl"),
                                                                       "smtpwire_reply").dfa())]
    machines += [(v, rules.dfa(v.replace("_", "-") + "-value"), address.dfa("values_" + v)) for v in
                 ("reverse_path", "forward_path", "mailbox", "domain")]
    capability = ragel.machine(os.path.join(parser, "capability.rl"), "smtpwire_capability")
    machines += [("capability", rules.dfa("ehlo-line"), capability.dfa("lines_every")),
                 ("known", prove.expression(rules, " / ".join(prove.KNOWN_LINES)), capability.dfa("lines_known"))]
    passed = failed = 0
    for mode, dfa, shipped in machines:
        words = sorted(w for w in {*words_of(dfa), *words_of(shipped)} if not (mode == "command" and b"\r\n" in w))
        answers = subprocess.run([sys.argv[1]], input="".join("%s %s\n" % (mode, w.hex()) for w in words), check=True,
                                 capture_output=True, text=True).stdout.splitlines()
        assert len(answers) == len(words)
        bad = 0
        for word, answer in zip(words, answers):
            accepted, ids, offset = wanted(mode, dfa, word)
            error, _, at = answer.partition(" ")
            good = error == "ok" if accepted else error in ids and int(at) == offset
            if not good:
                bad += 1
                if bad <= 5:
                    print("%s %s: got %s, wanted %s" % (mode, show(word), answer,
                                                        "ok" if accepted else "%s %d" % (sorted(ids), offset)))
        print("%-14s %4d and %4d states, %6d words: %s" % (mode, len(dfa.trans), len(shipped.trans), len(words),
                                                            "agree" if not bad else "%d DISAGREE" % bad))
        passed, failed = (passed + 1, failed) if not bad else (passed, failed + 1)
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
