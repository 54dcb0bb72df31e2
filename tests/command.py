#!/usr/bin/python3
"""The smtpwire command: what it prints, its exit status, its tables, its limits."""
import json
import os
import pty
import re
import resource
import subprocess

from check import ROOT, check, done, equal, read, run

SMTPWIRE = os.path.join(ROOT, "build/smtpwire")
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
tables()
any_size()
done()
