/* The writers against models that say which octets may stand where: all short local parts, every octet at every place
 * of every member of a command, what attackers put there, replies of all lengths.
 */
#include "write.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct smtpwire_options strict = {.extensions = SMTPWIRE_OFFER_ALL},
                                     utf8 = {.smtputf8 = 1, .extensions = SMTPWIRE_OFFER_ALL};

/* ---- Local parts: all of up to three letters over an alphabet with each class of octets in it ---- */

static const char *const letters[] = {"a",  "1",  "!",    ".",    "@",  " ",  "\"",       "\\",  ">",
                                      "\t", "\n", "\x01", "\x7F", "\r", "\0", "\xC3\xA9", "\xC3"};
enum { DOT_LETTER = 3, CONTROL_LETTER = 9, NUL_LETTER = 14, UTF8_LETTER = 15, LETTERS = COUNT(letters) };

struct local {
    char octets[8];
    size_t len;
    unsigned letter[3], count;
};

/* The local part as it is to be written; empty if nothing stands for it. */
static struct smtpwire_slice model_of(const struct local *local, int with_utf8, char *room)
{
    int dot_string = local->count != 0;
    size_t len = 0, i;

    for (i = 0; i < local->count; i++) {
        const unsigned letter = local->letter[i];
        if ((letter >= CONTROL_LETTER && letter <= NUL_LETTER) || letter > UTF8_LETTER ||
            (letter == UTF8_LETTER && !with_utf8))
            return slice(room, 0);
        if (letter == DOT_LETTER)
            dot_string = dot_string && i != 0 && i + 1 != local->count && local->letter[i - 1] != DOT_LETTER;
        else if (letter > DOT_LETTER && letter != UTF8_LETTER)
            dot_string = 0;
    }
    if (dot_string)
        return slice(local->octets, local->len);
    room[len++] = '"';
    for (i = 0; i < local->len; i++) {
        if (local->octets[i] == '"' || local->octets[i] == '\\')
            room[len++] = '\\';
        room[len++] = local->octets[i];
    }
    room[len++] = '"';
    return slice(room, len);
}

static void in_a_path(struct smtpwire_slice local, const struct smtpwire_options *options)
{
    struct smtpwire_command rcpt = {.verb = SMTPWIRE_VERB_RCPT}, again;
    struct smtpwire_slice out;
    rcpt.address.local = local;
    rcpt.address.domain = SLICE("x");
    out = written_as(COMMAND, &rcpt, options);
    if (check(out.data != NULL, "RCPT with local part", local, out))
        check(smtpwire_command_parse(out.data, out.len - 2, options, &again, NULL) == 0 &&
                  same(again.address.local, local) && same(again.address.domain, SLICE("x")),
              "parse(write(RCPT))", local, out);
    release(out);
}

static void one_local_part(const struct local *local, const struct smtpwire_options *options)
{
    char room[16];
    const struct smtpwire_slice in = slice(local->octets, local->len);
    const struct smtpwire_slice expected = model_of(local, options->smtputf8, room);
    const struct smtpwire_slice out = written_as(LOCAL_PART, &in, options);
    struct smtpwire_slice decoded;

    if (expected.len == 0) {
        check(out.data == NULL, "local part that nothing stands for", in, out);
        return;
    }
    if (!check(out.data != NULL && same(out, expected), "local part", in, out))
        return;
    decoded = written_as(DECODED, &out, options);
    check(decoded.data != NULL && same(decoded, in), "local part read back", in, decoded);
    in_a_path(out, options);
    release(decoded);
    release(out);
}

void local_parts(void)
{
    for (unsigned count = 0, total = 1; count <= 3; count++, total *= LETTERS)
        for (unsigned ordinal = 0; ordinal < total; ordinal++) {
            struct local local = {.count = count};
            unsigned rest = ordinal;
            for (unsigned i = 0; i < count; i++, rest /= LETTERS) {
                const char *letter = letters[rest % LETTERS];
                const size_t len = rest % LETTERS == NUL_LETTER ? 1 : strlen(letter);
                local.letter[i] = rest % LETTERS;
                memcpy(local.octets + local.len, letter, len);
                local.len += len;
            }
            one_local_part(&local, &strict);
            one_local_part(&local, &utf8);
        }
}

