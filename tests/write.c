/* Tests of the writers: what was read is written as it was, what was written is read as it was meant, and nothing that
 * would be read as something else comes out.
 *
 * Every line of every test vector is tried as each kind of line and value there is, under the vector's options with
 * SMTPUTF8 and without. write_model.c enumerates the rest.
 *
 * Each result is written into a heap block of exactly its size; with one octet less, nothing may be left in the block.
 */
#include "write.h"

#include "../fuzz/same_values.h"
#include "vector_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned passed, failed;

struct smtpwire_slice slice(const char *data, size_t len)
{
    struct smtpwire_slice s;
    s.data = data;
    s.len = len;
    return s;
}

static void print(struct smtpwire_slice s)
{
    for (size_t i = 0; i < s.len && i < 80; i++) {
        const unsigned char octet = (unsigned char)s.data[i];
        printf(octet < 32 || octet > 126 ? "\\x%02x" : "%c", octet);
    }
}

int check(int good, const char *what, struct smtpwire_slice a, struct smtpwire_slice b)
{
    passed += good != 0;
    failed += good == 0;
    if (!good && failed < 40) {
        printf("FAILED %s: ", what);
        print(a);
        printf(" -> ");
        print(b);
        printf("\n");
    }
    return good;
}

int same(struct smtpwire_slice a, struct smtpwire_slice b)
{
    return a.len == b.len && (a.len == 0 || (a.data != NULL && b.data != NULL && memcmp(a.data, b.data, a.len) == 0));
}

/* ---- Any writer ---- */

static const char *const kind_names[KINDS] = {"command",   "reverse path",  "forward path", "mailbox",
                                              "parameter", "typed",         "reply",        "local part",
                                              "decoded",   "utf-8 address", "xtext"};
static unsigned written[KINDS], refused[KINDS], verbs_written[SMTPWIRE_VERB_COUNT];

static ptrdiff_t write_to(enum kind kind, const void *value, const struct smtpwire_options *options, char *buf,
                          size_t size, struct smtpwire_error *error)
{
    const struct smtpwire_slice *text = value;
    switch (kind) {
    case COMMAND:
        return smtpwire_command_write(value, options, buf, size, error);
    case REVERSE_PATH:
        return smtpwire_reverse_path_write(value, options, buf, size, error);
    case FORWARD_PATH:
        return smtpwire_forward_path_write(value, options, buf, size, error);
    case MAILBOX:
        return smtpwire_mailbox_write(value, options, buf, size, error);
    case PARAMETER:
        return smtpwire_parameter_write(value, options, buf, size, error);
    case TYPED:
        return smtpwire_typed_parameter_write(value, options, buf, size, error);
    case REPLY:
        return smtpwire_reply_write(value, options, buf, size, error);
    case LOCAL_PART:
        return smtpwire_local_part_write(text->data, text->len, options, buf, size, error);
    case DECODED:
        return smtpwire_local_part_decode(text->data, text->len, options, buf, size, error);
    case UTF8_ADDRESS:
        return smtpwire_utf8_address_write(text->data, text->len, options, buf, size, error);
    default:
        return smtpwire_xtext_write(text->data, text->len, buf, size, error);
    }
}

static char *block(size_t len)
{
    char *octets = malloc(len); /* NOLINT(clang-analyzer-optin.portability.UnixAPI): none is a block too */
    if (octets == NULL)
        abort();
    if (len != 0)
        memset(octets, 0x5A, len);
    return octets;
}

static int all_zero_or_untouched(const char *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (octets[i] != 0 && octets[i] != 0x5A)
            return 0;
    return 1;
}

/* The value, written; data is null if it was refused. The caller frees it. */
struct smtpwire_slice written_as(enum kind kind, const void *value, const struct smtpwire_options *options)
{
    struct smtpwire_error error;
    const ptrdiff_t needed = write_to(kind, value, options, NULL, 0, &error);
    const struct smtpwire_slice nothing = {NULL, 0};
    const struct smtpwire_slice name = slice(kind_names[kind], strlen(kind_names[kind]));
    char *octets;

