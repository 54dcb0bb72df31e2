#!/usr/bin/python3
"""The examples against real programs, on loopback: octet for octet.

Everything started here is ended here by its own process id; every port is a free one; every wait has an end.
"""
import asyncio
import glob
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import threading
import time

from check import ROOT, check, done, equal

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

MINIMAL, SEND = os.path.join(ROOT, "build/minimal"), os.path.join(ROOT, "build/send")
POSTFIX = os.path.join(ROOT, "build/postfix/usr")
POSTFIX_ENVIRONMENT = {**os.environ, "LD_LIBRARY_PATH": POSTFIX + "/lib/postfix"}
HEAD = (b"From: a@client.example\r\nTo: b@server.example\r\nSubject: x\r\n"
        b"Date: Thu, 1 Jan 1970 00:00:00 +0000\r\nMessage-ID: <1@x>\r\n\r\n")
MESSAGES = {
    "dots": HEAD + b".\r\n..\r\n.a\r\na.\r\n...b\r\n.\r\n",
    "8-bit": HEAD + bytes(range(128, 256)) + b"\r\n" + "Grüße\r\n".encode(),
    "5 MB": HEAD + b"".join(b"%064d\r\n" % n if n % 3 else b".%063d\r\n" % n for n in range(80000)),
}
LIMIT = 30  # seconds for one program
work = tempfile.mkdtemp(prefix="smtpwire-interop-")


def program(argv, stdin=b"", env=None):
    """Runs it; returns exit status and output."""
    try:
        result = subprocess.run(argv, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                timeout=LIMIT, env=env, check=False, cwd=work)
    except subprocess.TimeoutExpired as late:
        return "timeout", late.output
    return result.returncode, result.stdout[-2000:]


