#!/usr/bin/python3
"""Judges the compiled parsers by the strict automata, through the public API: for every state its shortest word times all
256 octets, and every transition on the way to a word that is accepted (Dfa.cover). The states are those of the strict
automaton and those of the machine that is compiled, which goes on where a gate behind it may refuse.

usage: judge.py [some] [PART...] JUDGE...   each JUDGE is the program of tests/judge.c, in any build; all are asked the same,
                                            only the first for every cut of a line.
                                            PART: commands, machines, leniencies, values; all of them if none is
                                            named

A word must be accepted exactly if the automaton of grammar/abnf/strict.abnf accepts it, and the offset of an error must be
the length of the longest prefix with which some accepted word begins; but for the cases that smtpwire.h names: a framing
fault is at its octet, a command that is not known is at its name, a parameter that is not known is at its keyword.

Values of parameters are judged so behind their keyword, each by its own automaton; where a value is an address behind an
encoding, that is the automaton of Mailbox with each octet written in that encoding.

With a leniency on, and with all of them, the words are those of the automaton of grammar/abnf/strict.abnf with the leniency's
own rule in it, and of the machine with its gate open; without any, those of what only leniencies take are among them.

Lines of commands, of SASL exchanges and of replies, keyword lines, content and chunks are also pushed through a session,
whole, at every cut and octet by octet, which must tell the same. Builds of other code that Ragel writes are asked for lines
whole, at one cut and octet by octet: what it writes reads lines when they are whole, and only content in parts. "some", for
sanitizers, makes that of the first as well, and asks fewer words (fewer_words).
"""
import os
import re
import subprocess
import sys

import leniency
import prove
import ragel
import strict
from automata import ASCII, concat, literal, show
from strict import in_unitext, in_xtext, size_value

SOME, PROGRAMS = [], []
CR, LF, NUL = 13, 10, 0
FRAMING = {CR: "bare_cr", LF: "bare_lf", NUL: "nul"}
# RFC 5321 section 4.1.1 and RFC 3207; and those that are known and not for this server.
COMMANDS = "EHLO HELO MAIL RCPT DATA RSET NOOP QUIT VRFY EXPN HELP STARTTLS BDAT AUTH ETRN ATRN".split()
EXTENDED = "BURL XCLIENT XFORWARD".split()  # where they are offered
SYNTAX = {"argument_syntax", "address_syntax", "parameter_syntax", "unregistered_tag", "non_ascii", "chunk_size",
          "parameter_value"}


def apart(word):
    """No automaton here remembers which parameters or attributes there were: what is there twice is shown by test vectors.
    SMTPUTF8 on RCPT is among the keywords."""
    names = re.findall(rb"[ \t]([A-Z]+)=", word.upper()) if word[:1] in b"Xx" else []
    if len(set(names)) < len(names):
        return True
    return len(re.findall(rb"[ \t]SMTPUTF8", word.upper())) > word[:4].upper().count(b"MAIL")


# The texts of replies, where a host or a path is read apart from what is around it.
TEXTS = {"greeting": "greeting-text", "ehlo_greeting": "ehlo-text", "forward_text": "forward-text-value"}
TEXT_ERRORS = {"reply_syntax", "address_syntax", "unregistered_tag", "non_ascii"}


def command_name(word):
    return re.match(rb"[A-Za-z0-9][A-Za-z0-9-]*|", word).group().decode().upper()


KEYWORDS = {"MT-PRIORITY", "NO-SOLICITING"} | {name[5:].upper() for name in prove.KNOWN_LINES if name.startswith("ehlo-")}


def verbs():
    """The names of commands in the table in smtpwire.h, and whether each is implemented."""
    header = open(os.path.join(prove.HERE, "..", "..", "parser", "smtpwire.h"), encoding="utf-8").read()
    rows = re.findall(r'X\(\w+, "([A-Z0-9-]+)", ([01])\)', header.split("#define SMTPWIRE_VERBS(X)")[1].split("\n\n")[0])
    assert {name for name, done in rows if done == "1"} == {"LHLO", *COMMANDS, *EXTENDED}
    return {name: done == "1" for name, done in rows}


VERBS = verbs()