    if (needed < 0) {
        check(error.id != SMTPWIRE_ERROR_NONE, "an error is said", name, nothing);
        refused[kind]++;
        return nothing;
    }
    if (needed > 0) {
        ptrdiff_t less;
        octets = block((size_t)needed - 1);
        less = write_to(kind, value, options, octets, (size_t)needed - 1, NULL);
        check(less == needed || less == -1, "one octet less: the size needed", name, nothing);
        check(all_zero_or_untouched(octets, (size_t)needed - 1), "one octet less: nothing is left", name, nothing);
        free(octets);
    }
    octets = block((size_t)needed);
    memset(&error, 0, sizeof error);
    if (write_to(kind, value, options, octets, (size_t)needed, &error) == needed) {
        written[kind]++;
        return slice(octets, (size_t)needed);
    }
    check(error.id != SMTPWIRE_ERROR_NONE, "an error is said", name, nothing);
    check(all_zero_or_untouched(octets, (size_t)needed), "refused: nothing is left", name, nothing);
    refused[kind]++;
    free(octets);
    return nothing;
}

void release(struct smtpwire_slice result)
{
    union {
        const char *data;
        void *block;
    } it = {.data = result.data}; /* it was allocated here, and only seen as const since */
    free(it.block);
}

/* ---- What is read is written as it was ---- */

static int same_address(const struct smtpwire_address *a, const struct smtpwire_address *b)
{
    return same(a->path, b->path) && same(a->route, b->route) && same(a->local, b->local) &&
           same(a->domain, b->domain) && same(a->literal, b->literal);
}

int same_command(const struct smtpwire_command *a, const struct smtpwire_command *b)
{
    return a->verb == b->verb && (a->verb != SMTPWIRE_VERB_UNKNOWN || same(a->name, b->name)) &&
           (a->argument.data != NULL) == (b->argument.data != NULL) && a->flags == b->flags &&
           same_address(&a->address, &b->address) && same(a->parameters, b->parameters) &&
           same(a->argument, b->argument) && same(a->initial, b->initial) && a->chunk_size == b->chunk_size &&
           a->last == b->last;
}

static void raise(char *octets, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (octets[i] >= 'a' && octets[i] <= 'z')
            octets[i] = (char)(octets[i] - 'a' + 'A');
}

/* Leading zeros of a chunk's size say nothing. Returns the length without them. */
static size_t strip_zeros(char *line, size_t len)
{
    size_t from = sizeof "BDAT " - 1, to = from;
    while (from + 1 < len && line[from] == '0' && line[from + 1] != ' ')
        from++;
    while (from < len)
        line[to++] = line[from++];
    return to;
}

/* The line with its CRLF, its name and what belongs to it in upper case; returns its length. */
static size_t normalise_command(char *line, size_t len, const struct smtpwire_command *command)
{
    if (command->verb != SMTPWIRE_VERB_UNKNOWN)
        raise(line, command->verb == SMTPWIRE_VERB_BDAT ? len : command->name.len);
    if (command->verb == SMTPWIRE_VERB_BURL && command->last)
        raise(line + len - sizeof "LAST" + 1, sizeof "LAST" - 1);
    if (command->verb == SMTPWIRE_VERB_BDAT)
        len = strip_zeros(line, len);
    if (command->verb == SMTPWIRE_VERB_MAIL)
        raise(line, sizeof "MAIL FROM:" - 1);
    if (command->verb == SMTPWIRE_VERB_RCPT)
        raise(line, sizeof "RCPT TO:" - 1);
    if ((command->verb == SMTPWIRE_VERB_VRFY || command->verb == SMTPWIRE_VERB_EXPN) &&
        (command->flags & SMTPWIRE_FLAG_SMTPUTF8) != 0)
        raise(line + len - sizeof "SMTPUTF8" + 1, sizeof "SMTPUTF8" - 1);
    line[len] = '\r';
    line[len + 1] = '\n';
    return len + 2;
}

/* What a parameter means, written and read again. */
static void try_typed(const struct smtpwire_parameter *p, const struct smtpwire_options *options)
{
    const struct smtpwire_slice out = written_as(TYPED, p, options);
    struct smtpwire_slice rest = out;
    struct smtpwire_parameter again;
    check(out.data != NULL && smtpwire_parameter_next(&rest, &again) && rest.len == 0 && same_values(p, &again),
          "parse(write(typed parameter))", p->keyword, out);
    release(out);
}

