#!/usr/bin/python3
"""Mutants of the hand-written C of parser/, all in one copy of the sources: each changed expression chooses at run time.

usage: mutate.py COUNT   writes build/mutants/parser/, build/mutants/gen-T0/ and build/mutants/table.json

clang's syntax tree says what there is to change, tests/mutants.py which changes there are. A mutant is known by its file,
function and line, before and after, so that the sample, which is that of the smallest hashes, stays when code around it changes.
From each file come as many as its share of all, and at least LEAST.

In a .rl file the functions and the actions are changed, as they stand in what ragel -T0 makes of it, which has each action
about once. Not changed is what the compiler needs as a constant, what comes from a macro, and what only a build that counts
steps has.
"""
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor

from check import ROOT

LEAST = 8
CLANG = os.environ.get("CLANG", "clang-19")
OUT = "build/mutants"
SWAPPED = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",),
           "+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "%": ("/",), "&&": ("||",), "||": ("&&",),
           "&": ("|",), "|": ("&",), "^": ("&",), "<<": (">>",), ">>": ("<<",),
           "+=": ("-=",), "-=": ("+=",), "*=": ("/=",), "/=": ("*=",), "&=": ("|=",), "|=": ("&=",), "^=": ("&=",),
           "<<=": (">>=",), ">>=": ("<<=",), "++": ("--",), "--": ("++",)}
TRUTHS = ("<", "<=", ">", ">=", "==", "!=", "&&", "||")
CONDITION = {"IfStmt": 0, "WhileStmt": 0, "DoStmt": 1, "ForStmt": 2, "ConditionalOperator": 0}
CONSTANT = ("ConstantExpr", "StaticAssertDecl", "EnumDecl", "UnaryExprOrTypeTraitExpr", "OffsetOfExpr", "GCCAsmStmt", "RecordDecl")
# What no test of this build can tell: counting steps, and a hint to the processor.
WITHOUT_EFFECT = ("SMTPWIRE__STEPS", "SMTPWIRE__RAN", "__builtin_prefetch")
# Asks the processor, which answers in one way where the tests run.
ONE_WAY = ("has_avx2",)


class Source:
    """A file as clang reads it, and where each of its octets was written by hand."""

    def __init__(self, path):
        self.path = path
        self.text = open(os.path.join(ROOT, path), encoding="latin-1").read()
        self.at = [0] + [m.end() for m in re.finditer("\n", self.text)]
        self.lines = self.text.split("\n")
        self.written, self.segment, here, line, segment = [], [], path, 0, 0
        for text in self.lines:
            found = re.match(r'#line (\d+) "(.*)"', text)
            if found:
                here, line, segment = os.path.normpath(found.group(2)), int(found.group(1)) - 1, segment + 1
                self.written.append(None)
            else:
                line += 1
                self.written.append((here, line) if here.startswith("parser/") else None)
            self.segment.append(segment)

    def line_of(self, offset):
        low, high = 0, len(self.at)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.at[middle] <= offset else (low, middle)
        return low


def behind_macro(text, at, length):
    """Behind a macro's name at that place, and its arguments if it has any."""
    end = at + length
    found = re.compile(r"\s*\(").match(text, end)
    if not found:
        return end
    depth, end = 1, found.end()
    while depth:
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        end += 1
    return end


def is_macro(text, at):
    return re.compile(r"[A-Z_][A-Z0-9_]*\b").match(text, at) is not None