class Minimal:
    """build/minimal with a directory of its own."""

    def __init__(self, *options):
        self.directory, self.lmtp = tempfile.mkdtemp(dir=work), "--lmtp" in options
        self.process = subprocess.Popen([MINIMAL, *options, self.directory], stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        equal("minimal runs to the end", self.process.poll(), None)
        self.process.terminate()
        equal("minimal ends when it is told to", self.process.wait(timeout=10), -signal.SIGTERM)
        self.process.stdout.close()

    def take(self):
        """The messages that came since, sorted; none that is not complete."""
        found = []
        for path in glob.glob(self.directory + "/[!.]*"):
            with open(path, "rb") as file:
                found.append(file.read())
            os.unlink(path)
        return sorted(found)

    def talk(self, wire, half_close=True):
        """Sends octets, returns all that is answered until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as link:
            sender = threading.Thread(target=push, args=(link, wire, half_close))
            sender.start()
            got = b""
            try:
                while piece := link.recv(65536):
                    got += piece
            except OSError as error:
                got += b"<%s>" % str(error).encode()
            sender.join()
            return got


def push(link, wire, half_close):
    try:
        link.sendall(wire)
        if half_close:
            link.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def codes(replies):
    return [line[:3].decode() for line in replies.split(b"\r\n") if line[3:4] == b" "]


def took(claim, server, result, messages):
    equal(claim, (result[0], server.take() == sorted(messages)), (0, True))
    if result[0] != 0:
        print(result[1])


def path_of(name, content):
    path = os.path.join(work, name.replace(" ", "-"))
    with open(path, "wb") as file:
        file.write(content)
    return path


def curl(server, message, recipients=("b@server.example",)):
    argv = ["curl", "-sS", "--url", "smtp://127.0.0.1:%d/client.example" % server.port,
            "--mail-from", "a@client.example", "-T", path_of("curl", message)]
    for recipient in recipients:
        argv += ["--mail-rcpt", recipient]
    return program(argv)


def swaks(server, message, *more, recipients=("b@server.example",)):
    return program(["swaks", "--server", "127.0.0.1", "--port", str(server.port), "--from", "a@client.example", "--to",
                    ",".join(recipients), "--helo", "client.example", "--data", "@" + path_of("swaks", message), *more])


def msmtp(server, message, recipients=("b@server.example",)):
    return program(["msmtp", "--host=127.0.0.1", "--port=%d" % server.port, "--from=a@client.example",
                    "--tls=off", "--auth=off", "--file=/dev/null", "--domain=client.example",
                    "--undisclosed-recipients=off", "--", *recipients], message)


def by_smtplib(server, message, recipients=("b@server.example",)):
    kind = smtplib.LMTP if server.lmtp else smtplib.SMTP
    with kind("127.0.0.1", server.port, timeout=LIMIT) as client:
        refused = client.sendmail("a@client.example", list(recipients), message, mail_options=["BODY=8BITMIME"])
    return (0 if not refused else 1), refused


def smtp_source(server, *more):
    return program([POSTFIX + "/sbin/smtp-source", *more, "-f", "a@client.example", "-t", "b@server.example",
                    "-M", "client.example", "127.0.0.1:%d" % server.port], env=POSTFIX_ENVIRONMENT)


def send(port, message, *recipients, options=(), sender="a@client.example"):
    return program([SEND, *options, "127.0.0.1", str(port), sender, *(recipients or ("b@server.example",))], message)


def to_minimal():
    """curl, swaks, msmtp, smtplib and smtp-source deliver by SMTP."""
    hundred = ["r%d@server.example" % n for n in range(100)]
    with Minimal() as server:
        for name, message in MESSAGES.items():
            took("curl: %s" % name, server, curl(server, message), [message])
            took("msmtp: %s" % name, server, msmtp(server, message), [message])
            took("smtplib: %s" % name, server, by_smtplib(server, message), [message])
        # swaks adds a CRLF to every message, and takes a dot in the last line of its file for the end.
        for name, message in {**MESSAGES, "dots": MESSAGES["dots"] + b"a\r\n"}.items():
            took("swaks: %s" % name, server, swaks(server, message), [message + b"\r\n"])
        took("swaks pipelines", server, swaks(server, HEAD + b".\r\n..a\r\n", "--pipeline"),
             [HEAD + b".\r\n..a\r\n\r\n"])
        for name, sender in (("curl", curl), ("msmtp", msmtp), ("smtplib", by_smtplib)):
            took("%s: 100 recipients" % name, server, sender(server, HEAD, hundred), [HEAD])
        took("swaks: 100 recipients", server, swaks(server, HEAD, recipients=hundred), [HEAD + b"\r\n"])
        took("curl: an empty message", server, curl(server, b""), [b""])
        # msmtp puts a header before it, and swaks takes no empty file: theirs is a header alone, with 100 recipients.
        took("smtplib: an empty message, to which it adds CRLF", server, by_smtplib(server, b""), [b"\r\n"])
        by_smtp_source(server)


def by_smtp_source(server, *more):
    """It writes a text of its own, of which count and size can be compared: several sessions, 100 recipients, 5 MB."""
    for messages, sessions, size, recipients in ((40, 8, 5000, 3), (3, 1, 1000, 100), (2, 2, 5000000, 1)):
        result = smtp_source(server, *more, "-m", str(messages), "-s", str(sessions), "-l", str(size), "-r", str(recipients))
        sizes = [len(m.split(b"\r\n\r\n", 1)[1]) for m in server.take()]
        equal("smtp-source %s: %d messages" % (" ".join(more), messages), (result[0], len(sizes), len(set(sizes))),
              (0, messages, 1))
        check("smtp-source %s: of %d octets" % (" ".join(more), size), sizes and abs(sizes[0] - size) <= 10, sizes[:1])


def to_minimal_by_lmtp():
    with Minimal("--lmtp") as server:
        for name, message in {**MESSAGES, "dots": MESSAGES["dots"] + b"a\r\n"}.items():
            took("swaks by LMTP: %s" % name, server,
                 swaks(server, message, "--protocol", "LMTP", recipients=("c@d.example", "e@f.example")),
                 [message + b"\r\n"])
        took("smtplib by LMTP", server, by_smtplib(server, MESSAGES["dots"]), [MESSAGES["dots"]])
        by_smtp_source(server, "-L")
        took("send by LMTP, by BDAT", server,
             send(server.port, MESSAGES["5 MB"], *["r%d@server.example" % n for n in range(100)], options=["--lmtp"]),
             [MESSAGES["5 MB"]])
        wire = b"LHLO x\r\nMAIL FROM:<a@b>\r\n" + b"RCPT TO:<c@d>\r\n" * 2000 + b"DATA\r\n.\r\nQUIT\r\n"
        got = codes(server.talk(wire))
        equal("2000 recipients have 2000 replies", got, ["220"] + ["250"] * 2002 + ["354"] + ["250"] * 2000 + ["221"])
        equal("of one message", server.take(), [b""])
        equal("EHLO is refused", codes(server.talk(b"EHLO x\r\nQUIT\r\n"))[1][0], "5")


class Relay(threading.Thread):
    """Stands between a client and a server and keeps what the client says; can leave a line of the server out."""

    def __init__(self, port, left_out=None):
        super().__init__(daemon=True)
        self.target, self.left_out, self.wire = port, left_out, b""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(LIMIT)
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        client, _ = self.listener.accept()
        self.listener.close()
        server = socket.create_connection(("127.0.0.1", self.target), timeout=LIMIT)
        back = threading.Thread(target=self.answers, args=(server, client), daemon=True)
        back.start()
        try:
            while piece := client.recv(65536):
                self.wire += piece
                server.sendall(piece)
            server.shutdown(socket.SHUT_WR)
        except OSError:  # one of them has closed, as it may
            server.close()
        back.join(LIMIT)
        server.close()
        client.close()

    def answers(self, server, client):
        try:
            with server.makefile("rb") as lines:
                for line in lines:
                    if self.left_out is None or self.left_out not in line:
                        client.sendall(line)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            client.close()


def by_send():
    """send to minimal: by BDAT, by DATA where CHUNKING is left out, without PIPELINING."""
    with Minimal() as server:
        for left_out, verb, other in ((None, b"BDAT", b"DATA"), (b"CHUNKING", b"DATA", b"BDAT"),
                                      (b"PIPELINING", b"BDAT", b"DATA")):
            for name, message in [*MESSAGES.items(), ("empty", b""), ("a multiple of the chunk", b"x" * 62 + b"\r\n")]:
                message = message * 4096 if name.startswith("a multiple") else message
                relay = Relay(server.port, left_out)
                took("send, %s without %s" % (name, left_out), server, send(relay.port, message), [message])
                relay.join(LIMIT)
                lines = relay.wire.split(b"\r\n")
                check("by %s" % verb.decode(), any(line.startswith(verb) for line in lines[:6]), lines[:6])
                check("not by %s" % other.decode(), not any(line.startswith(other) for line in lines[:6]), lines[:6])
                equal("5 MB go in chunks", relay.wire.count(b"BDAT 262144\r\n") > 10,
                      name == "5 MB" and verb == b"BDAT")
        relay = Relay(server.port)
        took("send: 1000 recipients", server,
             send(relay.port, HEAD, *["r%d@x.example" % n for n in range(1000)]), [HEAD])
        took("the null reverse path", server, send(server.port, HEAD, sender="<>"), [HEAD])
        took("addresses in UTF-8", server, send(server.port, HEAD, "jos\u00e9@x.example"), [HEAD])
        for argument in ("a@b\r\nRCPT TO:<c@d>", "a@b> SIZE=1", "a b@c", "<a@b>", "", "@"):
            equal("send refuses %r" % argument, send(server.port, HEAD, "good@x.example", argument)[0], 2)
        for message in (b"x\n.\n", b"x\r.\r\n", b"x\n.\r\nMAIL FROM:<a@b>\r\n"):
            for left_out in (None, b"CHUNKING"):
                equal("send refuses the content %r" % message, send(Relay(server.port, left_out).port, message)[0], 1)
        equal("and nothing came of it", server.take(), [])


def sink(*options):
    """Postfix's smtp-sink on a free port; returns its process and port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    argv = [POSTFIX + "/sbin/smtp-sink", *options, "127.0.0.1:%d" % port, "16"]
    if os.geteuid() == 0:
        argv[1:1] = ["-u", "root"]
    process = subprocess.Popen(argv, env=POSTFIX_ENVIRONMENT, cwd=work)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            break
        except OSError:
            time.sleep(0.05)
    return process, port


def to_a_sink(options, more, message, *recipients):
    """What send said, and the files that smtp-sink made of it."""
    directory = tempfile.mkdtemp(dir=work)
    process, port = sink(*options, "-d", directory + "/m.")
    result = send(port, message, *recipients, options=more)
    process.terminate()
    process.wait(timeout=10)
    return result, [open(path, "rb").read() for path in glob.glob(directory + "/m.*")]


def to_sink():
    for options, more in (((), ()), (("-L",), ("--lmtp",)), (("-p",), ())):
        for name, message in [*MESSAGES.items(), ("empty", b"")]:
            result, dumps = to_a_sink(options, more, message, "b@server.example", "c@server.example")
            lines = message.replace(b"\r\n", b"\n")
            whole = len(dumps) == 1 and lines in dumps[0] and dumps[0].count(b"X-Rcpt-Args") == 2
            equal("smtp-sink %s takes %s" % (" ".join(options), name), (result[0], whole), (0, True))
            if result[0] != 0 or not whole:
                print(result[1], [d[:900] for d in dumps])
        result, dumps = to_a_sink(options, more, HEAD, *["r%d@x.example" % n for n in range(100)])
        equal("smtp-sink %s takes 100 recipients" % " ".join(options),
              (result[0], [d.count(b"X-Rcpt-Args") for d in dumps]), (0, [100]))
    for rejected, status in (("RCPT", 1), ("MAIL", 1), ("DATA", 1), (".", 1), ("EHLO", 1), ("CONNECT", 1)):
        process, port = sink("-f", rejected)
        result = send(port, HEAD)
        process.terminate()
        process.wait(timeout=10)
        check("refused at %s" % rejected, result[0] == status and b"500 5.3.0" in result[1], result)


class Handler:
    """Keeps messages; refuses some recipients."""

    def __init__(self):
        self.messages = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("refused"):
            return "550 5.1.1 not here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.messages.append((envelope.rcpt_tos, envelope.content))
        if isinstance(_server, LMTP):
            return "\r\n".join("550 no" if r.startswith("late") else "250 OK" for r in envelope.rcpt_tos)
        return "250 OK"


def to_aiosmtpd():
    for kind, more in ((SMTP, ()), (LMTP, ("--lmtp",))):
        loop, handler = asyncio.new_event_loop(), Handler()
        server = loop.run_until_complete(loop.create_server(
            lambda k=kind, h=handler: k(h, enable_SMTPUTF8=True, decode_data=False, hostname="x.example", loop=loop),
            "127.0.0.1", 0))
        port = server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        for name, message in [*MESSAGES.items(), ("empty", b"")]:
            result = send(port, message, options=more)
            equal("aiosmtpd %s takes %s" % (kind.__name__, name),
                  (result[0], handler.messages == [(["b@server.example"], message)]), (0, True))
            handler.messages.clear()
        many = ["r%d@x.example" % n for n in range(100)]
        result = send(port, HEAD, "refused1@x.example", *many, "refused2@x.example", "late@x.example", options=more)
        equal("aiosmtpd %s: 100 recipients, 2 refused" % kind.__name__, (result[0], handler.messages),
              (0, [([*many, "late@x.example"], HEAD)]))
        told = [line.split(b": ")[1].decode() for line in result[1].splitlines()]
        equal("who was refused", told,
              ["refused1@x.example", "refused2@x.example"] + ["late@x.example"] * (kind is LMTP))
        equal("all refused", send(port, HEAD, "refused@x.example", options=more)[0], 1)
        if kind is LMTP:
            equal("all refused behind the content", send(port, HEAD, "late@x.example", options=more)[0], 1)
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(LIMIT)
        loop.close()


def hostile():
    """minimal writes one message at most, whatever is sent, and goes on serving."""
    vectors = sorted(glob.glob(os.path.join(ROOT, "examples/transcripts/smuggling/*")))
    check("there are smuggling transcripts", len(vectors) > 20)
    with Minimal() as server:
        for path in vectors:
            with open(path, "rb") as file:
                wire = file.read()
            for pieces in ("whole", "octet by octet"):
                replies = server.talk(wire) if pieces == "whole" else trickle(server, wire)
                messages = server.take()
                name = os.path.basename(path)
                check("%s, %s: one message at most" % (name, pieces), len(messages) <= 1, messages)
                if int(name[:2]) < 11:  # a bare CR or LF in the content: refused
                    equal("%s, %s: not kept" % (name, pieces), messages, [])
                check("%s, %s: one sender at most" % (name, pieces), replies.count(b"sender taken") <= 1, replies)
                equal("%s, %s: QUIT is answered" % (name, pieces), "221" in codes(replies), b"QUIT" in wire)
        replies = server.talk(b"EHLO x\r\nNOOP " + b"x" * 100000 + b"\r\nNOOP\r\nQUIT\r\n")
        equal("a line of 100 kB", codes(replies), ["220", "250", "500", "250", "221"])
        replies = server.talk(b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT x\r\nNOOP\r\n", half_close=False)
        equal("a chunk without a size ends the connection", codes(replies), ["220", "250", "250", "250", "501"])
        replies = server.talk(b"EHLO x\r\nMAIL FROM:<a@b> SIZE=1 BODY=8BITMIME\r\nRSET\r\nMAIL FROM:<a@b> AUTH=<>\r\n"
                              b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d> NOTIFY=NEVER\r\nRCPT TO:<c@d> SIZE=1\r\n"
                              b"AUTH PLAIN\r\nSTARTTLS\r\n"
                              b"QUIT\r\nNOOP\r\n")
        equal("parameters and commands that are not offered", codes(replies),
              ["220", "250", "250", "250", "555", "250", "250", "555", "503", "502", "221"])
        for wire in (b"", b"EHLO", b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\ntext\r\n.\r",
                     b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 10 LAST\r\ntext\r\n"):
            server.talk(wire)
        deadline = time.monotonic() + 10
        while os.listdir(server.directory) and time.monotonic() < deadline:
            time.sleep(0.02)
        equal("an early end leaves nothing behind", os.listdir(server.directory), [])
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as idle:
            idle.sendall(b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nhalf of a line")
            took("another is served in the meantime", server, curl(server, MESSAGES["dots"]), [MESSAGES["dots"]])
            idle.sendall(b"\r\n.\r\nQUIT\r\n")
            while idle.recv(65536):
                pass
            equal("and the first is, too", server.take(), [b"half of a line\r\n"])


def trickle(server, wire):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in wire:
            link.sendall(bytes([octet]))
        link.shutdown(socket.SHUT_WR)
        got = b""
        while piece := link.recv(65536):
            got += piece
        return got


try:
    for test in (to_minimal, to_minimal_by_lmtp, by_send, to_sink, to_aiosmtpd, hostile):
        begin = time.monotonic()
        test()
        print("%s: %.1f s" % (test.__name__, time.monotonic() - begin))
finally:
    shutil.rmtree(work)
done()