/* The mailbox that an ORCPT of type utf-8 stands for, as RFC 6533 writes it with SMTPUTF8 and without. */
static void try_utf8_address(struct smtpwire_slice address, const struct smtpwire_options *options)
{
    char mailbox[512], again[512];
    const ptrdiff_t len = smtpwire_utf8_address_decode(address, mailbox, sizeof mailbox);
    const struct smtpwire_slice in = slice(mailbox, len < 0 ? 0 : (size_t)len);
    struct smtpwire_options with = *options;
    struct smtpwire_slice out;
    if (!check(len > 0 && (size_t)len <= sizeof mailbox, "a utf-8 address is decoded", address, in))
        return;
    for (with.smtputf8 = 0; with.smtputf8 < 2; with.smtputf8++) {
        out = written_as(UTF8_ADDRESS, &in, &with);
        check(out.data != NULL && smtpwire_utf8_address_decode(out, again, sizeof again) == len &&
                  same(in, slice(again, in.len)),
              "decode(write(utf-8 address))", address, out);
        release(out);
    }
}

static void try_parameters(struct smtpwire_slice parameters, const struct smtpwire_options *options)
{
    struct smtpwire_parameter p;
    struct smtpwire_options utf8 = *options;
    utf8.smtputf8 = 1;
    while (smtpwire_parameter_next(&parameters, &p)) {
        const char *end = p.value.data != NULL ? p.value.data + p.value.len : p.keyword.data + p.keyword.len;
        const struct smtpwire_slice in = slice(p.keyword.data, (size_t)(end - p.keyword.data));
        const struct smtpwire_slice out = written_as(PARAMETER, &p, &utf8);
        check(out.data != NULL && same(in, out), "parameter", in, out);
        release(out);
        if (p.id != SMTPWIRE_PARAMETER_UNKNOWN)
            try_typed(&p, &utf8);
        if (p.id == SMTPWIRE_PARAMETER_ORCPT && p.orcpt.utf8)
            try_utf8_address(p.orcpt.address, &utf8);
    }
}

/* RFC 5321 section 4.5.3.1.4: 512 octets, and what the offered extensions add to MAIL or to RCPT. */
static size_t command_limit(const struct smtpwire_options *options)
{
    enum { NOTHING = 0, MAIL = 1, RCPT = 2, MAIL_OR_RCPT = 3 };
    size_t mail = 0, rcpt = 0;
#define ADD(id, keyword, on, offered, value, adds, rfc)                                                                \
    if ((options->extensions & (offered)) != 0) {                                                                      \
        mail += ((on)&MAIL) != 0 ? (adds) : 0;                                                                         \
        rcpt += ((on)&RCPT) != 0 ? (adds) : 0;                                                                         \
    }
    SMTPWIRE_PARAMETERS(ADD)
#undef ADD
    if (options->limit[SMTPWIRE_LIMIT_COMMAND_LINE] != 0)
        return options->limit[SMTPWIRE_LIMIT_COMMAND_LINE];
    return 512 + (mail > rcpt ? mail : rcpt);
}

/* What only a leniency takes is not written as it was, but so that the three that are about brackets and blanks are not
 * needed for it. */
static void try_lenient(struct smtpwire_slice line, const struct smtpwire_options *options,
                        const struct smtpwire_command *command, struct smtpwire_slice out)
{
    struct smtpwire_options tidy = *options;
    struct smtpwire_command again, expected = *command;

    tidy.lax &=
        ~(uint32_t)(SMTPWIRE_LAX_SPACE_AFTER_COLON | SMTPWIRE_LAX_MISSING_BRACKETS | SMTPWIRE_LAX_TRAILING_SPACE);
    if (!check(out.data != NULL && smtpwire_command_parse(out.data, out.len - 2, &tidy, &again, NULL) == 0,
               "write(parse(lenient command))", line, out))
        return;
    expected.flags &= ~(uint32_t)SMTPWIRE_FLAG_LENIENT;
    expected.flags |= again.flags & SMTPWIRE_FLAG_LENIENT;
    if (expected.address.path.data == NULL)
        expected.address.path = again.address.path;
    check(same_command(&expected, &again), "parse(write(lenient command))", line, out);
}