/* ---- Injection: a good command in one member of which other octets are put ---- */

struct member {
    const char *name;
    struct smtpwire_command command;
    size_t offset;       /* of the slice in the command */
    const char *allowed; /* octets that are not letters, digits or hyphens but may stand inside the member */
};

/* Unknown commands need leave. */
static struct smtpwire_options options_of(const struct member *member)
{
    struct smtpwire_options options = strict;
    if (member->command.verb == SMTPWIRE_VERB_UNKNOWN || member->command.verb == SMTPWIRE_VERB_WIZ)
        options.lax = SMTPWIRE_LAX_UNKNOWN_COMMAND;
    return options;
}

/* All octets but CR, LF and NUL, one after the other. */
static char opaque[256];

#define MEMBER(what) offsetof(struct smtpwire_command, what)
#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        literal, sizeof(literal) - 1                                                                                   \
    }
#define SOMEONE .local = TEXT("joe"), .domain = TEXT("b.example")
#define ATEXT "!#$%&'*+/=?^_`{|}~"
#define PRINTABLE " !\"#$%&'()*+,./:;<=>?@[\\]^_`{|}~"

static const struct member members[] = {
    {"domain of EHLO", {.verb = SMTPWIRE_VERB_EHLO, .address.domain = TEXT("a.example")}, MEMBER(address.domain), "."},
    {"literal of EHLO",
     {.verb = SMTPWIRE_VERB_EHLO, .address.literal = TEXT("[1.2.3.4]")},
     MEMBER(address.literal),
     ""},
    {"local part", {.verb = SMTPWIRE_VERB_MAIL, .address = {SOMEONE}}, MEMBER(address.local), ATEXT "."},
    {"quoted local part",
     {.verb = SMTPWIRE_VERB_RCPT, .address = {.local = TEXT("\"joe b\""), .domain = TEXT("b.example")}},
     MEMBER(address.local),
     " !#$%&'()*+,./:;<=>?@[\\]^_`{|}~"},
    {"domain", {.verb = SMTPWIRE_VERB_RCPT, .address = {SOMEONE}}, MEMBER(address.domain), "."},
    {"route",
     {.verb = SMTPWIRE_VERB_RCPT, .address = {.route = TEXT("@a.example"), SOMEONE}},
     MEMBER(address.route),
     "."},
    {"path", {.verb = SMTPWIRE_VERB_RCPT, .address.path = TEXT("<joe@b.example>")}, MEMBER(address.path), ATEXT ".@:"},
    {"parameters",
     {.verb = SMTPWIRE_VERB_MAIL, .address = {SOMEONE}, .parameters = TEXT("SIZE=10")},
     MEMBER(parameters),
     " !\"#$%&'()*+,./:;<=>?@[\\]^_`{|}~"},
    {"argument of VRFY", {.verb = SMTPWIRE_VERB_VRFY, .argument = TEXT("joe")}, MEMBER(argument), ATEXT ".@"},
    {"argument of NOOP", {.verb = SMTPWIRE_VERB_NOOP, .argument = TEXT("joe")}, MEMBER(argument), PRINTABLE},
    {"URI",
     {.verb = SMTPWIRE_VERB_BURL, .argument = TEXT("imap://a.b/c?d")},
     MEMBER(argument),
     "!$%&'()*+,./:;=?@[]_~"},
    {"URI before LAST",
     {.verb = SMTPWIRE_VERB_BURL, .argument = TEXT("a:"), .last = 1},
     MEMBER(argument),
     "!$%&'()*+,./:;=?@[]_~"},
    {"attributes",
     {.verb = SMTPWIRE_VERB_XCLIENT, .parameters = TEXT("NAME=a ADDR=1.2.3.4")},
     MEMBER(parameters),
     PRINTABLE},
    {"name of an unknown command",
     {.verb = SMTPWIRE_VERB_UNKNOWN, .name = TEXT("XFOO"), .argument = TEXT("x")},
     MEMBER(name),
     ""},
    {"argument of an unknown command",
     {.verb = SMTPWIRE_VERB_UNKNOWN, .name = TEXT("XFOO"), .argument = TEXT("x")},
     MEMBER(argument),
     opaque},
    {"argument of WIZ", {.verb = SMTPWIRE_VERB_WIZ, .argument = TEXT("x")}, MEMBER(argument), opaque},
    {"parameters of an unknown command",
     {.verb = SMTPWIRE_VERB_UNKNOWN, .name = TEXT("XFOO")},
     MEMBER(parameters),
     NULL},
    {"parameters of DATA", {.verb = SMTPWIRE_VERB_DATA}, MEMBER(parameters), NULL},
    {"argument of QUIT", {.verb = SMTPWIRE_VERB_QUIT}, MEMBER(argument), NULL},
    {"path of RSET", {.verb = SMTPWIRE_VERB_RSET}, MEMBER(address.path), NULL},
};

