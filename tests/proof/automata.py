"""Finite automata over octets: building, comparing, and combining them.

A Dfa is complete but for its dead state: a missing transition means that no word goes on from there.
"""
from collections import deque


class Dfa:
    """states are 0..n-1, start is a state; trans[s] is a dict octet -> state; final is a set of states."""

    def __init__(self, start, trans, final):
        self.start, self.trans, self.final = start, trans, final

    def walk(self, word):
        """The state after word, or None."""
        state = self.start
        for octet in word:
            state = self.trans[state].get(octet)
            if state is None:
                return None
        return state

    def accepts(self, word):
        return self.walk(word) in self.final

    def viable(self, word):
        """The length of the longest prefix of word that some accepted word begins with (the Dfa must be trim)."""
        state = self.start
        for i, octet in enumerate(word):
            state = self.trans[state].get(octet)
            if state is None:
                return i
        return len(word)

    def run(self, word):
        """viable(word) and accepts(word), in one go."""
        state, trans = self.start, self.trans
        for i, octet in enumerate(word):
            state = trans[state].get(octet)
            if state is None:
                return i, False
        return len(word), state in self.final

    def shortest_words(self):
        """For each state the shortest, then least, word that leads there."""
        words, queue = {self.start: b""}, deque([self.start])
        while queue:
            state = queue.popleft()
            for octet in sorted(self.trans[state]):
                target = self.trans[state][octet]
                if target not in words:
                    words[target] = words[state] + bytes([octet])
                    queue.append(target)
        return words

    def shortest_ends(self):
        """For each state from which a final state can be reached, the shortest, then least, word that leads to one."""
        back = [{} for _ in self.trans]
        for state, row in enumerate(self.trans):
            for octet, target in row.items():
                back[target][state] = min(octet, back[target].get(state, octet))
        words = {state: b"" for state in self.final}
        layer = sorted(self.final)
        while layer:
            found = {}
            for target in layer:
                for state, octet in back[target].items():
                    if state not in words:
                        word = bytes([octet]) + words[target]
                        found[state] = min(word, found.get(state, word))
            words.update(found)
            layer = sorted(found)
        return words

    def cover(self):
        """Words that tell this automaton from others of about its size: the shortest word to each state; that word and
        each of the 256 octets; and each transition, by the first and the last octet of every run of octets that it is
        for, with the shortest way from there to a final state."""
        ends = self.shortest_ends()
        for state, word in self.shortest_words().items():
            yield word
            row = self.trans[state]
            for octet in range(256):
                yield word + bytes([octet])
                target = row.get(octet)
                edge = target != row.get(octet - 1) or target != row.get(octet + 1)
                if edge and target in ends:
                    yield word + bytes([octet]) + ends[target]

    def trim(self):
        """Without the states that are not reached or lead to no final state."""
        reached = set(self.shortest_words())
        back = {s: set() for s in reached}
        for s in reached:
            for t in self.trans[s].values():
                back[t].add(s)
        alive, queue = set(), deque(s for s in self.final if s in reached)
        while queue:
            s = queue.popleft()
            if s not in alive:
                alive.add(s)
                queue.extend(back[s])
        number = {s: i for i, s in enumerate(sorted(alive | {self.start}))}
        trans = [None] * len(number)
        for s, i in number.items():
            trans[i] = {o: number[t] for o, t in self.trans[s].items() if t in alive} if s in reached else {}
        return Dfa(number[self.start], trans, {number[s] for s in self.final if s in number and s in reached})

    def minimal(self):
        """The smallest Dfa of the same language (partition refinement), trim, dead state not counted."""
        d = self.trim()
        n = len(d.trans)
        block = [1 if s in d.final else 0 for s in range(n)]
        count = len(set(block))
        # Of octets that no state tells apart one will do.
        columns = {tuple(row.get(octet, n) for row in d.trans) for octet in set().union(*d.trans)}
        rows = list(zip(*columns)) if columns else [()] * n
        block.append(-1)
        while True:
            seen, new = {}, [0] * n + [-1]
            for s in range(n):
                key = (block[s], tuple([block[t] for t in rows[s]]))
                new[s] = seen.setdefault(key, len(seen))
            block = new
            if len(seen) == count:
                break
            count = len(seen)
        trans = [None] * count
        for s in range(n):
            if trans[block[s]] is None:
                trans[block[s]] = {o: block[t] for o, t in d.trans[s].items()}
        return Dfa(block[d.start], trans, {block[s] for s in d.final})

    def combine(self, other, accept):
        """The words for which accept(in self, in other) holds, both Dfas run side by side."""
        start = (self.start, other.start)
        number, trans, final, queue = {start: 0}, [], set(), deque([start])
        while queue:
            a, b = queue.popleft()
            if accept(a in self.final, b in other.final):
                final.add(number[a, b])
            row = {}
            ta = self.trans[a] if a is not None else {}
            tb = other.trans[b] if b is not None else {}
            for octet in ta.keys() | tb.keys():
                pair = (ta.get(octet), tb.get(octet))
                if pair not in number:
                    number[pair] = len(number)
                    queue.append(pair)
                row[octet] = number[pair]
            trans.append(row)
        return Dfa(0, trans, final).trim()

    def minus(self, other):
        return self.combine(other, lambda a, b: a and not b)

    def intersect(self, other):
        return self.combine(other, lambda a, b: a and b)

    def union(self, other):
        return self.combine(other, lambda a, b: a or b)

    def difference(self, other):
        """The shortest word in exactly one of the two, or None if they are equal."""
        only = self.combine(other, lambda a, b: a != b)
        words = [w for s, w in only.shortest_words().items() if s in only.final]
        return min(words, key=lambda w: (len(w), w)) if words else None


