#!/usr/bin/python3
"""Proves the grammar equal to the RFCs' ABNF with its written-down deviations, rule by rule and machine by machine.

usage: prove.py [ROOT]   ROOT is the tree whose grammar/ and parser/ are proven; grammar/abnf/ is taken from this tree.

For each it prints the number of states of both minimal automata and "equal", or the shortest word that only one accepts.
The last line is "N passed, N failed".
"""
import os
import sys

import abnf
import ragel
from automata import ASCII, CRLF, concat, show, star

HERE = os.path.dirname(os.path.abspath(__file__))
ABNF = os.path.join(HERE, "..", "..", "grammar", "abnf")
FILES = ["rfc5234", "rfc3629", "rfc3339", "rfc5321", "rfc6531", "rfc1845", "rfc1870", "rfc2852", "rfc3461", "rfc3865",
         "rfc3885", "rfc3986", "rfc4422", "rfc4865", "rfc6152", "rfc6533", "rfc6710", "rfc9422", "ehlo", "extensions",
         "postfix", "deviations"]
RFC_ONLY = FILES[:-1]

# Rules of the grammar that are no rule of an RFC: parts that were given a name of their own, and shown by what they are
# part of; or what is written down elsewhere in ABNF.
PARTS = {
    "octet": "message_stream", "reply_text": "reply_line", "printable": "help, noop", "command_line": "smtpwire_command",
    "extension_line": "smtpwire_command",
    "values": "smtpwire_address, smtpwire_value", "literals": "smtpwire_literal", "bare_keyword": "known_line",
    "known_line": "smtpwire_capability: known",
}
# The name in the ABNF where it is not the same but for "-" and "_".
OTHER_NAMES = {
    "Postmaster": '"<Postmaster>"', "postmaster_path": '"<Postmaster>"', "verb": "( ALPHA / DIGIT ) *( ALPHA / DIGIT / \"-\" )",
    "registered_address_literal": '"[" ( IPv4-address-literal / IPv6-address-literal ) "]"',
    "separator": "SP", "rcpt_path": '"<Postmaster>" / Forward-path', "ehlo_host": "ascii-domain / address-literal",
    "reply_line": 'Reply-code [ "-" [ textstring ] / SP [ textstring ] ]', "message_stream": "message-stream",
}
# The keyword lines whose syntax is known.
KNOWN_LINES = ["mt-priority-ehlo", "No-Soliciting-Service"] + [
    "ehlo-" + name for name in "vrfy expn help 8bitmime chunking binarymime pipelining dsn etrn atrn starttls smtputf8 utf8smtp "
    "enhancedstatuscodes rrvs requiretls mtrk submitter conperm conneg checkpoint send soml saml turn verb onex prdr xverp size "
    "auth deliverby futurerelease limits burl xclient xforward".split()]
# The entries of the machine of addresses.
ADDRESSES = [("reverse_path", "Reverse-path"), ("forward_path", '"<Postmaster>" / Forward-path'), ("mailbox", "Mailbox"),
             ("domain", "Domain / address-literal"), ("local_part", "Local-part"), ("asked_for", "name"),
             ("greeting", "ascii-domain / address-literal"), ("bare_rcpt", 'Mailbox / "Postmaster"')]
LITERALS = [("any_tag", "address-literal"), ("registered", OTHER_NAMES["registered_address_literal"])]
# The gates of leniencies, which are shut here (tests/proof/leniency.py opens them).
GATES = {"space_after_colon", "missing_brackets", "htab_separator", "underscore", "trailing_dot", "empty_atom",
         "ipv6_one_group"}
COMMANDS = {"ehlo", "helo", "mail", "rcpt", "data", "rset", "vrfy", "expn", "help", "noop", "quit", "starttls",
            "lhlo", "bdat", "burl", "auth", "etrn", "atrn", "xclient", "xforward", "turn", "send", "soml", "saml"}

passed = failed = 0


def grammar(files):
    result = abnf.Grammar()
    for name in files:
        result.load(os.path.join(ABNF, name + ".abnf"))
    return result


def expression(rules, text):
    return abnf.Parser(rules, text).dfa()


def report(what, mine, rfc):
    global passed, failed
    word = mine.difference(rfc)
    left, right = len(mine.minimal().trans), len(rfc.minimal().trans)
    if word is None:
        passed += 1
        print("%-34s %4d states, ABNF %4d: equal" % (what, left, right))
    else:
        failed += 1
        who = "the grammar" if mine.accepts(word) else "the ABNF"
        print("%-34s %4d states, ABNF %4d: DIFFERENT: only %s accepts %s" % (what, left, right, who, show(word)))