static void try_command(struct smtpwire_slice line, const struct smtpwire_options *options)
{
    struct smtpwire_command command, again;
    struct smtpwire_slice out;
    char *expected;
    size_t expected_len;

    if (smtpwire_command_parse(line.data, line.len, options, &command, NULL) < 0)
        return;
    out = written_as(COMMAND, &command, options);
    if (line.len + 2 > command_limit(options)) {
        check(out.data == NULL, "over-long command", line, out);
        return;
    }
    if (line.len > 1 << 20) /* no vector is: for gcc, which takes the sum for one that may wrap */
        abort();
    if ((command.flags & SMTPWIRE_FLAG_LENIENT) != 0)
        try_lenient(line, options, &command, out);
    expected = block(line.len + 2);
    memcpy(expected, line.data, line.len);
    expected_len = normalise_command(expected, line.len, &command);
    if ((command.flags & SMTPWIRE_FLAG_LENIENT) == 0 &&
        check(out.data != NULL && same(slice(expected, expected_len), out), "write(parse(command))", line, out)) {
        verbs_written[command.verb]++;
        check(smtpwire_command_parse(out.data, out.len - 2, options, &again, NULL) == 0 &&
                  same_command(&command, &again),
              "parse(write(command))", line, out);
    }
    free(expected);
    release(out);
    try_parameters(command.parameters, options);
}

typedef int parser(const char *data, size_t len, const struct smtpwire_options *options,
                   struct smtpwire_address *address, uint32_t *flags, struct smtpwire_error *error);

static void try_address(enum kind kind, parser *parse, struct smtpwire_slice in, const struct smtpwire_options *options)
{
    struct smtpwire_address address, again, only_path;
    struct smtpwire_slice out, decoded, encoded;

    if (parse(in.data, in.len, options, &address, NULL, NULL) < 0)
        return;
    out = written_as(kind, &address, options);
    if (check(out.data != NULL && same(in, out), "write(parse(address))", in, out))
        check(parse(out.data, out.len, options, &again, NULL, NULL) == 0 && same_address(&address, &again),
              "parse(write(address))", in, out);
    release(out);
    if (kind != MAILBOX) {
        memset(&only_path, 0, sizeof only_path);
        only_path.path = address.path;
        out = written_as(kind, &only_path, options);
        check(out.data != NULL && same(in, out), "a path as a whole", in, out);
        release(out);
    }
    if (address.local.len == 0)
        return;
    /* What is quoted without need loses its quotes, and may then be under the limit of length only without. */
    decoded = written_as(DECODED, &address.local, options);
    encoded = written_as(LOCAL_PART, &decoded, options);
    check(decoded.data != NULL && encoded.data != NULL && encoded.len <= address.local.len, "local part", in, encoded);
    out = written_as(DECODED, &encoded, options);
    check(out.data != NULL && same(out, decoded), "local part decoded twice", in, out);
    release(decoded);
    release(encoded);
    release(out);
}

/* ---- Replies ---- */

struct gathered {
    struct smtpwire_reply first;
    struct text text, wire; /* wire: as it is to be written */
    int lines, good;
};

static void try_gathered(struct gathered *g, const struct smtpwire_options *options)
{
    struct smtpwire_slice out;
    struct smtpwire_reply reply = g->first;
    reply.text = slice(g->text.data, g->text.len);
    out = written_as(REPLY, &reply, options);
    check(g->good ? out.data != NULL && same(slice(g->wire.data, g->wire.len), out) : out.data == NULL,
          "write(parse(reply))", slice(g->wire.data, g->wire.len), out);
    release(out);
}

static int over_limits(const struct gathered *g, const struct smtpwire_options *options)
{
    const uint32_t lines = options->limit[SMTPWIRE_LIMIT_REPLY_LINES],
                   total = options->limit[SMTPWIRE_LIMIT_REPLY_TOTAL];
    return (lines != 0 && (uint32_t)g->lines > lines) || (total != 0 && g->wire.len > total);
}

