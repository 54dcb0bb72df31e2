#!/usr/bin/python3
"""What is said of the library as a thing to link: what it calls, what it exports, that it keeps no data, that its header
tells of all that is in it and compiles by itself, as its amalgamation does, how much stack it needs, that it installs and
uninstalls, and that the README's example works."""
import glob
import os
import re
import shutil
import tempfile

from check import ROOT, check, done, equal, read, run

MEM = {"memchr", "memcmp", "memcpy", "memmove", "memset"}
FLAVOURS = ("own", "gcc", "clang14")


def symbols(archive, *options):
    lines = run(["nm", *options, archive]).stdout.decode().splitlines()
    return [line.split() for line in lines if line.strip() and not line.endswith(":")]


def library_symbols():
    for flavour in FLAVOURS:
        archive = "build/%s/libsmtpwire.a" % flavour
        rows = symbols(archive)
        defined = {row[-1] for row in rows if row[-2] in "TtRrVvDdBb"}
        undefined = {row[-1] for row in rows if row[-2] == "U"} - defined - {"_GLOBAL_OFFSET_TABLE_"}
        check("%s: only mem* functions are called" % archive, undefined <= MEM, undefined - MEM)
        check("%s: something is there at all" % archive, len(defined) > 30, defined)
        equal("%s: no symbol in .data or .bss" % archive, [row for row in rows if row[-2] in "DdBbCSs"], [])
        equal("%s: no weak undefined symbol" % archive, [row for row in rows if row[-2] == "w"], [])
        sections = run(["size", "-A", archive]).stdout.decode()
        filled = re.findall(r"^(\.(?:data|bss)\S*)\s+([1-9]\d*)", sections, re.M)
        equal("%s: .data, .data.rel.ro and .bss are empty" % archive, filled, [])
        for name in sorted(defined):
            if not name.startswith("smtpwire_"):
                row = [r for r in rows if r[-1] == name]
                check("%s: %s is private" % (archive, name), all(r[-2].islower() for r in row), row)


def stack():
    """No function needs more than 1 KiB of stack, and none an amount that is not known (-fstack-usage)."""
    for flavour in ("gcc", "m32"):
        rows = []
        for name in sorted(glob.glob("build/%s/parser/*.su" % flavour) + glob.glob("build/%s/gen/*.su" % flavour)):
            rows += [line.split("\t") for line in read(name).splitlines()]
        check("%s: stack usage is known" % flavour, len(rows) > 100, len(rows))
        most = max(rows, key=lambda row: int(row[1]))
        print("%s: the most stack in one function: %s octets, %s" % (flavour, most[1], most[0]))
        check("%s: at most 1024 octets" % flavour, int(most[1]) <= 1024, most)
        equal("%s: no stack usage that depends on input" % flavour, [row for row in rows if row[2] == "dynamic"], [])


def code():
    """The code of the whole library, by gcc at -O2, fits into 160 KiB."""
    sections = run(["size", "-A", "build/gcc/libsmtpwire.a"]).stdout.decode()
    text = sum(int(size) for size in re.findall(r"^\.text\S*\s+(\d+)", sections, re.M))
    print("gcc: .text of the library: %d octets" % text)
    check("at most 160 KiB of code", 0 < text <= 160 << 10, text)


def sanitizers():
    for flavour, symbol in (("asan", "__asan_"), ("asan", "__ubsan_"), ("msan", "__msan_")):
        names = " ".join(row[-1] for row in symbols("build/%s/libsmtpwire.a" % flavour))
        check("%s is built with %s" % (flavour, symbol), symbol in names)


def exports():
    mapped = set(re.findall(r"^    (smtpwire_\w+);", read("parser/smtpwire.map"), re.M))
    declared = set(re.findall(r"SMTPWIRE_API[^;]*?\b(smtpwire_\w+)\(", read("parser/smtpwire.h")))
    dynamic = {row[-1].split("@")[0] for row in symbols("build/libsmtpwire.so", "-D", "--defined-only") if row[-2] == "T"}
    equal("exports equal the map", dynamic, mapped)
    equal("the map equals the header", mapped, declared)
    soname = run(["readelf", "-d", "build/libsmtpwire.so"]).stdout.decode()
    check("SONAME", "[libsmtpwire.so.0]" in soname, soname)


# Of these the members are not the caller's.
PRIVATE = {"line", "data", "server", "client", "stuff"}


def documented():
    """A paragraph of the header that declares something begins with what it is; a function says since when it is there, and
    each member of a struct what it holds: behind it, or where the struct is told of, by its name."""
    functions = members = 0
    for paragraph in read("parser/smtpwire.h").split("\n\n"):
        paragraph = re.sub(r"/\* ----.*?\*/\n?", "", paragraph, flags=re.S)
        comment, _, declared = paragraph.partition("*/\n")
        names = re.findall(r"^SMTPWIRE_API .*?\b(smtpwire_\w+)\(", declared or comment, re.M)
        since = comment.startswith("/*") and re.search(r"Since[\s*]+\d+\.\d+\.", comment)
        for name in names:
            check("%s is told of, and since when" % name, since)
        functions += len(names)
        for struct, body in re.findall(r"^struct smtpwire_(\w+) \{\n(.*?)^\};", paragraph, re.M | re.S):
            check("struct smtpwire_%s is told of" % struct, comment.startswith("/*") and declared)
            for line in [] if struct in PRIVATE else re.findall(r"^ +\w[^;/]*;.*$", body, re.M):
                members += 1
                name = re.search(r"(\w+)(?:\[\w+\])?;", line).group(1)
                check("smtpwire_%s.%s is told of" % (struct, name), "; /*" in re.sub(" +", " ", line) or
                      re.search(r"\b%s\b" % name, comment), line)
    check("all functions and members were looked at", functions > 60 and members > 80, (functions, members))