def no_command(name):
    return False, {"command_not_implemented" if name in VERBS else "command_unknown"}, 0


def wanted(mode, dfa, word, commands=tuple(COMMANDS + EXTENDED)):
    """(accepted, set of error ids, offset)"""
    fault = framing_fault(word)
    if fault:
        return fault
    if mode == "keyword":
        return wanted_line(dfa, word)
    viable, accepted = dfa.run(word + b"\r\n" if mode in ("command", "lmtp") else word)
    if accepted:
        return True, None, None
    viable = min(viable, len(word))
    if mode.startswith("capability"):
        return False, {"capability_syntax"}, viable
    if mode in ("reply", "reply+reply_code"):
        return False, {"reply_syntax"}, viable
    if mode == "challenge":
        return False, {"auth_syntax"}, viable
    if mode in TEXTS:
        return False, TEXT_ERRORS, viable
    if mode not in ("command", "lmtp"):
        return False, SYNTAX - {"argument_syntax", "parameter_syntax", "parameter_value"}, viable
    name = command_name(word)
    if name not in commands:
        assert viable <= len(name), word
        return no_command(name)
    return False, SYNTAX, viable


SMTPUTF8 = rb"(?i:SMTPUTF8\Z)"


def wanted_zeroed(dfa, word, separators=b" ", ends=b""):
    """With zeroed options nothing is offered: a parameter is 555, at its keyword if there is one, else the space is wrong. VRFY
    and EXPN have none but SMTPUTF8 as a whole."""
    name, (end, accepted) = command_name(word), dfa.run(word + b"\r\n")
    fault = framing_fault(word)
    if fault or accepted or name not in COMMANDS:
        return fault or wanted("command", dfa, word, COMMANDS)
    starts = {"MAIL": rb"[A-Za-z0-9]", "RCPT": rb"[A-Za-z0-9]", "VRFY": SMTPUTF8, "EXPN": SMTPUTF8}.get(name)
    behind = len(word[:end].rstrip(b" \t"))
    if starts and dfa.accepts(word[:behind] + b"\r\n") and re.match(b"[" + separators + b"]" + starts, word[behind:].rstrip(ends)):
        return False, {"parameter_unknown"}, behind + 1
    return False, SYNTAX, min(end, len(word))


def wanted_unknown(dfa, lax, word):
    """With unknown_command: the others are as they are without."""
    name = command_name(word)
    if framing_fault(word) or VERBS.get(name):
        return no_command(name) if name == "LHLO" and not framing_fault(word) else wanted("command", dfa, word)
    return (True, None, None) if lax.accepts(word) else no_command(name)


def wanted_line(dfa, word):
    """Of a keyword line: whether its parameters are as the keyword's RFC has them; "none 0" if not."""
    lines = RULES.dfa("ehlo-line")
    if not lines.accepts(word):
        return False, {"capability_syntax"}, min(lines.viable(word), len(word))
    if dfa.accepts(word) or command_name(word) not in KEYWORDS:
        return True, None, None
    return False, {"none"}, 0


RULES = prove.grammar(prove.FILES)


MAIL, RCPT = b"MAIL FROM:<> ", b"RCPT TO:<a@b> "


