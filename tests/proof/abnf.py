"""ABNF (RFC 5234, RFC 7405) to automata.

Beside ABNF proper one word is understood, for the deviations: "A EXCEPT B", the words of A that are not in B.
"""
import functools
import re

from automata import Dfa, Nfa

TOKEN = re.compile(r'''\s*(?:(?P<string>(?:%[si])?"[^"]*")|(?P<number>%[xdb][0-9A-Fa-f]+(?:(?:-|(?:\.[0-9A-Fa-f]+)*)[0-9A-Fa-f]*))
    |(?P<repeat>\d*\*\d*|\d+)(?=[\w("%\[])|(?P<name>[A-Za-z][A-Za-z0-9-]*)|(?P<mark>[/()\[\]]))''', re.X)


# Automata of rules by the keys of those; and keys as numbers.
SHARED, NUMBERS = {}, {}


class Grammar:
    """Rules by their names in lower case, each as text or as an automaton."""

    def __init__(self):
        self.rules, self.reasons, self.cache = {}, {}, {}

    def copy(self):
        other = Grammar()
        other.rules, other.reasons = dict(self.rules), dict(self.reasons)
        return other

    def load(self, path):
        """Adds a file's rules; a rule that is there already is replaced, and the comment above it is the reason."""
        comment, entry = [], None
        for line in open(path, encoding="utf-8"):
            text = re.sub(r'("[^"]*")|;.*', lambda m: m.group(1) or "", line.rstrip("\n"))
            if not text.strip():
                comment = comment + [line.strip("; \n")] if line.startswith(";") else []
                continue
            if text[0] in " \t":
                self.rules[entry] += " " + text
                continue
            name, more, body = re.match(r"([A-Za-z][A-Za-z0-9-]*)\s*=(/?)(.*)", text).groups()
            entry = name.lower()
            self.rules[entry] = self.rules[entry] + " / " + body if more else body
            self.reasons[entry] = " ".join(comment)
            comment = []
        self.cache.clear()
        return self

    def dfa(self, name):
        """The minimal automaton of a rule."""
        name = name.lower()
        if name not in self.cache:
            body, key = self.rules[name], self.key(name, {})
            if key not in SHARED:
                SHARED[key] = body if isinstance(body, Dfa) else Parser(self, body).dfa()
            self.cache[name] = SHARED[key]
        return self.cache[name]

    def key(self, name, known):
        """What the rule is made of: alike in two grammars exactly where it is the same in both, and all its parts are."""
        if name not in known:
            body = self.rules[name]
            known[name] = body if isinstance(body, Dfa) else (
                body, *(self.key(part, known) for part in names(body)))
            known[name] = NUMBERS.setdefault(known[name], len(NUMBERS))
        return known[name]


@functools.lru_cache(maxsize=None)
def names(body):
    """Of the rules that a rule's text names."""
    return [text.lower() for kind, text in Parser(None, body).tokens if kind == "name" and text != "EXCEPT"]


class Parser:
    """Recursive descent over one rule's body; named rules are put in as their own minimal automata."""

    def __init__(self, grammar, body):
        self.grammar, self.tokens, pos = grammar, [], 0
        body = body.strip()
        while pos < len(body):
            match = TOKEN.match(body, pos)
            if not match:
                raise SyntaxError("ABNF: %r" % body[pos:pos + 40])
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            pos = match.end()
        self.at = 0

    def dfa(self):
        tree = self.alternation()
        if self.at != len(self.tokens):
            raise SyntaxError("ABNF: trailing %r" % (self.tokens[self.at],))
        return self.compile(tree)

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else (None, None)

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def alternation(self):
        options = [self.difference()]
        while self.peek() == ("mark", "/"):
            self.take()
            options.append(self.difference())
        return ("alt", options)

    def difference(self):
        tree = self.concatenation()
        while self.peek() == ("name", "EXCEPT"):
            self.take()
            tree = ("except", tree, self.concatenation())
        return tree

    def concatenation(self):
        parts = []
        while True:
            kind, text = self.peek()
            if kind is None or (kind == "mark" and text in "/)]") or text == "EXCEPT":
                return ("cat", parts)
            parts.append(self.repetition())

    def repetition(self):
        if self.peek()[0] != "repeat":
            return self.element()
        text = self.take()[1]
        if "*" in text:
            low, high = text.split("*")
            return ("rep", int(low or 0), int(high) if high else None, self.element())
        return ("rep", int(text), int(text), self.element())

    def element(self):
        kind, text = self.take()
        if kind == "name":
            return ("rule", text)
        if kind == "string":
            return self.string(text)
        if kind == "number":
            return self.number(text)
        if text in "([":
            tree = self.alternation()
            if self.take()[1] != {"(": ")", "[": "]"}[text]:
                raise SyntaxError("ABNF: unbalanced")
            return tree if text == "(" else ("rep", 0, 1, tree)
        raise SyntaxError("ABNF: unexpected %r" % text)

    @staticmethod
    def string(text):
        exact, text = text.startswith("%s"), text[text.index('"') + 1:-1]
        return ("cat", [("set", frozenset([ord(c)] if exact else [ord(c.lower()), ord(c.upper())])) for c in text])

    @staticmethod
    def number(text):
        base = {"x": 16, "d": 10, "b": 2}[text[1].lower()]
        if "-" in text:
            low, high = (int(n, base) for n in text[2:].split("-"))
            return ("set", frozenset(range(low, high + 1)))
        return ("cat", [("set", frozenset([int(n, base)])) for n in text[2:].split(".")])

    def compile(self, tree):
        nfa = Nfa()
        start, end = nfa.state(), nfa.state()
        self.build(nfa, tree, start, end)
        return nfa.determinise(start, end)

    def build(self, nfa, tree, start, end):
        kind = tree[0]
        if kind == "set":
            nfa.edge(start, tree[1], end)
        elif kind == "alt":
            for option in tree[1]:
                self.build(nfa, option, start, end)
        elif kind == "cat":
            self.build_sequence(nfa, tree[1], start, end)
        elif kind == "rep":
            self.build_repetition(nfa, tree, start, end)
        else:
            dfa = self.grammar.dfa(tree[1]) if kind == "rule" else self.compile(tree[1]).minus(self.compile(tree[2]))
            a, b = nfa.embed(dfa)
            nfa.edge(start, None, a)
            nfa.edge(b, None, end)

    def build_sequence(self, nfa, parts, start, end):
        here = nfa.state()
        nfa.edge(start, None, here)
        for part in parts:
            there = nfa.state()
            self.build(nfa, part, here, there)
            here = there
        nfa.edge(here, None, end)

    def build_repetition(self, nfa, tree, start, end):
        _, low, high, body = tree
        self.build_sequence(nfa, [body] * low, start, here := nfa.state())
        if high is None:
            loop = nfa.state()
            nfa.edge(here, None, loop)
            self.build(nfa, body, loop, loop_end := nfa.state())
            nfa.edge(loop_end, None, loop)
            nfa.edge(loop, None, end)
            return
        for _ in range(high - low):
            nfa.edge(here, None, end)
            there = nfa.state()
            self.build(nfa, body, here, there)
            here = there
        nfa.edge(here, None, end)
