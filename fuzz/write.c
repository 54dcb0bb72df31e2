/* Fuzzes the writers with parts as a hostile caller would give them: the first octet chooses what is written, the
 * second a command's verb or a reply's code; the parts follow, each ended by 0xFE (an octet of no UTF-8). Whatever is
 * written is one line, or one reply, in which the parser reads exactly what was given; whatever is refused leaves
 * zeros. */
#include "oracle.h"

enum { PARTS = 6, ROOM = 8192 };

static struct smtpwire_slice take(const char **data, size_t *size)
{
    const char *end = *size != 0 ? memchr(*data, 0xFE, *size) : NULL;
    struct smtpwire_slice part = {*data, end != NULL ? (size_t)(end - *data) : *size};
    const size_t done = end != NULL ? part.len + 1 : part.len;
    *data += done;
    *size -= done;
    if (part.len == 0)
        part.data = NULL;
    return part;
}

static int same(struct smtpwire_slice a, struct smtpwire_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* The result of writing into enough room, into one octet less and into none. Returns its length, or -1. */
#define WRITE(out, call)                                                                                               \
    do {                                                                                                               \
        size_t room = ROOM;                                                                                            \
        char *buf = out;                                                                                               \
        struct smtpwire_error error;                                                                                   \
        ptrdiff_t small;                                                                                               \
        memset(out, 0x55, ROOM);                                                                                       \
        len = (call);                                                                                                  \
        if (len < 0) {                                                                                                 \
            oracle_error_of_writer(&error);                                                                            \
            check_zeros(out);                                                                                          \
        } else if (len > 0 && len <= ROOM) {                                                                           \
            room = (size_t)len - 1;                                                                                    \
            buf = malloc(room);                                                                                        \
            small = (call);                                                                                            \
            ORACLE(small == len);                                                                                      \
            free(buf);                                                                                                 \
        }                                                                                                              \
    } while (0)

static void oracle_error_of_writer(const struct smtpwire_error *error)
{
    ORACLE(error->id != SMTPWIRE_ERROR_NONE && error->id < SMTPWIRE_ERROR_COUNT);
}

/* Zeros as far as anything was written. */
static void check_zeros(const char *out)
{
    size_t i = 0;
    while (i < ROOM && out[i] == 0)
        i++;
    for (; i < ROOM; i++)
        ORACLE(out[i] == 0x55);
}

static void one_line(const char *out, ptrdiff_t len)
{
    ORACLE(len > 2 && out[len - 2] == '\r' && out[len - 1] == '\n');
    ORACLE(memchr(out, '\r', (size_t)len - 2) == NULL && memchr(out, '\n', (size_t)len - 2) == NULL);
    ORACLE(memchr(out, '\0', (size_t)len) == NULL);
}

static void write_command(unsigned verb, const struct smtpwire_slice *part, const struct smtpwire_options *options)
{
    static char out[ROOM];
    struct smtpwire_command command, again;
    struct smtpwire_error ignored;
    ptrdiff_t len;

    memset(&command, 0, sizeof command);
    command.verb = (uint16_t)(verb % SMTPWIRE_VERB_COUNT);
    if (command.verb == SMTPWIRE_VERB_MAIL && part[0].len == 2)
        command.address.path = part[0];
    else if (command.verb == SMTPWIRE_VERB_MAIL || command.verb == SMTPWIRE_VERB_RCPT ||
             command.verb == SMTPWIRE_VERB_EHLO || command.verb == SMTPWIRE_VERB_HELO) {
        command.address.local = part[0];
        command.address.domain = part[1];
        command.address.literal = part[2];
        command.address.route = part[3];
    } else {
        command.argument = part[0];
        command.initial = part[1];
        command.chunk_size = part[2].len * UINT64_C(1000003);
        command.last = part[3].len & 1;
    }
    command.parameters = part[4];
    WRITE(out, smtpwire_command_write(&command, options, buf, room, &error));
    if (len < 0 || len > ROOM)
        return;
    one_line(out, len);
    ORACLE(smtpwire_command_parse(out, (size_t)len - 2, options, &again, &ignored) == 0);
    ORACLE(again.verb == command.verb && again.chunk_size == command.chunk_size && again.last == command.last);
    /* VRFY's and ETRN's argument is read as an address, too. */
    if (command.verb <= SMTPWIRE_VERB_RCPT)
        ORACLE(same(again.address.local, command.address.local) && same(again.address.domain, command.address.domain) &&
               same(again.address.literal, command.address.literal) &&
               same(again.address.route, command.address.route));
    ORACLE(same(again.parameters, command.parameters) && same(again.argument, command.argument));
    ORACLE(same(again.initial, command.initial));
}

static void write_reply(unsigned code, const struct smtpwire_slice *part, const struct smtpwire_options *options)
{
    static char out[ROOM];
    struct smtpwire_reply reply, again;
    struct smtpwire_error ignored;
    size_t at, lines = 0;
    ptrdiff_t len;

    memset(&reply, 0, sizeof reply);
    reply.code = (uint16_t)(code + 200);
    if (part[1].len != 0) {
        reply.enhanced[0] = reply.code / 100;
        reply.enhanced[1] = (uint16_t)part[1].len;
        reply.enhanced[2] = (uint16_t)(unsigned char)part[1].data[0];
    }
    reply.text = part[0];
    WRITE(out, smtpwire_reply_write(&reply, options, buf, room, &error));
    if (len < 0 || len > ROOM)
        return;
    for (at = 0; at < (size_t)len; lines++) {
        const char *lf = memchr(out + at, '\n', (size_t)len - at);
        const size_t line = lf != NULL ? (size_t)(lf - out) + 1 - at : 0;
        ORACLE(line >= 5 && line <= 512 && out[at + line - 2] == '\r');
        ORACLE(smtpwire_reply_parse(out + at, line - 2, options, &again, &ignored) == 0);
        ORACLE(again.code == reply.code && again.last == (at + line == (size_t)len));
        ORACLE(memcmp(again.enhanced, reply.enhanced, sizeof again.enhanced) == 0);
        at += line;
    }
    ORACLE(lines != 0);
}

static void write_parameter(const struct smtpwire_slice *part, const struct smtpwire_options *options)
{
    static char out[ROOM];
    struct smtpwire_parameter parameter, again;
    struct smtpwire_slice rest;
    ptrdiff_t len;
    memset(&parameter, 0, sizeof parameter);
    parameter.keyword = part[0];
    parameter.value = part[1];
    WRITE(out, smtpwire_parameter_write(&parameter, options, buf, room, &error));
    if (len < 0 || len > ROOM)
        return;
    rest.data = out;
    rest.len = (size_t)len;
    ORACLE(smtpwire_parameter_next(&rest, &again) == 1 && rest.len == 0);
    ORACLE(same(again.keyword, parameter.keyword) && same(again.value, parameter.value));
}

/* Content into what is sent: read back it is the content, with CRLF at its end. */
static void write_content(struct smtpwire_slice content, unsigned piece)
{
    struct smtpwire_stuff stuff;
    struct smtpwire_slice slices[3], end;
    struct smtpwire_error error;
    struct smtpwire_data data;
    struct smtpwire_event event;
    char *wire = malloc(2 * content.len + 8);
    size_t len = 0, at = 0, taken, read = 0;
    ptrdiff_t n, i;

    ORACLE(wire != NULL && smtpwire_stuff_init(&stuff, NULL) == 0);
    while (at < content.len) {
        const size_t left = content.len - at, now = left < piece ? left : piece;
        n = smtpwire_stuff_push(&stuff, content.data + at, now, &taken, slices, 3, &error);
        if (n < 0) { /* a bare CR or LF: nothing of it has come out */
            free(wire);
            return;
        }
        for (i = 0; i < n; len += slices[i++].len)
            memcpy(wire + len, slices[i].data, slices[i].len);
        at += taken;
    }
    if (smtpwire_stuff_end(&stuff, &end, &error) < 0) {
        free(wire);
        return;
    }
    memcpy(wire + len, end.data, end.len);
    len += end.len;
    ORACLE(smtpwire_data_init(&data, NULL) == 0);
    for (at = 0;; at += taken) {
        taken = smtpwire_data_push(&data, wire + at, len - at, &event);
        if (event.kind != SMTPWIRE_CONTENT)
            break;
        for (i = 0; i < (ptrdiff_t)event.content.len; i++, read++)
            ORACLE(event.content.data[i] == (read < content.len ? content.data[read] : "\r\n"[read - content.len]));
    }
    ORACLE(event.kind == SMTPWIRE_END && at + taken == len && event.error.id == SMTPWIRE_ERROR_NONE);
    ORACLE(read == content.len || read == content.len + 2);
    free(wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smtpwire_slice part[PARTS];
    struct smtpwire_options options;
    const char *text = (const char *)data + 2;
    size_t left, i;

    if (size < 2 || size > 2048)
        return 0;
    left = size - 2;
    memset(part, 0, sizeof part);
    memset(&options, 0, sizeof options);
    options.smtputf8 = data[0] >> 7 & 1;
    options.extensions = data[0] & 64 ? 0 : SMTPWIRE_OFFER_ALL;
    options.lmtp = data[0] >> 5 & 1;
    if (data[0] % 4 == 3) {
        write_content((struct smtpwire_slice){text, left}, data[1] < 128 ? 1 + data[1] % 16 : data[1]);
        return 0;
    }
    for (i = 0; i < PARTS; i++)
        part[i] = take(&text, &left);
    if (data[0] % 4 == 0)
        write_command(data[1], part, &options);
    else if (data[0] % 4 == 1)
        write_reply(data[1] * 2U, part, &options);
    else
        write_parameter(part, &options);
    return 0;
}