def values(rules):
    """(mode, what comes before, automaton of the values, entry of the compiled machine)"""
    mailbox = rules.dfa("Mailbox")
    other = prove.expression(rules, '( addr-type EXCEPT "utf-8" ) ";" xtext')
    other_lower = prove.expression(rules, '( addr-type EXCEPT "utf-8" ) ";" lax-xtext')
    utf8 = concat(prove.expression(rules, '"utf-8;"'), in_unitext(mailbox, rules))
    address, address_lower = in_xtext(mailbox, rules, False), in_xtext(mailbox, rules, True)
    null, null_lower = (in_xtext(literal(b"<>"), rules, lower) for lower in (False, True))
    yield "known", MAIL + b"SIZE=", size_value(), "size"
    yield "known", MAIL + b"AUTH=", address.union(null), "encoded"
    yield "lower", MAIL + b"AUTH=", address_lower.union(null_lower), "lax_encoded"
    yield "known", MAIL + b"SUBMITTER=", address, "encoded"
    yield "known", RCPT + b"ALT-ADDRESS=", in_xtext(mailbox.intersect(ASCII), rules, False), "encoded"
    yield "known", RCPT + b"ORCPT=", other.union(utf8), "orcpt"
    yield "lower", RCPT + b"ORCPT=", other_lower.union(utf8), "lax_orcpt"
    for mode, keyword, rule, entry in (
            ("known", MAIL + b"BODY=", "body-value", "body"), ("known", MAIL + b"RET=", "ret-value", "ret"),
            ("known", MAIL + b"ENVID=", "envid-value", "envid"), ("lower", MAIL + b"ENVID=", "lax-envid-value", "lax_envid"),
            ("known", RCPT + b"NOTIFY=", "notify-esmtp-value", "notify"), ("known", MAIL + b"BY=", "by-value", "by"),
            ("known", MAIL + b"HOLDFOR=", "future-release-interval", "holdfor"),
            ("known", MAIL + b"HOLDUNTIL=", "future-release-date-time", "holduntil"),
            ("known", MAIL + b"MT-PRIORITY=", "priority-value", "mt_priority"),
            ("known", RCPT + b"RRVS=", "rrvs-value", "rrvs"),
            ("known", MAIL + b"ENVID=a@b MTRK=", "mtrk-value", "mtrk"),
            ("known", MAIL + b"MTRK=QUJD ENVID=", "unique-envid", "envid"),
            ("known", MAIL + b"SOLICIT=", "Solicitation-keywords", "solicit"),
            ("known", MAIL + b"TRANSID=", "transid-value", "transid"), ("known", MAIL + b"XVERP=", "xverp-value", "xverp")):
        yield mode, keyword, rules.dfa(rule), entry
    for command, name, kind in ATTRIBUTES:
        for lower in (False, True):
            yield ("lower" if lower else "known", ("%s %s=" % (command, name)).encode(),
                   in_xtext(rules.dfa("attribute-" + kind), rules, lower), "lax_encoded" if lower else "encoded")


# One of each kind.
ATTRIBUTES = [("XCLIENT", "LOGIN", "text"), ("XCLIENT", "DESTADDR", "address"), ("XCLIENT", "DESTPORT", "port"),
              ("XCLIENT", "PROTO", "protocol"), ("XFORWARD", "PROTO", "text"), ("XFORWARD", "SOURCE", "source")]


def framing_fault(word):
    fault = re.search(rb"[\r\n\0]", word)
    return (False, {FRAMING[word[fault.start()]]}, fault.start()) if fault else None


def wanted_value(head, dfa, word):
    fault = framing_fault(head + word)
    if fault:
        return fault
    if dfa.accepts(word):
        return True, None, None
    syntax = "argument_syntax" if head.startswith(b"X") else "parameter_syntax"
    return False, {"parameter_value", syntax, "size_too_large"}, len(head) + dfa.viable(word)


def parameters():
    """keyword: (commands, form), from the table in smtpwire.h."""
    header = open(os.path.join(prove.HERE, "..", "..", "parser", "smtpwire.h"), encoding="utf-8").read()
    rows = re.findall(r'X\(\w+, "([A-Z0-9-]+)", (MAIL|RCPT|MAIL_OR_RCPT), [^"]*?, (NONE|OPTIONAL|REQUIRED), \d+,', header)
    assert len(rows) > 20
    return {name: (on.split("_OR_"), form) for name, on, form in rows}


def wanted_keyword(head, table, text):
    """text is the beginning of a keyword and one octet more."""
    fault, start = framing_fault(head + text), len(head)
    if fault:
        return fault
    keyword = re.match(rb"(?:[A-Za-z0-9][A-Za-z0-9-]*)?", text).group().decode()
    end, rest, name = start + len(keyword), text[len(keyword):], keyword.upper()
    mine = {k: form for k, (on, form) in table.items() if head[:4].decode() in on}
    if not keyword:
        return False, {"parameter_syntax"}, start
    if rest not in (b"", b" ", b"="):
        known = any(k.startswith(name) for k in mine)
        return False, {"parameter_syntax" if known else "parameter_unknown"}, end if known else start
    if name not in mine:
        return False, {"parameter_unknown"}, start
    if mine[name] == "REQUIRED" and rest != b"=" or mine[name] == "NONE" and rest == b"=":
        return False, {"parameter_value"}, end
    return (True, None, None) if rest == b"" else (False, {"parameter_syntax"}, end + 1)


