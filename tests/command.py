#!/usr/bin/python3
"""The smtpwire command: what it prints, its exit status, its tables, its limits.

usage: command.py [PROGRAM]   with a program that is not build/smtpwire, 200 MB are not fed to it
"""
import json
import os
import pty
import re
import resource
import subprocess
import sys

from check import ROOT, check, done, equal, read, run

SMTPWIRE = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/smtpwire")
DELIVERY = (b"EHLO a.example\r\nMAIL FROM:<joe@someplace.org>\r\nRCPT TO:<jane@somewhereelse.com>\r\nDATA\r\nx\r\n..y\r\n.\r\n"
            b"QUIT\r\n")
EVENTS = r'''{"event":"command","at":0,"len":16,"verb":"EHLO","domain":"a.example"}
{"event":"command","at":16,"len":31,"verb":"MAIL","path":"<joe@someplace.org>","local":"joe","domain":"someplace.org"}
{"event":"command","at":47,"len":34,"verb":"RCPT","path":"<jane@somewhereelse.com>","local":"jane","domain":"somewhereelse.com"}
{"event":"command","at":81,"len":6,"verb":"DATA"}
{"event":"content","at":87,"len":3,"data":"x\r\n"}
{"event":"content","at":91,"len":4,"data":".y\r\n"}
{"event":"end","at":95,"len":3,"size":7,"longest":4}
{"event":"command","at":98,"len":6,"verb":"QUIT"}
'''


def smtpwire(*argv, stdin=b""):
    result = run([SMTPWIRE, *argv], stdin)
    return result.returncode, result.stdout.decode(), result.stderr.decode()


def merged(output):
    events = []
    for line in output.splitlines():
        event = json.loads(line)
        last = events[-1] if events else {}
        if event["event"] == last.get("event") == "content" and last["at"] + last["len"] == event["at"]:
            last["len"] += event["len"]
            last["data"] += event["data"]
        else:
            events.append(event)
    return events


def json_output():
    equal("a delivery", smtpwire("server", "--json", "-", stdin=DELIVERY), (0, EVENTS, ""))
    for chunk in range(1, 10):
        status, output, _ = smtpwire("server", "--json", "--chunk", str(chunk), "-", stdin=DELIVERY)
        equal("a delivery in chunks of %d" % chunk, (status, merged(output)),
              (0, [json.loads(line) for line in EVENTS.splitlines()]))
    equal("octets are U+0000 to U+00FF, parameters and routes are arrays",
          json.loads(smtpwire("command", "--json", "--lax", "unknown_parameter",
                              stdin=b"MAIL FROM:<@a,@b:\xc3\xa9@[192.0.2.1]> SMTPUTF8 A=b\r\n")[1]),
          {"event": "command", "at": 0, "len": 47, "verb": "MAIL", "path": "<@a,@b:\u00c3\u00a9@[192.0.2.1]>",
           "local": "\u00c3\u00a9", "literal": "[192.0.2.1]", "route": ["a", "b"],
           "params": [{"name": "SMTPUTF8"}, {"name": "A", "value": "b"}], "flags": ["route", "utf8", "smtputf8"]})
    equal("replies", smtpwire("client", "--json", "--sent", "EHLO", stdin=b"220 a\r\n250-b\r\n250 2.1.0 ok \x00\r\n")[1].count("\n"), 3)
    equal("a capability", json.loads(smtpwire("capability", "--json", stdin=b"LIMITS RCPTMAX=20 A\r\n")[1]),
          {"event": "capability", "at": 0, "len": 21, "verb": "LIMITS", "text": "RCPTMAX=20 A", "rcptmax": 20})
    equal("mechanisms are an array", json.loads(smtpwire("capability", "--json", stdin=b"AUTH LOGIN PLAIN")[1])["mechanisms"],
          ["PLAIN", "LOGIN"])
    for size, shown in ((2 ** 63 - 1, 2 ** 63 - 1), (2 ** 63, str(2 ** 63)), (2 ** 64 - 1, str(2 ** 64 - 1))):
        equal("SIZE %d" % size, json.loads(smtpwire("capability", "--json", stdin=b"SIZE %d" % size)[1])["size"], shown)
    equal("a time before 1970", json.loads(smtpwire(
        "capability", "--json", stdin=b"FUTURERELEASE 1 1969-12-31T23:59:59Z")[1])["until"], -1)
    equal("NUL in content", smtpwire("data", "--json", stdin=b"\0\r\n.\r\n")[1].splitlines()[0],
          r'{"event":"content","at":0,"len":3,"data":"\u0000\r\n"}')