/* Gathers a reply line by line. Those that are over 512 octets are left out: they would be folded. */
static void try_reply_line(struct gathered *g, struct smtpwire_slice line, const struct smtpwire_options *options)
{
    struct smtpwire_reply reply;
    size_t len = line.len;

    if (smtpwire_reply_parse(line.data, line.len, options, &reply, NULL) < 0 || len > 510 ||
        (g->lines != 0 &&
         (reply.code != g->first.code || memcmp(reply.enhanced, g->first.enhanced, sizeof reply.enhanced) != 0))) {
        g->lines = 0;
        return;
    }
    if (g->lines++ == 0) {
        g->first = reply;
        g->text.len = g->wire.len = 0;
        g->good = 1;
    } else {
        text_append(&g->text, "\r\n", 2);
    }
    if ((reply.flags & SMTPWIRE_FLAG_EIGHT_BIT) != 0) /* the vectors' are well-formed, or no UTF-8 at all */
        g->good = g->good && options->smtputf8 && memmem(reply.text.data, reply.text.len, "\xC3\xA9", 2) != NULL;
    if (reply.text.len == 0 && len > 3 && line.data[len - 1] == ' ')
        len--; /* a separator with nothing behind it */
    text_append(&g->text, reply.text.data, reply.text.len);
    text_append(&g->wire, line.data, len);
    text_append(&g->wire, "\r\n", 2);
    if (reply.last) {
        g->good = g->good && !over_limits(g, options);
        try_gathered(g, options);
        g->lines = 0;
    }
}

/* ---- All vectors ---- */

static void try_line(struct gathered *g, struct smtpwire_slice line, const struct smtpwire_options *options)
{
    try_command(line, options);
    try_address(REVERSE_PATH, smtpwire_reverse_path_parse, line, options);
    try_address(FORWARD_PATH, smtpwire_forward_path_parse, line, options);
    try_address(MAILBOX, smtpwire_mailbox_parse, line, options);
    try_reply_line(g, line, options);
}

static void try_wire(const struct text *wire, const struct smtpwire_options *options)
{
    struct gathered g;
    size_t begin = 0;
    memset(&g, 0, sizeof g);
    while (begin <= wire->len && wire->data != NULL) {
        size_t end = begin;
        while (end < wire->len && !(wire->data[end] == '\r' && end + 1 < wire->len && wire->data[end + 1] == '\n'))
            end++;
        try_line(&g, slice(wire->data + begin, end - begin), options);
        begin = end + 2;
    }
    free(g.text.data);
    free(g.wire.data);
}

static void try_vector(const struct vector *vector, const char *file, void *context)
{
    static struct settings settings;
    struct text wire = {NULL, 0, 0};
    char words[400];
    (void)file;
    (void)context;
    if (vector_settings(vector, &settings, words, sizeof words) < 0) {
        failed++;
        return;
    }
    text_append(&wire, "", 0);
    text_expand(&wire, vector->wire.data, vector->wire.len, 0);
    try_wire(&wire, &settings.options);
    settings.options.smtputf8 = !settings.options.smtputf8;
    try_wire(&wire, &settings.options);
    free(wire.data);
}

/* The vectors hold all there is. */
#define COUNT_VERB(id, name, implemented)                                                                              \
    if (implemented)                                                                                                   \
        check(verbs_written[SMTPWIRE_VERB_##id] != 0, "every verb was written", SLICE(name), SLICE("never"));

static void count_kinds(void)
{
    SMTPWIRE_VERBS(COUNT_VERB)
    check(verbs_written[SMTPWIRE_VERB_UNKNOWN] != 0 && verbs_written[SMTPWIRE_VERB_XEXCH50] != 0 &&
              verbs_written[SMTPWIRE_VERB_SEND] != 0,
          "unknown commands were written", SLICE("unknown"), SLICE("never"));
    for (int kind = 0; kind < XTEXT; kind++) {
        printf("%-14s %6u written, %6u refused\n", kind_names[kind], written[kind], refused[kind]);
        check(written[kind] >= 10, "every kind was written", slice(kind_names[kind], strlen(kind_names[kind])),
              SLICE("too few"));
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (vector_file_read(argv[i], try_vector, NULL) < 0)
            failed++;
    count_kinds();
    local_parts();
    injection();
    folding();
    xtext();
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
