#!/usr/bin/python3
"""The tables in parser/ that lead from a name's hash to its row are those that smtpwire.h's names make.

usage: hashes.py           checks them
       hashes.py --write   writes them anew, for clang-format to lay out

A table is "static const uint8_t NAME_at[256] = {[hash] = row, ...};". The hash is SMTPWIRE__HASH of the name's first octets,
another for each name; only rows that stand together may share it, and the first of them is there."""
import re
import sys

from check import ROOT, check, done, read

# The file, the table, the names it is of, the prefix of their ids, the octets that count, what stands behind a name that has
# fewer, what an id is less than its row.
TABLES = [("names.c", "verb_at", "VERBS", "VERB", 4, " ", 0),
          ("capability_plain.c", "capability_at", "CAPABILITIES", "CAPABILITY", 4, " ", 0),
          ("capability_plain.c", "mechanism_at", "MECHANISMS", "MECHANISM", 4, " ", 1),
          ("parameter_check.c", "keyword_at", "PARAMETERS", "PARAMETER", 8, "\0", 0)]
FACTOR = int(re.search(r"SMTPWIRE__HASH\(octets\).*UINT64_C\((\w+)\) >> 56", read("parser/names.h")).group(1), 16)


def wanted(macro, octets, behind):
    """Pairs of a hash and an id, in the order of the rows. What is not in capital letters is no name on the wire."""
    body = re.search(r"#define SMTPWIRE_%s\(X\)(.*?)\n\n" % macro, read("parser/smtpwire.h"), re.S).group(1)
    pairs, before = [], None
    for number, name in re.findall(r'X\((\w+), "([A-Z0-9-]+)"', body):
        word = name[:octets].ljust(octets, behind)
        slot = int.from_bytes(word.encode(), "little") * FACTOR % 2**64 >> 56
        if word != before:
            pairs.append((slot, number))
        before = word
    check("names of %s have each a hash of its own" % macro, len({slot for slot, _ in pairs}) == len(pairs))
    if macro != "MECHANISMS":
        check("names of %s differ in these" % macro, len(pairs) == len(re.findall(r'X\(\w+, "[A-Z0-9]', body)))
    return pairs


def main():
    for file, table, macro, prefix, octets, behind, less in TABLES:
        text = read("parser/" + file)
        found = re.search(r"(static const uint8_t %s\[256\] = \{)(.*?)\};" % table, text, re.S)
        entry = r"\[0x([0-9A-F]{2})\] = SMTPWIRE_%s_(\w+)%s," % (prefix, r" \+ %d" % less if less else "")
        right = wanted(macro, octets, behind)
        if sys.argv[1:] == ["--write"]:
            rows = "".join(" [0x%02X] = SMTPWIRE_%s_%s%s," % (slot, prefix, number, " + %d" % less if less else "")
                           for slot, number in right)
            with open(ROOT + "/parser/" + file, "w", encoding="utf-8") as out:
                out.write(text[:found.start(2)] + rows + text[found.end(2):])
            continue
        there = [(int(slot, 16), number) for slot, number in re.findall(entry, found.group(2))]
        check("%s of parser/%s is what the names make" % (table, file),
              there == right and found.group(2).count("[") == len(right), set(there) ^ set(right))
    done()


main()