static const struct smtpwire_slice attacks[] = {
    TEXT("\r\nRSET"),  TEXT("\r\n.\r\n"),
    TEXT("\nRSET"),    TEXT("\rRSET"),
    TEXT("\n"),        TEXT("\r"),
    TEXT("\r\n"),      TEXT("\0"),
    TEXT("> SIZE=1"),  TEXT("> SIZE=1 X<a@b"),
    TEXT(">"),         TEXT("<"),
    TEXT(" "),         TEXT("\t"),
    TEXT("@x> A=b"),   TEXT("@x:joe"),
    TEXT(":"),         TEXT(","),
    TEXT("\""),        TEXT("\\"),
    TEXT(" SMTPUTF8"), TEXT("]"),
    TEXT("] X"),       TEXT("\x80"),
    TEXT("\xC3\xA9"),  TEXT("\xC0\x8A"),
    TEXT("\x8D\x8A"),  TEXT(" BODY=8BITMIME"),
    TEXT("= "),        TEXT("\x7F"),
    TEXT("a a"),       TEXT("=b=c"),
};

/* What was written is one line, and that command. */
static void means_what_it_says(const struct member *member, const struct smtpwire_command *command,
                               struct smtpwire_slice out)
{
    const struct smtpwire_slice name = slice(member->name, strlen(member->name));
    const struct smtpwire_address *a = &command->address, *b;
    const struct smtpwire_options options = options_of(member);
    struct smtpwire_command again;
    const char *lf = memchr(out.data, '\n', out.len), *cr = memchr(out.data, '\r', out.len);

    check(lf == out.data + out.len - 1 && cr == lf - 1 && memchr(out.data, '\0', out.len) == NULL, "one line", name,
          out);
    if (!check(smtpwire_command_parse(out.data, out.len - 2, &options, &again, NULL) == 0, "parsed", name, out))
        return;
    b = &again.address;
    check(
        again.verb == command->verb && same(again.parameters, command->parameters) &&
            same(again.argument, command->argument) && again.last == member->command.last &&
            (command->verb != SMTPWIRE_VERB_UNKNOWN || same(again.name, command->name)) &&
            (member->offset == MEMBER(address.path)
                 ? same(b->path, a->path)
                 : command->verb == SMTPWIRE_VERB_VRFY || (same(b->route, a->route) && same(b->local, a->local) &&
                                                           same(b->domain, a->domain) && same(b->literal, a->literal))),
        "the command that was asked for", name, out);
}

static int may_stand(const struct member *member, struct smtpwire_slice octets)
{
    for (size_t i = 0; i < octets.len; i++) {
        const unsigned char c = (unsigned char)octets.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
              (member->allowed != NULL && c != '\0' && strchr(member->allowed, c) != NULL)))
            return 0;
    }
    return member->allowed != NULL;
}