def smuggled():
    wire = b"a\n.\r\nMAIL FROM:<x@y>\r\n.\r\n"
    status, output, _ = smtpwire("data", "--json", "-", stdin=wire)
    ends = [e for e in map(json.loads, output.splitlines()) if e["event"] == "end"]
    equal("one end, at the last dot", [(e["at"], e["flags"], e["error"]) for e in ends],
          [(22, ["bare_lf"], "content_bare_lf")])
    equal("refused", status, 1)
    status, output, _ = smtpwire("data", "--json", "--content", "bare_lf=pass", "-", stdin=wire)
    ends = [e for e in map(json.loads, output.splitlines()) if e["event"] == "end"]
    equal("passed", (status, [(e["at"], e["size"], e["flags"]) for e in ends]), (0, [(22, 22, ["bare_lf"])]))


def exit_status():
    for wire, mode, status in ((b"NOOP\r\n", "server", 0), (b"NOOP x\n", "server", 1), (b"NOO", "server", 1),
                               (b"", "server", 0), (b"", "data", 1), (b"<a@b>", "path", 0), (b"<a@b", "path", 1),
                               (b"a@b\r\n", "mailbox", 0), (b"b\n", "domain", 1), (b"250 ok\r\n", "reply", 0),
                               (b"SIZE x", "capability", 0), (b"SIZE ", "capability", 1), (b"a b", "greeting", 0), (b" b", "greeting", 1),
                               (b"a\r\n", "ehlo", 0), (b"[192.0.2.1]", "ehlo", 1), (b"x <a@b> y", "forward", 0),
                               (b"x <a@b> <", "forward", 1), (b"", "challenge", 0), (b"*", "challenge", 1)):
        equal("exit status of %s %r" % (mode, wire), smtpwire(mode, stdin=wire)[0], status)
    for argv in ([], ["nomode"], ["server", "a", "b"], ["server", "--chunk", "0"], ["server", "--chunk", "x"],
                 ["server", "--lax", "x"], ["server", "--limit", "path=0"], ["server", "--limit", "x=1"], ["data", "--message-max", "0"], ["data", "--message-max", "9223372036854775808"],
                 ["data", "--message-max"],
                 ["server", "--reply", "DATA=x"], ["client", "--sent", "x"], ["client", "--sent", "greeting"], ["server", "--reply", "NOOP=999"],
                 ["server", "--reply", "DATA=250"], ["server", "--reply", "greeting=354"], ["data", "--content", "nul=normalise"],
                 ["data", "--content", "x=pass"], ["server", "--offer", "X"], ["server", "--offer", "SIZE,"],
                 ["path", "--path", "x"], ["--list", "x"], ["server", "--nothing"],
                 ["server", "--chunk"]):
        status, output, errors = smtpwire(*argv)
        check("usage: %s" % argv, status == 2 and output == "" and errors.startswith("smtpwire: "), (status, output))
    status, _, errors = smtpwire("server", "/nonexistent/file")
    check("a file that is not there", status == 2 and "No such file" in errors, errors)
    full = subprocess.run([SMTPWIRE, "--help"], stdout=open("/dev/full", "wb"), stderr=subprocess.PIPE, check=False)
    equal("output that fails", full.returncode, 2)
    equal("version", smtpwire("--version"), (0, "smtpwire 0.1.0\n", ""))