def expect(what, value, wanted):
    global passed, failed
    passed, failed = (passed + 1, failed) if value == wanted else (passed, failed + 1)
    print("%-34s %s%s" % (what, value, "" if value == wanted else ", expected %s" % wanted))


def with_crlf(dfa):
    return concat(dfa, CRLF)


def prove_rules(rules, root):
    """Every rule of every file in grammar/."""
    wrapped = ragel.Rules(root)
    for name, text in wrapped.files:
        if name.startswith("lax_"):
            continue
        print("# grammar/%s.rl" % name)
        for rule in ragel.rule_names(text):
            if rule in PARTS:
                continue
            mine = wrapped.dfa(rule)
            if rule in COMMANDS:
                mine = with_crlf(mine)
            body = OTHER_NAMES.get(rule, rule.replace("_", "-"))
            report(rule, mine, expression(rules, body))


def prove_machines(rules, root):
    """The machines as the library compiles them."""
    print("# the library's machines")
    library = ragel.Library(root, GATES)
    report("smtpwire_command", with_crlf(library.command()), expression(rules, " / ".join(sorted(COMMANDS))))
    for entry, body in ADDRESSES:
        report("smtpwire_address: " + entry, library.address(entry), expression(rules, body))
    for entry, body in LITERALS:
        report("smtpwire_literal: " + entry, library.literal(entry), expression(rules, body))
    line = ragel.machine(os.path.join(root, "parser/reply.rl"), "smtpwire_reply").dfa()
    report("smtpwire_reply", line, expression(rules, OTHER_NAMES["reply_line"]))
    report("smtpwire_utf8", ragel.machine(os.path.join(root, "parser/reply.rl"), "smtpwire_utf8").dfa(),
           expression(rules, "*( %d09 / %d32-126 / UTF8-non-ascii )"))
    go_on = line.intersect(expression(rules, '3OCTET "-" *OCTET'))
    report("smtpwire_reply, lines of a reply", concat(star(with_crlf(go_on)), with_crlf(line.minus(go_on))),
           rules.dfa("Reply-line"))
    prove_capabilities(rules, root)
    report("smtpwire_data", ragel.machine(os.path.join(root, "parser/data.rl"), "smtpwire_data").dfa(),
           rules.dfa("message-stream"))
    parser = os.path.join(root, "parser/command.rl")
    report("smtpwire_auth_response", ragel.machine(parser, "smtpwire_auth_response").dfa(), rules.dfa("auth-response"))
    report("smtpwire_data: chunks", ragel.machine(os.path.join(root, "parser/data.rl"), "smtpwire_data").dfa("chunks"),
           rules.dfa("chunk-stream"))
    report("smtpwire_verb", ragel.machine(parser, "smtpwire_verb").dfa(), expression(rules, OTHER_NAMES["verb"]))
    report("smtpwire_unknown", ragel.machine(parser, "smtpwire_unknown").dfa(), rules.dfa("lax-unknown-command"))
    parser = os.path.join(root, "parser/parameter.rl")
    report("smtpwire_parameter", ragel.machine(parser, "smtpwire_parameter").dfa(), expression(rules, "esmtp-param [ SP / %x09 ]"))
    value = ragel.machine(parser, "smtpwire_value")
    for entry, rule in (("size", "size-value"), ("body", "body-value"), ("ret", "ret-value"), ("envid", "envid-value"),
                        ("lax_envid", "lax-envid-value"), ("notify", "notify-esmtp-value"),
                        ("orcpt", "original-recipient-address"), ("lax_orcpt", "lax-original-recipient-address"),
                        ("by", "by-value"), ("holdfor", "future-release-interval"),
                        ("holduntil", "future-release-date-time"), ("mt_priority", "priority-value"),
                        ("rrvs", "rrvs-value"), ("mtrk", "mtrk-value"), ("solicit", "Solicitation-keywords"),
                        ("transid", "transid-value"), ("xverp", "xverp-value"), ("encoded", "xtext"),
                        ("lax_encoded", "lax-xtext"), ("utf8_address", "utf-8-enc-addr"), ("text", "attribute-text"), ("port", "attribute-port"),
                        ("protocol", "attribute-protocol"), ("source", "attribute-source"),
                        ("absent", "unavailable")):
        report("smtpwire_value: " + entry, value.dfa("values_" + entry), rules.dfa(rule))