/* The address as a value of its own: what is read of it is what was given. */
static void inject_value(const struct member *member, const struct smtpwire_address *given,
                         struct smtpwire_slice octets)
{
    struct smtpwire_slice out = written_as(FORWARD_PATH, given, &strict);
    struct smtpwire_address read;
    if (out.data != NULL) {
        check(may_stand(member, octets), "an octet that must not stand there", octets, out);
        check(smtpwire_forward_path_parse(out.data, out.len, &strict, &read, NULL, NULL) == 0 &&
                  (member->offset == MEMBER(address.path)
                       ? same(read.path, given->path)
                       : same(read.route, given->route) && same(read.local, given->local) &&
                             same(read.domain, given->domain) && same(read.literal, given->literal)),
              "the path that was asked for", octets, out);
    }
    release(out);
    out = written_as(MAILBOX, given, &strict);
    if (out.data != NULL)
        check(may_stand(member, octets) && given->route.len == 0 &&
                  smtpwire_mailbox_parse(out.data, out.len, &strict, &read, NULL, NULL) == 0 &&
                  same(read.local, given->local) && same(read.domain, given->domain) &&
                  same(read.literal, given->literal),
              "the mailbox that was asked for", octets, out);
    release(out);
}

/* The member with octets put in at a place. */
static void inject(const struct member *member, struct smtpwire_slice octets, size_t at)
{
    const struct smtpwire_options options = options_of(member);
    struct smtpwire_command command = member->command;
    struct smtpwire_slice *target = (struct smtpwire_slice *)(void *)((char *)&command + member->offset), out;
    char *text = malloc(target->len + octets.len);

    if (text == NULL)
        abort();
    if (at != 0)
        memcpy(text, target->data, at);
    memcpy(text + at, octets.data, octets.len);
    if (target->len != at)
        memcpy(text + at + octets.len, target->data + at, target->len - at);
    target->len += octets.len;
    target->data = text;
    out = written_as(COMMAND, &command, &options);
    if (out.data != NULL) {
        check(may_stand(member, octets), "an octet that must not stand there", octets, out);
        means_what_it_says(member, &command, out);
    }
    release(out);
    if (member->offset < MEMBER(parameters) && member->offset != MEMBER(name) && command.verb != SMTPWIRE_VERB_RSET &&
        command.verb != SMTPWIRE_VERB_EHLO)
        inject_value(member, &command.address, octets);
    free(text);
}

void injection(void)
{
    for (unsigned octet = 1, count = 0; octet < 256; octet++)
        if (octet != '\r' && octet != '\n')
            opaque[count++] = (char)(unsigned char)octet;
    for (size_t i = 0; i < COUNT(members); i++) {
        const struct member *member = &members[i];
        const struct smtpwire_slice *good =
            (const struct smtpwire_slice *)(const void *)((const char *)&member->command + member->offset);
        const struct smtpwire_options options = options_of(member);
        const struct smtpwire_slice out = written_as(COMMAND, &member->command, &options);
        check(out.data != NULL, "good as it is", slice(member->name, strlen(member->name)), out);
        release(out);
        for (size_t at = 0; at <= good->len; at++) {
            for (unsigned octet = 0; octet < 256; octet++) {
                const char c = (char)(unsigned char)octet;
                inject(member, slice(&c, 1), at);
            }
            for (size_t k = 0; k < COUNT(attacks); k++)
                inject(member, attacks[k], at);
        }
    }
}

/* ---- Replies ---- */

