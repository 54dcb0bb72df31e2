#!/usr/bin/python3
"""Runs smtpwire over streams in which some servers see a second message, and prints a row for each.

usage: smuggling.py SMTPWIRE STREAM...   Exit status 1 if any stream is taken for more than one message.
"""
import json
import os
import subprocess
import sys


def row(smtpwire, stream):
    output = subprocess.run([smtpwire, "server", "--json", stream], stdout=subprocess.PIPE, check=False).stdout
    events = [json.loads(line) for line in output.splitlines()]
    mails = sum(e["event"] == "command" and e["verb"] == "MAIL" for e in events)
    ends = ["at %d of %d" % (e["at"], os.path.getsize(stream)) for e in events if e["event"] == "end"]
    errors = ["%s at %d, %s" % (e["error"], e["offset"], e["reply"]) for e in events if "error" in e]
    flags = sorted({f for e in events if e["event"] == "end" for f in e.get("flags", [])})
    said = errors[0] if errors else "one message" + (", flags " + ",".join(flags) if flags else "")
    print("   %-29s %-5d %-14s %s" % (os.path.basename(stream), mails, ", ".join(ends) or "-", said))
    return mails


def main():
    print("   %-29s %-5s %-14s %s" % ("stream", "MAIL", "message ends", "what strict parsing says"))
    mails = [row(sys.argv[1], stream) for stream in sys.argv[2:]]
    print("\n   MAIL commands run: at most %d a stream, in %d streams." % (max(mails), len(mails)))
    return max(mails) > 1


if __name__ == "__main__":
    sys.exit(main())