class Nfa:
    """A fragment with one start and one end; edges[s] is a list of (octets, target); octets None is a silent step."""

    def __init__(self):
        self.edges = []

    def state(self):
        self.edges.append([])
        return len(self.edges) - 1

    def edge(self, source, octets, target):
        self.edges[source].append((octets, target))

    def embed(self, dfa):
        """A copy of a Dfa; returns its start and end."""
        base = len(self.edges)
        self.edges.extend([] for _ in dfa.trans)
        end = self.state()
        for s, row in enumerate(dfa.trans):
            by_target = {}
            for octet, target in row.items():
                by_target.setdefault(target, set()).add(octet)
            for target, octets in by_target.items():
                self.edge(base + s, frozenset(octets), base + target)
        for s in dfa.final:
            self.edge(base + s, None, end)
        return base + dfa.start, end

    def closure(self, states):
        todo, seen = list(states), set(states)
        while todo:
            for octets, target in self.edges[todo.pop()]:
                if octets is None and target not in seen:
                    seen.add(target)
                    todo.append(target)
        return frozenset(seen)

    def classes(self):
        """A representative octet for each set of octets that no edge tells apart, with the set."""
        marks = {}
        for octets in {o for row in self.edges for o, _ in row if o is not None}:
            for octet in octets:
                marks.setdefault(octet, set()).add(octets)
        groups = {}
        for octet, kinds in marks.items():
            groups.setdefault(frozenset(kinds), []).append(octet)
        return list(groups.values())

    def determinise(self, start, end):
        """Of a set of states only those count that have an octet to go on with, and the end."""
        classes = self.classes()
        steps = [[(o, t) for o, t in row if o is not None] for row in self.edges]
        closures = [frozenset(s for s in self.closure([state]) if steps[s] or s == end) for state in range(len(self.edges))]
        # For each state, what each class of octets leads to.
        moves = [{} for _ in steps]
        for state, row in enumerate(steps):
            for octets, target in row:
                for i, group in enumerate(classes):
                    if group[0] in octets:
                        moves[state].setdefault(i, set()).update(closures[target])
        number, trans, queue = {closures[start]: 0}, [], deque([closures[start]])
        final = set()
        while queue:
            states = queue.popleft()
            if end in states:
                final.add(number[states])
            row, targets = {}, {}
            for state in states:
                for i, reached in moves[state].items():
                    targets.setdefault(i, set()).update(reached)
            for i, reached in targets.items():
                reached = frozenset(reached)
                if reached not in number:
                    number[reached] = len(number)
                    queue.append(reached)
                row.update(dict.fromkeys(classes[i], number[reached]))
            trans.append(row)
        return Dfa(0, trans, final).minimal()


def concat(*dfas):
    nfa = Nfa()
    start = here = nfa.state()
    for dfa in dfas:
        a, b = nfa.embed(dfa)
        nfa.edge(here, None, a)
        here = b
    return nfa.determinise(start, here)


def star(dfa):
    nfa = Nfa()
    start = nfa.state()
    a, b = nfa.embed(dfa)
    nfa.edge(start, None, a)
    nfa.edge(b, None, start)
    return nfa.determinise(start, start)


def literal(text):
    return Dfa(0, [{o: i + 1} for i, o in enumerate(text)] + [{}], {len(text)})


def any_of(octets):
    return Dfa(0, [{o: 0 for o in octets}], {0})


ASCII = any_of(range(128))
CRLF = literal(b"\r\n")


def show(word):
    return "".join(chr(o) if 32 <= o < 127 and o != 92 else {10: "\\n", 13: "\\r", 92: "\\\\"}.get(o, "\\x%02x" % o)
                   for o in word)