def people():
    _, output, _ = smtpwire("server", stdin=b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<jane@some..example.com>\r\n")
    check("a caret under the fault", re.search(
        r"^ {8}RCPT TO:<jane@some\.\.example\.com>\n {8} {19}\^ .*RFC 5321 section 4\.1\.2.* 501 5\.1\.3$", output, re.M), output)
    _, output, _ = smtpwire("command", stdin=b"NOOP " + b"a" * 300 + b"\x01" + b"b" * 300)
    check("a long line is cut around the caret", max(map(len, output.splitlines())) < 330, output)
    check("no colour in a pipe", "\033" not in output)
    main, terminal = pty.openpty()
    done_ = subprocess.run([SMTPWIRE, "command"], input=b"NOOPE\r\n", stdout=terminal, timeout=60, check=False)
    os.close(terminal)
    shown = os.read(main, 65536)
    os.close(main)
    check("colour on a terminal", b"\033[31m" in shown and done_.returncode == 1, shown)


# What stands in front of the fault, what is expected there, and by which rule: from the RFCs.
EXPECTED = [
    ("command", b"RCPT TO:<jane@some..example.com>", 'a letter or digit (RFC 5321 section 4.1.2, sub-domain)'),
    ("command", b"RCPT TO:<a@", 'a letter, a digit or "[" (RFC 5321 section 4.1.2, Mailbox)'),
    ("command", b"RCPT TO:a@b", '"<" (RFC 5321 section 4.1.2, Path)'),
    ("command", b"RCPT TO:<a@[1.2.3.]>", 'a digit (RFC 5321 section 4.1.3, Snum)'),
    ("command", b"RCPT TO:<a@[x:y]>", 'a digit or "I" (RFC 5321 section 4.1.3, address-literal)'),
    ("command", b"MAIL FROM:<>x", 'a space or the end of the line (RFC 5321 section 4.1.1.2, mail)'),
    ("command", b"MAIL FROM:<> SIZE=x", 'a digit (RFC 1870 section 3, size-value)'),
    ("command", b"MAIL FROM:<> RET=ALL", '"F" or "H" (RFC 3461 section 4.3, ret-value)'),
    ("command", b"MAIL FROM:<> SMTPUTF8\x01", 'a space or the end of the line (RFC 5321 section 4.1.1.2, mail)'),
    ("command", b"MAIL FROM:<> SIZE\x01", '"=" (RFC 5321 section 4.1.1.2, mail)'),
    ("command", b"MAIL FROM:<> XVERP\x01", '"=", a space or the end of the line (RFC 5321 section 4.1.1.2, mail)'),
    ("command", b"MAIL FROM:<> HOLDUNTIL=2023-02-29", 'a digit from 0 to 8 (RFC 3339 appendix C, full-date)'),
    ("command", b"MAIL FROM:<> AUTH=a@b+2", '"D" or "E" (RFC 3461 section 4, hexchar)'),
    ("command", b"MAIL FROM:<\xc3x>", 'the next octet of the UTF-8 character (RFC 3629 section 4, UTF8-2)'),
    ("command", b"MAIL FROM:<@a@>", 'a letter, a digit, a UTF-8 character or one of ,-.: (RFC 5321 section 4.1.2, Path)'),
    ("command", b"DATA x", 'the end of the line (RFC 5321 section 4.1.1.4, data)'),
    ("command", b"STARTTLS x", 'the end of the line (RFC 3207 section 4, starttls)'),
    ("command", b"EHLO", 'a space (RFC 5321 section 4.1.1.1, ehlo)'),
    ("command", b"NOOP ", 'a printable character (RFC 5321 section 4.1.1.9, noop)'),
    ("command", b"BDAT x", 'a digit (RFC 3030 section 2, chunk-size)'),
    ("reply", b"20", 'a digit (RFC 5321 section 4.2, Reply-code)'),
    ("reply", b"250x", '"-", a space or the end of the line (RFC 5321 section 4.2, reply-line)'),
    ("capability", b"SIZE ", 'a visible character (RFC 5321 section 4.1.1.1, ehlo-param)'),
    ("path", b"<a@b", 'a letter, a digit, "-", "." or ">" (RFC 5321 section 4.1.2, Path)'),
    ("mailbox", b"a@b>", 'a letter, a digit, "-", "." or the end (RFC 5321 section 4.1.2, Domain)'),
    ("domain", b"", 'a letter, a digit or "["'),
    # Of these the grammar has nothing to tell.
    ("command", b"FOO", None), ("command", b"MAIL FROM:<> FOO", None), ("command", b"NOOP \n", None),
    ("command", b"MAIL FROM:<> SIZE=99999999999999999999", None), ("mailbox", b"a" * 65 + b"@b", None),
]


def expected():
    for mode, wire, words in EXPECTED:
        event = json.loads(smtpwire(mode, "--json", stdin=wire)[1])
        equal("expected in %s %r" % (mode, wire), event.get("expected"), words)
        check("the keys' order, %s %r" % (mode, wire), [k for k in event if k in ("error", "offset", "expected", "reply")] ==
              [k for k in ("error", "offset", "expected", "reply") if k in event], event)
    session = b"EHLO a\r\nMAIL FROM:<>%s\r\nRCPT TO:<@\r\nAUTH PLAIN\r\n=\r\n"
    for parameter, words in ((b"", "a letter or digit"), (b" SMTPUTF8", "a letter, a digit or a UTF-8 character")):
        events = [json.loads(line) for line in smtpwire("server", "--json", stdin=session % parameter)[1].splitlines()]
        equal("a session%s" % parameter.decode(), events[2]["expected"], words + " (RFC 5321 section 4.1.2, sub-domain)")
    events = smtpwire("server", "--json", stdin=b"EHLO a\r\nAUTH PLAIN\r\na=\r\n")[1].splitlines()
    equal("a line that answers a 334", json.loads(events[2])["expected"],
          'a letter, a digit, "+" or "/" (RFC 4954 section 8, base64-terminal)')
    events = smtpwire("client", "--json", stdin=b"220 a\r\n2x0 b\r\n")[1].splitlines()
    check("a reply of a session", json.loads(events[1])["event"] == "fatal", events)
    _, output, _ = smtpwire("server", stdin=b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<jane@some..example.com>\r\n")
    page = read("README.md").split("| smtpwire command\n")[1].split("\n\n")[0]
    shown = smtpwire("command", stdin=b"RCPT TO:<jane@some..example.com>")[1].splitlines()
    equal("the README's sample", page.splitlines(), ["    " + line for line in shown])
    check("for people, under the fault", output.endswith(
        "        RCPT TO:<jane@some..example.com>\n" + " " * 27 +
        "^ expected a letter or digit (RFC 5321 section 4.1.2, sub-domain)   501 5.1.3\n"), output)


def tables():
    header = read("parser/smtpwire.h")
    for what, table, column in (("errors", "ERRORS", 1), ("limits", "LIMITS", 1), ("flags", "FLAGS", 2),
                                ("lax", "LENIENCIES", 2), ("extensions", "EXTENSIONS", 2)):
        body = re.search(r"#define SMTPWIRE_%s\(X\)(.*?)\n\n" % table, header, re.S).group(1)
        names = re.findall(r"X\(\w+, (?:\d+, )?\"([\w-]+)\"", body)
        listed = [line.split()[0] for line in smtpwire("--list", what)[1].splitlines()]
        check("--list %s" % what, listed == names and len(names) > 1, (listed, names))
    usage, page = smtpwire("--help")[1], read("cli/smtpwire.1").replace("\\-", "-")
    for option in sorted(set(re.findall(r"--[a-z0-9]+", usage))):
        check("the manual has %s" % option, option in page)
    for mode in "server client data command reply capability path mailbox domain greeting ehlo forward challenge suite".split():
        check("the manual and the help have the mode %s" % mode, mode in usage and ".B %s" % mode in page)
    result = run(["man", "--warnings", "-l", "cli/smtpwire.1"], env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
    equal("the manual formats cleanly", (result.returncode, result.stderr.decode()), (0, ""))


def any_size():
    """Content and over-long lines of 200 MB in little memory."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (64 << 20, 64 << 20))

    def feed(argv, head, block, count, tail):
        process = subprocess.Popen([SMTPWIRE, *argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=limit)
        reader = subprocess.Popen(["tail", "-c", "300"], stdin=process.stdout, stdout=subprocess.PIPE)
        process.stdout.close()
        process.stdin.write(head)
        for _ in range(count):
            process.stdin.write(block)
        process.stdin.write(tail)
        process.stdin.close()
        output = reader.communicate(timeout=280)[0]
        return process.wait(timeout=60), output.decode()

    status, output = feed(["data", "--json"], b"", b"x" * 998 + b"\r\n", 200000, b".\r\n")
    check("200 MB of content", status == 0 and '"size":200000000,"longest":1000}' in output, (status, output))
    status, output = feed(["server", "--json"], b"NOOP ", b"x" * 1000, 200000, b"\r\nQUIT\r\n")
    check("a line of 200 MB", status == 1 and '"at":200000007,"len":6,"verb":"QUIT"' in output, (status, output))


json_output()
smuggled()
exit_status()
people()
expected()
tables()
if len(sys.argv) == 1:
    any_size()
done()
