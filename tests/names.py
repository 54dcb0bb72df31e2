#!/usr/bin/python3
"""Everything that has a name has a test vector that names it: every rule of the grammar, verb, parameter, attribute, extension, capability, SASL
mechanism, error, flag, limit, leniency, option of the command, policy, key of its output, and row of the table of
strictness."""
import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "proof"))

import ragel
from check import ROOT, check, done, read

# What no vector can hold: a vector is octets and options.
NOT_ON_THE_WIRE = {
    "error": {"none", "misuse"},  # misuse is of the API: tests/unit_push.c
    "option": {"--json", "--chunk", "--list", "--help", "--version"},  # tests/command.py
    "verb": {"unknown", "greeting", "end-of-data", "auth-response", "bdat-last", "burl-last"},  # no commands
    "rule": {"extension_line", "command_line"},  # no rules of an RFC: all commands
    "key": {"event", "expected"},  # the log begins with the event; tests/expected.c and tests/command.py
}


def names(name):
    body = re.search(r"#define SMTPWIRE_%s\(X\)(.*?)\n\n" % name, read("parser/smtpwire.h"), re.S).group(1)
    return re.findall(r'X\(\w+, (?:\d+, )?"([\w-]+)"', body)


class Vectors:
    def __init__(self):
        self.events, self.commands, self.rules, self.rows, self.count = [], [], set(), set(), 0
        for path in glob.glob(os.path.join(ROOT, "tests/vectors/*.md")):
            if not path.endswith("README.md"):
                self.load(open(path, encoding="utf-8").read())

    def load(self, text):
        for section in re.split(r"^## ", text, flags=re.M)[1:]:
            self.count += 1
            for events in re.findall(r"```events\n(.*?)```", section, re.S):
                self.events += events.splitlines()
            self.commands += re.findall(r"^    (smtpwire .*)$", section, re.M)
            prose = re.sub(r"```.*?```", "", section, flags=re.S)
            for kind, names_ in re.findall(r"\b(Rules|Rows?):\s*((?:``.*?``|`[^`]*`|[\s,])+)", prose):
                found = re.findall(r"`` ?(.*?) ?``|`([^`]*)`", names_, re.S)
                found = {re.sub(r"\s+", " ", a or b) for a, b in found}
                if kind == "Rules":
                    self.rules |= found
                else:
                    self.rows |= found

    def value_is(self, key, value):
        return any(re.search(r"(^| )%s=%s( |$)" % (key, re.escape(value)), e) for e in self.events)

    def list_has(self, key, value):
        return any(re.search(r" %s=(\S*,)?%s(,|\s|$)" % (key, re.escape(value)), e) for e in self.events)

    def has_parameter(self, keyword):
        """Delivered, not just refused."""
        return any(re.search(r'^command .* params="?([^"]* )?%s[= "]|^command .* params=%s$' % (keyword, keyword), e, re.I)
                   for e in self.events)

    def command_has(self, pattern):
        return any(re.search(pattern, c) for c in self.commands)


def rows_of_strictness():
    section = read("docs/design.md").split("## What strict means")[1].split("\n## ")[0]
    rows = [re.split(r"(?<!\\) \| ", line.strip("| "))[0] for line in section.splitlines() if line.startswith("| ")]
    return [r for r in rows if r != "question"]


def plain(text):
    return re.sub(r"[`\s]+", " ", text).strip()


def main():
    vectors = Vectors()
    check("there are vectors", vectors.count > 100, vectors.count)
    for name, text in ragel.grammar_files(ROOT):
        for rule in ragel.rule_names(text):
            if rule in NOT_ON_THE_WIRE["rule"]:
                continue
            check("rule %s of grammar/%s.rl" % (rule, name), rule in vectors.rules)
    for parameter in names("PARAMETERS"):
        check("parameter %s" % parameter, parameter == "unknown" or vectors.has_parameter(parameter))
    for extension in names("EXTENSIONS"):
        check("extension %s" % extension, vectors.command_has(r"--offer (\S*,)?%s(,|\s|$)" % extension))
    for verb in names("VERBS"):
        check("verb %s" % verb, verb in NOT_ON_THE_WIRE["verb"] or vectors.value_is("verb", verb))
    for attribute in names("ATTRIBUTES"):
        check("attribute %s" % attribute, attribute == "unknown" or vectors.has_parameter(attribute))
    for error in names("ERRORS"):
        if error not in NOT_ON_THE_WIRE["error"]:
            check("error %s" % error, vectors.value_is("error", error))
    for flag in names("FLAGS"):
        check("flag %s" % flag, vectors.list_has("flags", flag))
    for limit in names("LIMITS"):
        check("limit %s" % limit, vectors.command_has(r"--limit %s=" % limit))
    for lax in names("LENIENCIES"):
        check("leniency %s" % lax, vectors.command_has(r"--lax (\S*,)?%s\b" % lax))
    offers = [e for e in vectors.events if e.startswith("capability ")]
    for capability in names("CAPABILITIES"):
        if capability != "unknown":
            check("capability %s" % capability, any(" verb=%s " % capability in e + " " for e in offers))
    for mechanism in names("MECHANISMS"):
        check("mechanism %s" % mechanism, vectors.list_has("mechanisms", mechanism))
    settings = read("cli/settings.c")
    for option in sorted(set(re.findall(r'^    "  (?:.*?)(--[a-z0-9]+)', settings, re.M))):
        if option not in NOT_ON_THE_WIRE["option"]:
            check("option %s" % option, vectors.command_has(r" %s\b" % option))
    for kind in ("bare_lf", "bare_cr", "nul"):
        for policy in ("reject", "pass") + (("normalise",) if kind != "nul" else ()):
            check("content %s=%s" % (kind, policy), vectors.command_has(r"--content %s=%s" % (kind, policy)))
    for key in re.findall(r"X\((\w+)\)", read("cli/record.h").split("#define RECORD_KEYS(X)")[1].split("\n\n")[0]):
        check("key %s" % key, key in NOT_ON_THE_WIRE["key"] or any(re.search(r" %s=" % key, e) for e in vectors.events))
    rows = {plain(row) for row in vectors.rows}
    for row in rows_of_strictness():
        check("row of strictness: %s" % row, plain(row) in rows)
    done()


main()