def ask(program, questions):
    some = ["some"] * (bool(SOME) or program != PROGRAMS[0])
    return subprocess.run([program] + some, input=questions, check=True, capture_output=True, text=True).stdout


def judge_answers(what, mode, words, good, shown):
    """Whether what every program answers is good(answer, word); shown(word) is what was wanted."""
    bad, right = 0, None
    questions = "".join("%s %s\n" % (mode, w.hex()) for w in words)
    for program in PROGRAMS:
        answers = ask(program, questions)
        if answers == right:
            continue
        assert answers.count("\n") == len(words)
        right = answers if right is None else right
        for word, answer in zip(words, answers.splitlines()):
            if not good(answer, word):
                bad += 1
                if bad <= 5:
                    print("%s: %s %s: got %s, wanted %s" % (program, mode, show(word), answer, shown(word)))
    print("%-40s %6d words: %s" % (what, len(words), "agree" if not bad else "%d DISAGREE" % bad), flush=True)
    return not bad


def judge(what, mode, words, verdict):
    """Whether all answers are as verdict(word) wants them: (accepted, error ids, offset)."""
    verdicts = {word: verdict(word) for word in words}

    def good(answer, word):
        accepted, ids, offset = verdicts[word]
        error, _, at = answer.partition(" ")
        return answer == "ok" if accepted else error in ids and int(at) == offset

    def shown(word):
        accepted, ids, offset = verdicts[word]
        return "ok" if accepted else "%s %d" % (sorted(ids), offset)

    return judge_answers(what, mode, words, good, shown)


def fewer_words(dfa):
    """As Dfa.cover(), but behind each state of the octets that lead to the same one only the first and the last, and those
    that matter in a command line."""
    for state, prefix in dfa.shortest_words().items():
        yield prefix
        kinds = {}
        for octet in range(256):
            kinds.setdefault(dfa.trans[state].get(octet), []).append(octet)
        for octet in {o for octets in kinds.values() for o in (octets[0], octets[-1])} | set(b"\t \".,:<=>@P_"):
            yield prefix + bytes([octet])


def lines_of(*dfas, few=False):
    """What covers them, as lines without the CRLF that ends them."""
    words = {w[:-2] if w.endswith(b"\r\n") else w for dfa in dfas for w in (fewer_words(dfa) if few else dfa.cover())}
    return sorted(w for w in words if b"\r\n" not in w)


def judge_commands(rules, parser):
    """The strict automaton has more states than the machine, for it reads values of attributes as well: those are judged
    by judge_parameters()."""
    root = os.path.join(parser, "..")
    library, every = ragel.Library(root, prove.GATES).command(), ragel.Library(root, prove.GATES, prove.GATES).command()
    line, zeroed, lax = rules.dfa("command-line"), rules.dfa("zeroed-line"), rules.dfa("lax-unknown-command")
    # What only a leniency takes is refused without it, at its octet. With sanitizers fewer words, as for fewer cuts.
    few = lines_of(line, library, few=True)
    words = [*lines_of(library), *few, *lines_of(every, few=True)] if SOME else lines_of(line, library, every)
    words = sorted({w for w in words if not apart(w)})
    yield judge("command, %d, %d and %d states" % (len(line.trans), len(library.trans), len(every.trans)), "command", words,
                lambda word: wanted("command", line, word))
    named = sorted({*lines_of(lax), *(name.encode() + end for name in VERBS for end in [
        b"", b" ", *(bytes([o]) + tail for o in range(256) for tail in (b"", b"x"))])})
    yield judge("names of commands", "command", named, lambda word: wanted("command", line, word))
    lhlo, lmtp = rules.dfa("lhlo"), rules.dfa("lmtp-line")
    here = tuple(name for name in ["LHLO", *COMMANDS, *EXTENDED] if name not in ("EHLO", "HELO"))
    own = {*named, *lines_of(lhlo), *([] if SOME else lines_of(library))}
    yield judge("LMTP, LHLO has %d states" % len(lhlo.trans), "lmtp", sorted(w for w in own if not apart(w)),
                lambda word: wanted("lmtp", lmtp, word, here))
    verb = ragel.machine(os.path.join(parser, "command.rl"), "smtpwire_verb").dfa()
    yield judge("zeroed options, %d states" % len(zeroed.trans), "zeroed",
                sorted({*lines_of(zeroed, verb), *(few if SOME else words)}), lambda word: wanted_zeroed(zeroed, word))
    yield judge("unknown commands, %d states" % len(lax.trans), "unknown",
                sorted({w for w in {*(few if SOME else words), *named} if not apart(w)}), lambda word: wanted_unknown(line, lax, word))


