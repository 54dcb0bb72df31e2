#!/usr/bin/python3
"""The proofs find errors: each of these is planted in a copy of the grammar, and the script that is named must name a word
that shows it."""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")

# prove.py: file, what stands there, what is planted, and the word on which the rule is then wrong
RULES = [
    ("grammar/address.rl", "quoted_pairSMTP = 92 32..126;", "quoted_pairSMTP = 92 33..126;",
     r"quoted_pairSMTP .* DIFFERENT: only the ABNF accepts \\\\ $"),
    ("grammar/literal.rl", '"25" [0-5]', '"25" [0-6]', "Snum .* DIFFERENT: only the grammar accepts 256$"),
    ("grammar/literal.rl", '"::" ( IPv6_hex ( ":" IPv6_hex ){,5} )?', '"::" ( IPv6_hex ( ":" IPv6_hex ){,6} )?',
     "IPv6_comp .* DIFFERENT: only the grammar accepts ::0:0:0:0:0:0:0$"),
    ("grammar/core.rl", "0xED 0x80..0x9F", "0xED 0x80..0xBF",
     r"UTF8_3 .* DIFFERENT: only the grammar accepts \\xed\\xa0\\x80$"),
    ("grammar/data.rl", "( octet | \".\" ) >bare_cr  -> text\n        ),\n        after_dot: (",
     "( octet | \".\" ) >bare_cr  -> start\n        ),\n        after_dot: (",
     r"smtpwire_data .* DIFFERENT: only the grammar accepts \\r\\x00.\\r\\n$"),
    ("grammar/date_time.rl", "leap_year \"-02-29\"", "date_fullyear \"-02-29\"",
     r"full_date .* DIFFERENT: only the grammar accepts 0001-02-29$"),
    ("grammar/xtext.rl", "[2-6] HEX_UPPER | \"7\"", "[0-6] HEX_UPPER | \"7\"",
     r"hexchar .* DIFFERENT: only the grammar accepts \+00$"),
    ("grammar/parameter_value.rl", "\"+\"? \"0\"+", "\"0\"+", r"by_value .* DIFFERENT: only the grammar accepts \+0;R$"),
    ("parser/parameter.rl", "envid:       envid_value", "envid:       lax_envid_value",
     r"smtpwire_value: envid .* DIFFERENT: only the grammar accepts \+2a$"),
    ("parser/address.rl", "domain:       ( lax_Domain | lax_address_literal ) behind?", "domain:       lax_Domain behind?",
     r"smtpwire_address: domain .* DIFFERENT: only the ABNF accepts \[0:!\]$"),
    ("parser/command.rl", 'lax_rcpt_path    = "<" @forward_path', 'lax_rcpt_path    = "<" @reverse_path',
     r"smtpwire_command .* DIFFERENT: only the grammar accepts RCPT TO:<>\\r\\n$"),
    ("grammar/lax_address.rl", '"_" @underscore', '"_"',
     r"smtpwire_command .* DIFFERENT: only the grammar accepts EHLO _\\r\\n$"),
    ("grammar/lax_literal.rl", '"::" ( IPv6_hex >ipv6_one_group )', '"::" IPv6_hex',
     r"smtpwire_literal: registered .* DIFFERENT: only the grammar accepts \[IPV6:0:0:0:0:0:0::0\]$"),
    ("grammar/date_time.rl", 'DIGIT{2} ( "0" [48]', 'DIGIT{2} ( "0" [048]',
     "leap_year .* DIFFERENT: only the grammar accepts 0100$"),
    ("grammar/common.rl", "{1,20}", "{1,21}", "sasl_mech .* DIFFERENT: only the grammar accepts -{21}$"),
    ("grammar/uri.rl", "host ( \":\" port )?", "host ( \":\" port )*",
     r"authority .* DIFFERENT: only the grammar accepts ::$"),
    ("grammar/attribute.rl", '"6553" [0-5]', '"6553" [0-6]', "attribute_port .* DIFFERENT: only the grammar accepts 65536$"),
    ("parser/command.rl", "main := lax_unknown_command;", "main := verb SP opaque;",
     r"smtpwire_unknown .* DIFFERENT: only the ABNF accepts 0$"),
    ("parser/capability.rl", "every:        ehlo_line ", "every:        ( ehlo_line SP? ) ",
     "smtpwire_capability: every .* DIFFERENT: only the grammar accepts 0 $"),
    ("parser/reply.rl", "strict: reply_line ", "strict: lax_reply_line ",
     "smtpwire_reply: strict .* DIFFERENT: only the grammar accepts 000$"),
]


