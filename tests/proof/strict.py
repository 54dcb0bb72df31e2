"""What the library accepts with options that are all zero, as automata: the rules of grammar/abnf/strict.abnf, and values of
parameters and attributes, whose words are an encoding of others."""
import os

import prove
from automata import Dfa, Nfa, concat, literal


def grammar():
    """The RFCs, the deviations, and what stands behind the grammar. encoded-X is xtext that decodes to an attribute-X."""
    rules = prove.grammar(prove.FILES)
    plain = rules.copy()
    rules.load(os.path.join(prove.ABNF, "strict.abnf"))
    for kind in ("text", "address", "port", "protocol", "source"):
        rules.rules["encoded-" + kind] = in_xtext(plain.dfa("attribute-" + kind), plain, False)
    return rules


def size_value():
    """1*20DIGIT up to 2^64-1: states are the digits read and whether they are less, equal or greater than those of it."""
    most = b"18446744073709551615"
    number, trans, final = {(0, 0): 0}, [{}], set()
    for length in range(20):
        for order in (-1, 0, 1):
            for digit in b"0123456789" if (length, order) in number else b"":
                after = order or (digit > most[length]) - (digit < most[length])
                if (length + 1, after) == (20, 1):
                    continue
                if (length + 1, after) not in number:
                    number[length + 1, after] = len(trans)
                    final.add(len(trans))
                    trans.append({})
                trans[number[length, order]][digit] = number[length + 1, after]
    return Dfa(0, trans, final).minimal()


def encoded(dfa, plain, codes):
    """The words of dfa with each step written in a code: plain octets as they are, and codes(state) gives pairs of an
    automaton of codes and the state behind."""
    nfa = Nfa()
    states = [nfa.state() for _ in dfa.trans]
    end = nfa.state()
    for state, row in enumerate(dfa.trans):
        for octet in row.keys() & plain:
            nfa.edge(states[state], frozenset([octet]), states[row[octet]])
        for code, target in codes(state):
            start, stop = nfa.embed(code)
            nfa.edge(states[state], None, start)
            nfa.edge(stop, None, states[target])
        if state in dfa.final:
            nfa.edge(states[state], None, end)
    return nfa.determinise(states[dfa.start], end)


def in_xtext(dfa, rules, lower):
    xchar = {octet for octet in range(256) if rules.dfa("xchar").accepts(bytes([octet]))}

    def codes(state):
        for octet, target in dfa.trans[state].items():
            pair = "%02X" % octet
            spelled = {pair} if not lower else {a + b for a in {pair[0], pair[0].lower()} for b in {pair[1], pair[1].lower()}}
            for text in spelled:
                yield literal(b"+" + text.encode()), target

    return encoded(dfa, xchar, codes)


def in_unitext(dfa, rules):
    """RFC 6533 section 3. Which character beyond ASCII it is makes no difference to a Mailbox."""
    plain = set(range(33, 256)) - set(b"+=\\\x7f")
    specials = [(b"20", 0x20), (b"2B", 0x2B), (b"3D", 0x3D), (b"5C", 0x5C)]
    beyond = prove.expression(rules, 'HEXPOINT EXCEPT ( ( "0" / "1" ) %x31-39 / "10" / "20" / "2B" / "3D" / "7F" / "5C" )')

    def walk(state, word):
        return Dfa(state, dfa.trans, dfa.final).walk(word)

    def codes(state):
        for text, octet in specials:
            if octet in dfa.trans[state]:
                text = prove.expression(rules, '%%x5C.78 "{%s}"' % text.decode())
                yield text, dfa.trans[state][octet]
        behind = {walk(state, chr(point).encode()) for point in (0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF)}
        assert len(behind) == 1
        if behind != {None}:
            yield concat(literal(b"\\x{"), beyond, literal(b"}")), behind.pop()
    return encoded(dfa, plain, codes)