class Tree:
    """Collects the mutants of one file that is compiled: (file, from, to, is a statement, what stands there instead)."""

    def __init__(self, path):
        self.file, self.sources, self.found = None, {}, []
        dump = subprocess.run([CLANG, "-std=c11", "-Iparser", "-fsyntax-only", "-w", "-Xclang", "-ast-dump=json", path],
                              cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
        self.places(json.loads(dump))

    def bare(self, place):
        """clang names a place's file only where it is another than that of the place before."""
        self.file = os.path.normpath(place["file"]) if "file" in place else self.file
        place["file"] = self.file

    def places(self, node):
        """In the order in which they were printed."""
        for key, value in node.items():
            if key in ("loc", "range"):
                for place in (value,) if key == "loc" else (value["begin"], value["end"]):
                    for bare in (place.get("spellingLoc"), place.get("expansionLoc")) if "expansionLoc" in place else (place,):
                        if "offset" in bare:
                            self.bare(bare)
            elif key in ("referencedDecl", "decl", "ownedTagDecl", "field"):
                continue
            elif isinstance(value, dict):
                self.places(value)
            elif isinstance(value, list):
                self.inner(node, value)

    def inner(self, node, children):
        for child in children:
            if isinstance(child, dict):
                self.places(child)
        if node.get("kind") == "TranslationUnitDecl":
            for child in children:
                loc = child.get("loc", {})
                if child["kind"] == "FunctionDecl" and child["name"] not in ONE_WAY and loc.get("expansionLoc", loc).get("file", "").startswith(("parser/", "build/")):
                    returned = re.sub(r" ?\(.*", "", child["type"]["qualType"])
                    for part in child.get("inner", []):
                        if part["kind"] == "CompoundStmt":
                            self.statement(part, child["name"], returned)
        if node.get("kind") == "TranslationUnitDecl":
            children.clear()

    def where(self, node):
        """(file, from, to, whether all of it comes from one macro), or None."""
        begin, end = node["range"]["begin"], node["range"]["end"]
        first, last = begin.get("expansionLoc", begin), end.get("expansionLoc", end)
        if "offset" not in first or "offset" not in last or first["file"] != last["file"] or \
                not first["file"].startswith(("parser/", "build/")):
            return None
        source = self.sources.setdefault(first["file"], None) or Source(first["file"])
        self.sources[first["file"]] = source
        to = last["offset"] + last["tokLen"]
        if last is not end:
            to = behind_macro(source.text, last["offset"], last["tokLen"])
        return first["file"], first["offset"], to, first is not begin and last is not end and first["offset"] == last["offset"]

    def text(self, node):
        place = self.where(node)
        return self.sources[place[0]].text[place[1]:place[2]] if place else None

    def add(self, node, new, statement=False):
        file, begin, end, _ = self.where(node)
        if statement:
            end = re.compile(r"\s*;").match(self.sources[file].text, end).end()
        self.found.append((file, begin, end, statement, new, self.function))

    def statement(self, node, function, returned):
        self.function, self.returned = function, returned
        self.visit(node)

    def visit(self, node):
        kind = node.get("kind")
        if kind is None or kind in CONSTANT or node.get("storageClass") == "static":
            return
        place = self.where(node) if "range" in node else None
        if place is None or place[3]:
            return
        children = [c for c in node.get("inner", []) if isinstance(c, dict)]
        self.body(node, kind, children)
        if kind in CONDITION:
            self.condition(children[CONDITION[kind]])
        getattr(self, "on_" + kind, lambda *_: None)(node, children)
        if kind == "CallExpr" and re.match(r"_mm|__builtin|__get_cpuid", self.text(children[0])):
            children = [c for c in children if inside(c)["kind"] != "IntegerLiteral"]
        if kind == "CallExpr" and self.text(node).startswith(WITHOUT_EFFECT):
            return
        for child in children:
            if kind == "ImplicitCastExpr" and node.get("castKind") == "NullToPointer":
                continue
            self.visit(child)

    def body(self, node, kind, children):
        """Statements left out: assignments and calls."""
        if kind == "CompoundStmt":
            bodies = children
        elif kind == "IfStmt":
            bodies = children[1:]
        elif kind in ("WhileStmt", "ForStmt", "CaseStmt", "DefaultStmt", "LabelStmt"):
            bodies = children[-1:]
        elif kind == "DoStmt":
            bodies = children[:1]
        else:
            return
        for child in bodies:
            what = child.get("kind")
            place = self.where(child) if what in ("BinaryOperator", "CompoundAssignOperator", "UnaryOperator", "CallExpr",
                                                  "ParenExpr", "CStyleCastExpr") else None
            if place is None:
                continue
            text = self.text(child)
            if text.startswith(WITHOUT_EFFECT) or (place[3] and not is_macro(text, 0)) or (
                    what in ("ParenExpr", "CStyleCastExpr") and (not place[3] or text.startswith("assert"))):
                continue
            self.add(child, "", statement=True)

    def condition(self, node):
        if not node or "range" not in node:
            return
        plain = inside(node)
        if plain.get("opcode") in TRUTHS[:6] or plain.get("opcode") == "!" or plain["kind"].endswith("Literal"):
            return
        place = self.where(node)
        if place and not place[3]:
            self.add(node, "!(%s)" % self.text(node))

    def on_BinaryOperator(self, node, children):
        left, right = self.where(children[0]), self.where(children[1])
        if not left or not right or node["opcode"] not in SWAPPED:
            return
        source = self.sources[left[0]].text
        between = source[left[2]:right[1]]
        if between.strip() != node["opcode"]:
            return
        pointers = ["*" in c["type"]["qualType"] or "[" in c["type"]["qualType"] for c in children]
        if any(pointers) and (node["opcode"] == "-" and all(pointers) or node["opcode"] == "+" and pointers[1]):
            return
        for new in SWAPPED[node["opcode"]]:
            self.add(node, "(%s)%s(%s)" % (source[left[1]:left[2]], between.replace(node["opcode"], new, 1), source[right[1]:right[2]]))

    on_CompoundAssignOperator = on_BinaryOperator

    def on_UnaryOperator(self, node, children):
        operand = self.text(children[0])
        if node["opcode"] in ("++", "--"):
            new = SWAPPED[node["opcode"]][0]
            self.add(node, "(%s)%s" % (operand, new) if node.get("isPostfix") else "%s(%s)" % (new, operand))
        elif node["opcode"] == "!":
            self.add(node, "!!(%s)" % operand)
        elif node["opcode"] in ("~", "-"):
            self.add(node, "(%s)" % operand)

    def on_IntegerLiteral(self, node, _):
        text = self.text(node)
        value = int(node["value"])
        if not re.match(r"[0-9]", text):
            return
        steps = {value + 1, value - 1, 0} - {value}
        file, begin, end, _ = self.where(node)
        source = self.sources[file].text
        if value == 1 and re.search(r"return -?$| = $", source[:begin][-8:]) and source[end] == ";":
            steps = {0}  # a flag, or less than 0: nothing but that is asked
        for new in sorted(steps):
            self.add(node, "(%s %s 1)" % (text, "+" if new > value else "-") if new else "(0 * %s)" % text)

    def on_CharacterLiteral(self, node, _):
        text = self.text(node)
        for new in sorted({"(%s + 1)" % text, "(%s - 1)" % text, "(0 * %s)" % text if node["value"] != 0 else "(%s + 1)" % text}):
            self.add(node, new)

    def on_ReturnStmt(self, _, children):
        if not children or not self.where(children[0]):
            return
        plain = inside(children[0])
        if plain["kind"].endswith("Literal") or plain.get("opcode") in TRUTHS or plain.get("opcode") == "!":
            return
        text = self.text(children[0])
        if "*" in self.returned:
            if plain.get("castKind") != "NullToPointer":
                self.add(children[0], "((void)(%s), (void *)0)" % text)
        elif not self.returned.startswith("struct"):
            if plain.get("referencedDecl", {}).get("kind") != "EnumConstantDecl":  # which may be 0
                self.add(children[0], "((void)(%s), 0)" % text)
            self.add(children[0], "(%s) + 1" % text)


def inside(node):
    """Without parentheses and casts that are not written."""
    while node["kind"] in ("ParenExpr", "ImplicitCastExpr") and node.get("castKind") != "NullToPointer":
        node = node["inner"][0]
    return node


def flat(text):
    return " ".join(text.split())


WRITTEN = {}


def named(source, begin, end, new, function):
    """The mutant's name: file, function, the lines it is in, these lines as they become; and what tells two of that name
    apart. None if no hand has written it so."""
    first, last = source.line_of(begin), source.line_of(end - 1)
    places = source.written[first:last + 1]
    if None in places:
        return None
    file, line = places[0]
    if file != source.path:
        written = WRITTEN.setdefault(file, open(os.path.join(ROOT, file), encoding="latin-1").read().split("\n"))
        before = source.text[source.at[first]:begin].lstrip()
        text = "\n".join(written[line - 1:line + last - first])
        at = text.find(before + source.text[begin:end])
        if at < 0:
            return None
        begin, end = at + len(before), at + len(before) + end - begin
    else:
        text = "\n".join(source.lines[first:last + 1])
        begin, end = begin - source.at[first], end - source.at[first]
    if file.endswith(".h"):  # included under several names
        function = re.sub("_(avx2|sse2|swar|neon)$", "", function)
    changed = "%s[[%s]]%s" % (text[:begin], new or "", text[end:])
    if not new:
        changed = "without %s" % text[begin:end]
    return file, line, function, flat(text), flat(changed)


def collect(path):
    """The mutants of one file: name to the places in the files that are compiled."""
    tree = Tree(path)
    mutants, seen = defaultdict(set), Counter()
    order = sorted(set(tree.found), key=lambda f: f[:5])
    for file, begin, end, statement, new, function in order:
        source = tree.sources[file]
        name = named(source, begin, end, new, function)
        if name:
            segment = source.segment[source.line_of(begin)] if file.startswith("build/") else 0
            name = (name[0], *name[2:], name[1])
            seen[name, file, segment] += 1
            mutants[name[:4] + (name[4], seen[name, file, segment])].add((file, begin, end, statement, new))
    return dict(mutants)


def chosen(mutants, count):
    """A sample: of each file its share, of those with the smallest hashes."""
    files = defaultdict(list)
    for name in mutants:
        files[name[0]].append(name)
    wanted = {}
    for names in files.values():
        names.sort(key=lambda n: hashlib.sha256(repr(n[:4] + n[5:]).encode()).digest())
        share = max(LEAST, round(count * len(names) / len(mutants)))
        wanted.update({n: mutants[n] for n in names[:share]})
    return wanted


def render(text, changes, begin, end):
    """The text from begin to end with the changes in it, a list of (from, to, is a statement, [(number, new)])."""
    out, at = [], begin
    while changes and changes[0][1] <= end:
        first, last, statement, new = changes.pop(0)
        out.append(text[at:first])
        if statement:
            inner = render(text, changes, first, last)
            out.append("{ if (!MUTANT(%d)) { %s } }" % (new[0][0], inner))
        else:
            inner = render(text, changes, first, last)
            truth = any(n.startswith("!(") for _, n in new)
            chain = "".join("MUTANT(%d) ? (%s) : " % (number, n) for number, n in new)
            out.append("(%s%s(%s))" % (chain, "!!" if truth else "", inner))
        at = last
    out.append(text[at:end])
    return "".join(out)


def write(numbered):
    """The sources with all mutants in them."""
    places = defaultdict(lambda: defaultdict(list))
    for number, (_, where) in enumerate(numbered):
        for file, begin, end, statement, new in where:
            places[file][begin, end, statement].append((number, new))
    for folder in ("parser", "gen-T0"):
        os.makedirs("%s/%s/%s" % (ROOT, OUT, folder), exist_ok=True)
    files = ["parser/" + f for f in os.listdir(ROOT + "/parser") if f.endswith((".c", ".h"))]
    files += ["build/gen-T0/" + f for f in os.listdir(ROOT + "/build/gen-T0") if f.endswith(".c")]
    for file in files:
        text = open(os.path.join(ROOT, file), encoding="latin-1").read()
        changes = [(*place, new) for place, new in places[file].items()]
        changes.sort(key=lambda c: (c[0], -c[1]))
        text = '#line 1 "%s"\n' % file + render(text, changes, 0, len(text))
        with open("%s/%s/%s" % (ROOT, OUT, file.removeprefix("build/")), "w", encoding="latin-1") as out:
            out.write(text)


def main():
    files = sorted("parser/" + f for f in os.listdir(ROOT + "/parser") if f.endswith(".c"))
    files += sorted("build/gen-T0/" + f for f in os.listdir(ROOT + "/build/gen-T0") if f.endswith(".c"))
    mutants = defaultdict(set)
    with ProcessPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for found in pool.map(collect, files):
            for name, places in found.items():
                mutants[name] |= places
    wanted = chosen(mutants, int(sys.argv[1]))
    numbered = sorted(wanted.items(), key=lambda m: (m[0][0], m[0][4], m[0]))
    write(numbered)
    table = [dict(zip(("file", "function", "before", "after", "line", "nth"), name)) for name, _ in numbered]
    with open("%s/%s/table.json" % (ROOT, OUT), "w", encoding="utf-8") as out:
        json.dump({"of": len(mutants), "mutants": table}, out, indent=1)
    count = Counter(name[0] for name in mutants)
    taken = Counter(name[0] for name in wanted)
    for file in sorted(count):
        print("%-28s %4d of %4d mutants" % (file, taken[file], count[file]))
    print("%-28s %4d of %4d mutants" % ("in all", len(wanted), len(mutants)))


if __name__ == "__main__":
    main()