def judge_machines(rules, parser):
    root = os.path.join(parser, "..")
    library, wrapped = ragel.Library(root, prove.GATES), ragel.Rules(root)
    replies = ragel.machine(os.path.join(parser, "reply.rl"), "smtpwire_reply")
    capability = ragel.machine(os.path.join(parser, "capability.rl"), "smtpwire_capability")
    machines = [("reply", rules.dfa("reply-line-value"), replies.dfa("replies_strict")),
                ("reply+reply_code", rules.dfa("lax-reply-line"), replies.dfa("replies_lax")),
                ("challenge", rules.dfa("challenge"), wrapped.dfa("auth_response")),
                ("capability", rules.dfa("ehlo-line"), capability.dfa("lines_every")),
                ("capability+auth_equals", prove.expression(rules, "ehlo-line / lax-auth"), capability.dfa("lines_legacy")),
                ("capability+capability_space", rules.dfa("lax-ehlo-line"), capability.dfa("lines_spaced")),
                ("keyword", prove.expression(rules, " / ".join(prove.KNOWN_LINES)), capability.dfa("lines_known"))]
    machines += [(mode, rules.dfa(rule), wrapped.dfa(mode if mode == "forward_text" else rule.replace("-", "_")))
                 for mode, rule in TEXTS.items()]
    machines += [(v, rules.dfa(v.replace("_", "-") + "-value"), library.address(v)) for v in VALUES]
    for mode, dfa, shipped in machines:
        # What is whole may be read without a machine; with a parameter more it is not.
        more = [w + b" x" for w in capability.walk("lines_known")] if mode == "keyword" else []
        yield judge("%s, %d and %d states" % (mode, len(dfa.trans), len(shipped.trans)), mode,
                    lines_of(dfa, shipped) + more, lambda word: wanted(mode, dfa, word))
    number, limit = rules.dfa("limit-number"), b"LIMITS MAILMAX="
    words = {limit + w for w in {*number.cover(), *capability.walk("lines_number")} if b" " not in w}
    yield judge("limits, %d states" % len(number.trans), "keyword", sorted(words),
                lambda word: (True, None, None) if number.accepts(word[len(limit):]) else wanted_limit(word))


def wanted_limit(word):
    """Of a line whose limit is no number: if it is a line, its value is wrong."""
    wrong = wanted_line(RULES.dfa("ehlo-line"), word)
    return framing_fault(word) or ((False, {"none"}, 0) if wrong[0] else wrong)


# What the machine of addresses, and that of literals, would take where another runs it.
LITERAL = {"address_literal": b"[1.2.3.4]"}
STANDING = {"reverse_path": b"<>", "forward_path": b"<a@b>", "bare_reverse_path": b"a@b", "bare_forward_path": b"a@b",
            "name": b"a", "ehlo_host": b"a"}
# Entries of addresses that only commands have, and the commands.
IN_COMMANDS = {"asked_for": b"VRFY ", "greeting": b"EHLO ", "bare_rcpt": b"RCPT TO:"}


def own_words(library):
    """Lines of commands that take every transition that the machines of commands and addresses have by themselves: states
    that are one in Library.command(), but not in the code. Whole commands may be read without a machine."""
    for word in library.commands.walk(standing=STANDING):
        yield from (word, word + b" ")
    for entry, command in IN_COMMANDS.items():
        yield from (command + w for w in library.addresses.walk("values_" + entry, LITERAL))