# Rules of an RFC that no rule of the grammar is named after: what proves them, in Ragel's notation.
SAME_AS = {
    "OCTET": "0..255", "UTF8-1": "0..127", "Keyword": "Ldh_str", "Argument": "Atom", "UPPER-ALPHA": "0x41..0x5A", "HYPHEN": '"-"',
    "UNDERSCORE": '"_"', "Internet-style-date-time-UTC": "future_release_date_time", "class": "[245]",
    "subject": "sub_code", "detail": "sub_code",
    "attribute-address": 'IPv4_address_literal | "IPV6:"i IPv6_addr | unavailable',
}
# What stands in the brackets of an IP-literal, by its deviation.
IN_BRACKETS = '1*( unreserved / sub-delims / ":" )'
# Rules that are read as a wider one, in ABNF, all of whose words are accepted: nothing that is in them is refused. Who reads
# a greeting or a reply to EHLO need not find a domain in it.
WIDER = {
    "Greeting": "Reply-line", "ehlo-ok-rsp": "Reply-line", "ehlo-greet": "textstring", "continue-req": "Reply-line",
    "auth-command": "auth *( auth-response CRLF )", "utf-8-address": "utf-8-addr-unitext",
    "xclient-name": "attribute-name", "xforward-name": "attribute-name",
    **{name: IN_BRACKETS for name in ("IPvFuture", "IPv6address", "h16", "ls32", "IPv4address", "dec-octet")},
}


def prove_rest(rules, root):
    """The rules of the RFCs that no rule of the grammar is named after."""
    print("# rules of the RFCs under another name")
    wrapped = ragel.Rules(root)
    for rule, expression_ in SAME_AS.items():
        report(rule, wrapped.expression(expression_), rules.dfa(rule))
    print("# rules of the RFCs that are read as a wider one")
    for rule, wider in WIDER.items():
        report(rule, rules.dfa(rule).union(expression(rules, wider)), expression(rules, wider))


def prove_capabilities(rules, root):
    lines = ragel.machine(os.path.join(root, "parser/capability.rl"), "smtpwire_capability")
    known = expression(rules, " / ".join(KNOWN_LINES))
    for entry, dfa in (("every", rules.dfa("ehlo-line")), ("known", known), ("spaced", rules.dfa("lax-ehlo-line")),
                       ("legacy", rules.dfa("lax-auth")),
                       ("number", rules.dfa("limit-number"))):
        report("smtpwire_capability: " + entry, lines.dfa("lines_" + entry), dfa)
    lines, lax = rules.dfa("ehlo-line"), rules.dfa("lax-auth")
    expect("known lines are EHLO lines", known.minus(lines).difference(expression(rules, "OCTET EXCEPT OCTET")), None)
    expect("lax-auth is none", lax.intersect(lines).difference(expression(rules, "OCTET EXCEPT OCTET")), None)


def prove_ascii(root):
    """Without RFC 6531, what is left in ASCII is RFC 5321."""
    print("# in ASCII, RFC 5321 without RFC 6531")
    rules = grammar([f for f in FILES if f != "rfc6531"])
    rules.rules["esmtp-value"] = grammar(["rfc5321"]).rules["esmtp-value"]
    wrapped = ragel.Rules(root)
    for rule in ("Path", "Mailbox", "Domain", "Local_part", "address_literal", "esmtp_param", "mail", "rcpt"):
        mine = wrapped.dfa(rule).intersect(ASCII)
        report(rule, with_crlf(mine) if rule in COMMANDS else mine, rules.dfa(rule.replace("_", "-")))


def sizes():
    """An independent transcription, with Snum as 1*3DIGIT, got these; then with Snum exact."""
    print("# minimal sizes of the ABNF in ASCII, Snum as 1*3DIGIT")
    rules = grammar([f for f in FILES if f != "rfc6531"])
    loose = rules.copy()
    loose.rules["snum"] = "1*3DIGIT"
    for rule, states in (("IPv6-addr", 100), ("address-literal", 114), ("Mailbox", 123), ("Path", 130)):
        expect(rule, len(loose.dfa(rule).trans), states)
    print("# with Snum exactly 0 to 255")
    for rule, states in (("IPv6-addr", 130),):
        expect(rule, len(rules.dfa(rule).trans), states)
    for rule in ("address-literal", "Mailbox", "Path"):
        print("%-34s %s" % (rule, len(rules.dfa(rule).trans)))


def deviations():
    """The shortest word on which each deviation differs from the RFC's rule, all else being equal."""
    print("# deviations, each with the shortest word that only one of the two accepts")
    rules, rfc = grammar(FILES), grammar(RFC_ONLY)
    for name in sorted(abnf.Grammar().load(os.path.join(ABNF, "deviations.abnf")).rules):
        if name not in rfc.rules:
            continue
        other = rules.copy()
        other.rules[name] = rfc.rules[name]
        word = rules.dfa(name).difference(other.dfa(name))
        expect("%-20s %s" % (name, show(word) if word is not None else "no word"), word is not None, True)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "..")
    rules = grammar(FILES)
    prove_rules(rules, root)
    prove_machines(rules, root)
    prove_rest(rules, root)
    prove_ascii(root)
    sizes()
    deviations()
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