def compiles(what, argv, source, suffix):
    with tempfile.NamedTemporaryFile("w", suffix=suffix) as file:
        file.write(source)
        file.flush()
        result = run([*argv, "-fsyntax-only", file.name])
        equal(what, (result.returncode, result.stderr.decode()), (0, ""))


def header_alone():
    warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Iparser"]
    for compiler in ("gcc", "clang-14", "clang-19"):
        compiles("header alone, C11, " + compiler, [compiler, "-std=c11", *warnings], '#include "smtpwire.h"\nint x;\n', ".c")
    for compiler in ("g++", "clang++-14", "clang++-19"):
        if shutil.which(compiler):
            compiles("header alone, C++17, " + compiler, [compiler, "-std=c++17", *warnings],
                     '#include "smtpwire.h"\nint x = (int)sizeof(smtpwire_event);\n', ".cc")


def amalgamation():
    with tempfile.TemporaryDirectory() as folder:
        for name in ("smtpwire.c", "smtpwire.h"):
            shutil.copy(os.path.join(ROOT, "build/amalgamation", name), folder)
        for compiler in ("gcc", "clang-14", "clang-19"):
            out = os.path.join(folder, compiler + ".o")
            result = run([compiler, "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-fvisibility=hidden", "-c", "-o", out,
                          os.path.join(folder, "smtpwire.c")])
            equal("amalgamation, " + compiler, (result.returncode, result.stderr.decode()[:500]), (0, ""))
        undefined = {row[-1] for row in symbols(os.path.join(folder, "gcc.o"), "-u")}
        check("the amalgamation calls mem* functions only", undefined <= MEM, undefined)
        exported = {row[-1] for row in symbols(os.path.join(folder, "gcc.o"), "--defined-only", "-g")
                    if not row[-1].startswith("smtpwire__")}
        equal("the amalgamation has what the map has", exported,
              set(re.findall(r"^    (smtpwire_\w+);", read("parser/smtpwire.map"), re.M)))
        text = open(os.path.join(folder, "smtpwire.c"), encoding="utf-8").read()
        equal("the amalgamation includes nothing of its own but the header",
              set(re.findall(r'#include "(.*)"', text)), {"smtpwire.h"})


def install():
    with tempfile.TemporaryDirectory() as folder:
        result = run(["make", "-s", "install", "PREFIX=/usr", "DESTDIR=" + folder])
        equal("make install", (result.returncode, result.stderr.decode()), (0, ""))
        files = {os.path.relpath(os.path.join(d, f), folder + "/usr") for d, _, fs in os.walk(folder) for f in fs}
        equal("what is installed", files, {
            "bin/smtpwire", "include/smtpwire.h", "lib/libsmtpwire.a", "lib/libsmtpwire.so", "lib/libsmtpwire.so.0",
            "lib/pkgconfig/smtpwire.pc", "share/man/man1/smtpwire.1"})
        pc = open(folder + "/usr/lib/pkgconfig/smtpwire.pc", encoding="utf-8").read()
        check("smtpwire.pc says where it was installed", "prefix=/usr\n" in pc, pc)
        example(["-I" + folder + "/usr/include", folder + "/usr/lib/libsmtpwire.a"], "static")
        example(["-I" + folder + "/usr/include", "-L" + folder + "/usr/lib", "-lsmtpwire",
                 "-Wl,-rpath," + folder + "/usr/lib"], "shared")
        run(["make", "-s", "uninstall", "PREFIX=/usr", "DESTDIR=" + folder])
        left = [f for _, _, fs in os.walk(folder) for f in fs]
        equal("make uninstall", left, [])


def example(flags, how):
    """The README's example, built against what was installed, fed a delivery."""
    source = re.search(r"```c\n(.*?)```", read("README.md"), re.S).group(1)
    with tempfile.TemporaryDirectory() as folder:
        name, out = os.path.join(folder, "example.c"), os.path.join(folder, "example")
        with open(name, "w", encoding="utf-8") as file:
            file.write(source)
        result = run(["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", out, name, *flags])
        equal("README example compiles, " + how, (result.returncode, result.stderr.decode()), (0, ""))
        check("tables that are not called for are not linked, " + how,
              not any("expected" in row[-1] for row in symbols(out)))
        wire = b"EHLO a.example\r\nMAIL FROM:<joe@someplace.org>\r\nRCPT TO:<a..b@c>\r\nRCPT TO:<b@c>\r\nDATA\r\nx\r\n.\r\n"
        equal("README example works, " + how, run([out], wire).stdout.decode(), read("README.md").split("```text\n")[1]
              .split("```")[0])
        refused = run([out], b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@c>\r\nDATA\r\nkept\nlost\r\n.\r\n").stdout.decode()
        equal("README example refuses what the library refuses, " + how, refused.splitlines()[-2:],
              ["4 octets of content", "content_bare_lf at 47: 554"])
        lost = run([out], b"EHLO a\r\nBDAT x\r\n")
        equal("README example closes, " + how, (lost.stdout.decode().splitlines()[-1], lost.returncode),
              ("chunk_size at 13: 501", 1))


library_symbols()
stack()
code()
sanitizers()
exports()
documented()
header_alone()
amalgamation()
install()
done()