VALUES = ("reverse_path", "forward_path", "mailbox", "domain")


def judge_lax(what, mode, dfas, verdict, own=()):
    """own: words besides."""
    words = sorted({*lines_of(*dfas, few=bool(SOME)), *own})
    if "bare_lf_command" in mode:  # lines end at their first LF, and at a CR before it
        words = [w for w in words if b"\n" not in w and w[-1:] != b"\r"]
    return judge(what, mode, [w for w in words if not mode.startswith("command") or not apart(w)], verdict)


def judge_leniencies(rules, parser):
    """With one leniency on, and with all of them; those that are not here are among judge_machines() and judge_parameters()."""
    names = sorted({*leniency.GATED, *leniency.IN_C, *leniency.ELSEWHERE} - {"unknown_parameter"})
    for on in [[name] for name in names] + [names]:
        lax, label = leniency.with_leniencies(rules, on), "+".join([""] + on)
        library = ragel.Library(os.path.join(parser, ".."), prove.GATES, prove.GATES & set(on))
        line, zeroed = lax.dfa("command-line"), lax.dfa("zeroed-line")
        shown = on[0] if len(on) == 1 else "all leniencies"
        yield judge_lax("command, %s, %d states" % (shown, len(line.trans)), "command" + label,
                        [zeroed, library.command()], lambda word: wanted("command", line, word),
                        own_words(library) if on == names else ())
        separators, ends = b" \t" if "htab_separator" in on else b" ", b" \t" if "trailing_space" in on else b""
        yield judge_lax("zeroed, %s, %d states" % (shown, len(zeroed.trans)), "zeroed" + label,
                        [zeroed, library.command()] if on == names else [zeroed], lambda word: wanted_zeroed(zeroed, word, separators, ends))
        for value in VALUES:
            dfa = lax.dfa(value.replace("_", "-") + "-value")
            own = {*library.addresses.walk("values_" + value, LITERAL)}
            if value == "domain":
                own.update(library.literals.walk("literals_any_tag"))
            yield judge_lax("%s, %s" % (value, shown), value + label, [dfa, library.address(value)],
                            lambda word: wanted(value, dfa, word), own)
    local = prove.expression(lax, "Local-part EXCEPT with-non-ascii")
    yield judge("local_part, all leniencies", "local_part" + label, library.addresses.walk("values_local_part"),
                lambda word: framing_fault(word) or (local.accepts(word), {"address_syntax", "non_ascii"}, local.viable(word)))


def judge_parameters(rules, parser):
    machine = ragel.machine(os.path.join(parser, "parameter.rl"), "smtpwire_value")
    value = rules.dfa("esmtp-value")
    for mode, head, dfa, entry in values(rules):
        shipped, dfa = machine.dfa("values_" + entry), dfa.intersect(value).minimal()
        # Lower-case digits are of the encoding alone; SUBMITTER is read as AUTH is: with sanitizers that is enough.
        again = mode == "lower" or b"SUBMITTER" in head
        # What is right without a leniency is not read again with it: the plus sign makes it wrong.
        other = [w + b"+" for w in machine.walk("values_" + entry)] if again else []
        words = sorted(w for w in {*(fewer_words(dfa) if SOME and again else dfa.cover()), *shipped.cover(), *other} if b" " not in w)
        yield judge("%s %s %d and %d states" % (mode, head.decode().split(" ")[-1], len(dfa.trans), len(shipped.trans)), mode,
                    [head + w for w in words], lambda line: wanted_value(head, dfa, line[len(head):]))
    table = parameters()
    starts = sorted({name[:i].encode() for name in table for i in range(len(name) + 1)})
    for head in (MAIL, RCPT):
        yield judge("keywords of " + head[:4].decode(), "known",
                    [head + s + o for s in starts for o in [b""] + [bytes([o]) for o in range(256)] if s + o],
                    lambda line: wanted_keyword(head, table, line[len(head):]))