/* Every line is at most 512 octets long, good, and none is folded without need; together they are the text. */
static void check_folded(const struct smtpwire_reply *reply, struct smtpwire_slice out)
{
    size_t begin = 0, used = 0, room = reply->enhanced[0] != 0 ? 500 : 506;
    struct smtpwire_reply line;

    if (out.data == NULL)
        return;
    memset(&line, 0, sizeof line);
    do {
        const char *lf = memchr(out.data + begin, '\n', out.len - begin);
        const size_t len = lf != NULL ? (size_t)(lf - out.data) + 1 - begin : 2;
        if (!check(lf != NULL && len <= 512 && smtpwire_reply_parse(out.data + begin, len - 2, NULL, &line, NULL) == 0,
                   "line of a folded reply", reply->text, slice(out.data + begin, len)))
            return;
        check(line.code == reply->code && memcmp(line.enhanced, reply->enhanced, sizeof line.enhanced) == 0 &&
                  line.last == (begin + len == out.len) && used + line.text.len <= reply->text.len &&
                  (line.text.len == 0 || same(line.text, slice(reply->text.data + used, line.text.len))),
              "what a line of a folded reply says", reply->text, slice(out.data + begin, len));
        check(line.last || line.text.len >= room - 3 ||
                  (line.text.data != NULL && line.text.data[line.text.len - 1] == ' '),
              "folded without need", reply->text, slice(out.data + begin, len));
        used += line.text.len;
        begin += len;
    } while (!line.last);
    check(used == reply->text.len && (out.len <= 512) == (reply->text.len <= room), "all of the text", reply->text,
          out);
}

static void reply_octets(void)
{
    for (unsigned octet = 0; octet < 256; octet++) {
        char text[] = "ab";
        struct smtpwire_reply reply = {.code = 250, .text = {text, 2}};
        struct smtpwire_slice out;
        text[1] = (char)(unsigned char)octet;
        out = written_as(REPLY, &reply, &utf8);
        check((out.data != NULL) == (octet == '\t' || octet == '\n' || (octet >= 32 && octet < 127)),
              "octet of a reply", reply.text, out);
        release(out);
    }
}

void folding(void)
{
    static const struct smtpwire_slice units[] = {TEXT("x"), TEXT("\xC3\xA9"), TEXT("\xF0\x9F\x93\xA7"), TEXT("word "),
                                                  TEXT("y 55555555555555555555555555555555555555555555555555555 ")};
    char text[1200 + 64];
    reply_octets();
    for (size_t unit = 0; unit < COUNT(units); unit++)
        for (size_t shift = 0; shift < 4; shift++)
            for (size_t len = shift; len <= 1200; len += units[unit].len) {
                struct smtpwire_reply reply = {.code = 550, .text = {text, len}};
                struct smtpwire_slice out;
                memset(text, 'x', shift);
                for (size_t i = shift; i < len; i += units[unit].len)
                    memcpy(text + i, units[unit].data, units[unit].len);
                for (int enhanced = 0; enhanced < 2; enhanced++) {
                    memcpy(reply.enhanced, enhanced ? (uint16_t[]){5, 1, 1} : (uint16_t[]){0, 0, 0}, 6);
                    out = written_as(REPLY, &reply, &utf8);
                    if (check(out.data != NULL, "reply", reply.text, out))
                        check_folded(&reply, out);
                    release(out);
                }
            }
}

/* ---- xtext ---- */

static unsigned hex(char digit) { return (unsigned)(digit <= '9' ? digit - '0' : digit - 'A' + 10); }

void xtext(void)
{
    for (unsigned octet = 0; octet < 256; octet++) {
        const char c = (char)(unsigned char)octet;
        const struct smtpwire_slice in = slice(&c, 1);
        const struct smtpwire_slice out = written_as(XTEXT, &in, &strict);
        struct smtpwire_parameter envid = {.keyword = SLICE("ENVID"), .value = out};
        struct smtpwire_slice parameter;
        if (octet > 32 && octet < 127 && octet != '+' && octet != '=')
            check(out.data != NULL && same(out, in), "xchar", in, out);
        else
            check(out.len == 3 && out.data[0] == '+' && hex(out.data[1]) < 16 && hex(out.data[2]) < 16 &&
                      hex(out.data[1]) * 16 + hex(out.data[2]) == octet,
                  "hexchar", in, out);
        parameter = written_as(PARAMETER, &envid, &strict);
        check(parameter.data != NULL, "xtext in a parameter", in, parameter);
        release(parameter);
        release(out);
    }
}