# leniency.py: the same, and what it then says.
LENIENCIES = [
    ("grammar/lax_address.rl", '( "." %trailing_dot )?', '( "."+ %trailing_dot )?',
     r"values_domain, none: dead ends +\d+, expected 0$"),
]

# spans.py: the same, and the word on which the span is then wrong
SPANS = [
    ("grammar/lax_address.rl", " >route_begin %route_end", " >route_begin", "address: route .* LEFT OPEN by <@0:!@0>$"),
    ("grammar/lax_address.rl", " >route_begin %route_end", " %route_end",
     "address: route .* NOT ALTERNATING: route_end where it is closed, behind <@0:$"),
    ("grammar/lax_address.rl", "%domain_end", "@domain_end",
     "address: domain .* NOT ALTERNATING: domain_end where it is closed, behind 0\\.$"),
    ("grammar/parameter.rl", ">value_begin", "$value_begin",
     "parameter: value .* NOT ALTERNATING: value_begin where it is open, behind 0=!!$"),
    ("grammar/reply.rl", "%text_end", "", "reply: text .* LEFT OPEN by 000 \\\\x09$"),
    ("grammar/reply.rl", "( status_code %status_end )", "( status_code @status_end )",
     "reply: status .* NOT ALTERNATING: status_end where it is closed, behind 000 2.0.10$"),
    ("grammar/extension.rl", "%chunk_size_end", "", "command: chunk_size .* LEFT OPEN by BDAT\\\\x090$"),
    ("grammar/data.rl", "( octet | \".\" ) >unstuffed -> text", "( octet | \".\" ) -> text",
     r"data: stuffed dot .* NOT ALTERNATING: stuffed_dot where it is open, behind \.\\x00\\r\\n\.$"),
    ("grammar/command.rl", "( separator Mail_parameters >parameters_begin %parameters_end )?",
     "( separator Mail_parameters >parameters_begin %parameters_end )*",
     r"command: parameters .* NOT ALTERNATING: parameters_begin where it is past, behind MAIL\\x09FROM:!\\x090\\x090$"),
    ("grammar/reply.rl", " | ( status_code %status_end ) ( SP textstring? )?", "",
     "what may be left open is there .* 'replies_strict', 'status'"),
    ("grammar/data.rl", "128..255 @eight_bit", "127..255 @eight_bit", "data: eight_bit .* NOT SO at octet 127$"),
]


SCRIPTS = {"leniency.py": LENIENCIES, "prove.py": RULES, "spans.py": SPANS}
PYPY = "/usr/bin/pypy3"  # for the one that takes longest


def prove(script, path, text, planted, shown, to_end):
    """Whether the script shows the error in a tree that has it, and what it prints; to_end: whether it says at its end that it
    has failed, too, as it does for all that it prints."""
    with tempfile.TemporaryDirectory() as copy:
        for folder in ("grammar", "parser"):
            shutil.copytree(os.path.join(ROOT, folder), os.path.join(copy, folder))
        name = os.path.join(copy, path)
        with open(name, encoding="utf-8") as file:
            source = file.read()
        assert text in source, (path, text)
        with open(name, "w", encoding="utf-8") as file:
            file.write(source.replace(text, planted, 1))
        python = PYPY if script == "leniency.py" else sys.executable
        lines, good = [], False
        with subprocess.Popen([python, "-u", os.path.join(HERE, script), copy], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as run:
            for line in run.stdout:
                lines.append(line)
                good = good or re.search(shown, line) is not None
                if good and not to_end:
                    run.kill()
                    break
        return good and (not to_end or run.returncode == 1), "".join(lines)


def main():
    passed = failed = 0
    plants = [(script, *plant, i == 0) for script, some in SCRIPTS.items() for i, plant in enumerate(some)]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda plant: prove(*plant), plants))
    for (_, _, text, planted, _, _), (good, output) in zip(plants, results):
        passed, failed = (passed + 1, failed) if good else (passed, failed + 1)
        print("%s: %s" % ("found" if good else "MISSED", planted.strip() or "without " + text))
        if not good:
            wrong = re.compile("DIFFERENT|ALTERNATING|LEFT OPEN|expected|NOT SO|left open|Error")
            print("".join(line for line in output.splitlines(True) if wrong.search(line)))
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