def judge_others(rules, parser):
    """What no line of a command is: SASL, content, chunks, and machines behind other functions."""
    dfa, shipped = rules.dfa("auth-response"), ragel.machine(os.path.join(parser, "command.rl"), "smtpwire_auth_response").dfa()

    def wanted_auth(word):
        fault = framing_fault(word)
        return fault or (dfa.accepts(word), {"auth_syntax"}, dfa.viable(word))

    yield judge("auth, %d and %d states" % (len(dfa.trans), len(shipped.trans)), "auth", lines_of(dfa, shipped), wanted_auth)
    data = os.path.join(parser, "data.rl")
    for mode, rule, entry in (("data", "message-stream", None), ("chunk", "chunk-stream", "chunks")):
        dfa, shipped = rules.dfa(rule), ragel.machine(data, "smtpwire_data").dfa(entry)
        words = sorted({*dfa.cover(), *shipped.cover()})
        yield judge_answers("%s, %d and %d states" % (mode, len(dfa.trans), len(shipped.trans)), mode, words,
                            lambda answer, word: answer == wanted_content(mode, dfa, word),
                            lambda word: wanted_content(mode, dfa, word))
    text = prove.expression(rules, "*( %d09 / %d32-126 / UTF8-non-ascii )")
    shipped = ragel.machine(os.path.join(parser, "reply.rl"), "smtpwire_utf8").dfa()
    words = [w for w in lines_of(text, shipped) if LF not in w]  # LF begins another line of the reply
    yield judge("text of a written reply, %d and %d states" % (len(text.trans), len(shipped.trans)), "text", words,
                lambda word: framing_fault(word) or (text.accepts(word), {"reply_syntax"}, text.viable(word)))
    local = prove.expression(rules, "Local-part EXCEPT with-non-ascii")
    shipped = ragel.Library(os.path.join(parser, ".."), prove.GATES).address("local_part")
    yield judge("local_part, %d and %d states" % (len(local.trans), len(shipped.trans)), "local_part",
                lines_of(local, shipped),
                lambda word: framing_fault(word) or (local.accepts(word), {"address_syntax", "non_ascii"}, local.viable(word)))
    # Behind an accepted command: of what is no parameter nothing is promised but that there is none.
    parameter = prove.expression(rules, "esmtp-param [ SP / HTAB ]")
    words = sorted(w for w in {*parameter.cover()} if parameter.accepts(w))
    yield judge("parameters, %d states" % len(parameter.trans), "parameter", words, lambda word: (True, None, None))
    xtext = rules.dfa("lax-xtext")
    yield judge("decoded, %d states" % len(xtext.trans), "decoded", sorted({*xtext.cover()}),
                lambda word: (xtext.accepts(word), {"none"}, 0))


def wanted_content(mode, dfa, word):
    """The answer. The end is behind the first prefix that the automaton accepts; of a chunk the count tells it. The error
    is the first octet that is refused, a bare LF or a bare CR; a CR is bare if no LF follows, in a chunk also at its end."""
    if mode == "data":
        ends = [i for i in range(len(word) + 1) if dfa.accepts(word[:i])]
        if not ends:
            return "more"
        word = word[:ends[0]]
    assert dfa.accepts(word)
    bare = re.search(rb"\r(?!\n)|(?<!\r)\n", word)
    if not bare:
        return "end %d none 0" % len(word)
    return "end %d content_%s %d" % (len(word), FRAMING[word[bare.start()]], bare.start())


def main():
    arguments = sys.argv[1:]
    if arguments[0] == "some":
        SOME.append(arguments.pop(0))
    rules, parameter_rules = strict.grammar(), prove.grammar(prove.FILES)
    # Behind an encoding as well only the tag IPv6 is registered.
    parameter_rules.rules["address-literal"] = rules.rules["address-literal"]
    parser = os.path.join(prove.HERE, "..", "..", "parser")
    parts = {"commands": [(judge_commands, rules)], "machines": [(judge_machines, rules)], "leniencies": [(judge_leniencies, rules)],
             "values": [(judge_parameters, parameter_rules), (judge_others, rules)]}
    PROGRAMS.extend(a for a in arguments if a not in parts)
    chosen = [a for a in arguments if a in parts] or parts
    results = [good for part in chosen for function, grammar in parts[part] for good in function(grammar, parser)]
    print("%d passed, %d failed" % (results.count(True), results.count(False)))
    return False in results


if __name__ == "__main__":
    sys.exit(main())
