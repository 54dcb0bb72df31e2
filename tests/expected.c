/* What was expected at an error, held against the parser: for the shortest word to every state of the tables, for every
 * line of every test vector, and for mutations of those, wherever they are refused for their syntax,
 *   - each octet that is said to be expected, put at the error, moves the error on,
 *   - each other octet but CR, LF and NUL leaves it where it is, or moves it back,
 *   - what is before the error begins a valid line: going on with nothing but what is expected leads to one.
 *
 * usage: expected MUTATIONS FILE.md... */
#include "internal.h"
#include "vector_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LINE_MAX_ = 1200, ROOM = 600 };

struct line {
    unsigned kind;
    struct smtpwire_options options;
    size_t len;
    char octets[LINE_MAX_ + 1];
};

static struct line *lines;
static size_t line_count, passed, failed, refused;

/* ---- asking the parser ---- */

/* Accepted: offset is len + 1. */
struct verdict {
    uint16_t id;
    size_t offset;
};

static struct verdict parse(unsigned kind, const char *line, size_t len, const struct smtpwire_options *options)
{
    struct smtpwire_command command;
    struct smtpwire_reply reply;
    struct smtpwire_capability capability;
    struct smtpwire_address address;
    struct smtpwire_error error;
    struct verdict verdict = {SMTPWIRE_ERROR_NONE, len + 1};
    int bad = kind == SMTPWIRE_EXPECTED_COMMAND ? smtpwire_command_parse(line, len, options, &command, &error)
              : kind == SMTPWIRE_EXPECTED_REPLY ? smtpwire_reply_parse(line, len, options, &reply, &error)
              : kind == SMTPWIRE_EXPECTED_CAPABILITY
                  ? smtpwire_capability_parse(line, len, options, &capability, &error)
              : kind == SMTPWIRE_EXPECTED_AUTH_RESPONSE ? smtpwire__auth_response(line, len, &error)
              : kind == SMTPWIRE_EXPECTED_REVERSE_PATH
                  ? smtpwire_reverse_path_parse(line, len, options, &address, NULL, &error)
              : kind == SMTPWIRE_EXPECTED_FORWARD_PATH
                  ? smtpwire_forward_path_parse(line, len, options, &address, NULL, &error)
              : kind == SMTPWIRE_EXPECTED_MAILBOX ? smtpwire_mailbox_parse(line, len, options, &address, NULL, &error)
                                                  : smtpwire_domain_parse(line, len, options, &address, NULL, &error);
    if (bad) {
        verdict.id = error.id;
        verdict.offset = (size_t)error.offset;
    }
    return verdict;
}

static int is_syntax(unsigned id)
{
    return id == SMTPWIRE_ERROR_ARGUMENT_SYNTAX || id == SMTPWIRE_ERROR_ADDRESS_SYNTAX ||
           id == SMTPWIRE_ERROR_UNREGISTERED_TAG || id == SMTPWIRE_ERROR_PARAMETER_SYNTAX ||
           id == SMTPWIRE_ERROR_PARAMETER_VALUE || id == SMTPWIRE_ERROR_CHUNK_SIZE ||
           id == SMTPWIRE_ERROR_AUTH_SYNTAX || id == SMTPWIRE_ERROR_REPLY_SYNTAX ||
           id == SMTPWIRE_ERROR_CAPABILITY_SYNTAX || id == SMTPWIRE_ERROR_SIZE_TOO_LARGE ||
           id == SMTPWIRE_ERROR_MESSAGE_TOO_LARGE;
}

/* A value that is long enough to have reached a limit, which parameter_value tells as well: an address behind an
 * encoding (RFC 5321 section 4.5.3.1), an identifier that has only so many octets left for the rest of it (RFC 1845
 * section 2). */
static int is_long_value(const char *octets, size_t len)
{
    static const struct {
        const char *head;
        size_t least;
    } long_values[] = {{"AUTH=", 63}, {"SUBMITTER=", 63}, {"ALT-ADDRESS=", 63}, {"ORCPT=utf-8;", 63}, {"TRANSID=", 78}};
    size_t begin = len, i;
    while (begin > 0 && octets[begin - 1] != ' ')
        begin--;
    for (i = 0; i < sizeof long_values / sizeof long_values[0]; i++) {
        const size_t head = strlen(long_values[i].head);
        if (len - begin >= head + long_values[i].least && strncasecmp(octets + begin, long_values[i].head, head) == 0)
            return 1;
    }
    return 0;
}

/* What no grammar says, and expected does not look at, behind the first len octets. */
static int is_beyond_grammar(const char *octets, size_t len, const struct verdict *v)
{
    const unsigned id = v->id;
    return id == SMTPWIRE_ERROR_LOCAL_PART_TOO_LONG || id == SMTPWIRE_ERROR_DOMAIN_TOO_LONG ||
           id == SMTPWIRE_ERROR_LABEL_TOO_LONG || id == SMTPWIRE_ERROR_PATH_TOO_LONG ||
           (id == SMTPWIRE_ERROR_PARAMETER_VALUE && is_long_value(octets, len));
}

/* What can stand behind the first len octets, which are in a block of their own. */
static int find(const struct line *line, const char *octets, size_t len, struct smtpwire_expected *expected)
{
    char *block = malloc(len != 0 ? len : 1);
    int found;
    if (block == NULL)
        abort();
    memcpy(block, octets, len);
    found = smtpwire_expected_find(line->kind, block, len, &line->options, expected);
    free(block);
    return found;
}

static int has(const struct smtpwire_expected *expected, unsigned octet)
{
    return (expected->octets[octet / 8] >> octet % 8 & 1) != 0;
}

/* ---- the properties ---- */

static void fail(const struct line *line, const char *octets, size_t len, const char *what, unsigned octet)
{
    size_t i;
    if (failed++ > 20)
        return;
    printf("FAILED: kind %u, offer %" PRIx64 ", lax %x, utf8 %u: %s 0x%02x behind ", line->kind,
           line->options.extensions, (unsigned)line->options.lax, line->options.smtputf8, what, octet);
    for (i = 0; i < len; i++)
        if (octets[i] >= 32 && octets[i] != 127)
            putchar(octets[i]);
        else
            printf("\\x%02x", (unsigned char)octets[i]);
    putchar('\n');
}

static int check_octet(const struct line *line, char *octets, size_t len, unsigned octet, int is_expected)
{
    struct verdict ended, v;
    octets[len] = (char)octet;
    octets[len + 1] = 1; /* which can stand nowhere */
    ended = parse(line->kind, octets, len + 1, &line->options);
    v = parse(line->kind, octets, len + 2, &line->options);
    if (!is_expected)
        return line->options.lax != 0 || (ended.offset <= len && v.offset <= len);
    /* A keyword that is not complete is one that is not known if nothing follows. */
    return is_beyond_grammar(octets, len, &v) || is_beyond_grammar(octets, len, &ended) ||
           (v.offset > len && (ended.offset > len || ended.id == SMTPWIRE_ERROR_PARAMETER_UNKNOWN));
}

static int check_octets(const struct line *line, char *octets, size_t len, const struct smtpwire_expected *expected)
{
    unsigned octet;
    for (octet = 1; octet < 256; octet++) {
        if (octet == '\r' || octet == '\n' || check_octet(line, octets, len, octet, has(expected, octet)))
            continue;
        fail(line, octets, len, has(expected, octet) ? "expected, but still wrong:" : "not expected, but good:", octet);
        return 0;
    }
    return 1;
}

/* Of what is expected, an octet that leads to the end sooner rather than later. */
static unsigned choose(const struct smtpwire_expected *expected)
{
    static const char sooner[] = "\">]@; :.";
    unsigned octet;
    for (octet = 0; sooner[octet] != '\0'; octet++)
        if (has(expected, (unsigned char)sooner[octet]))
            return (unsigned char)sooner[octet];
    for (octet = 255; octet != 0 && !has(expected, octet); octet--)
        ;
    return octet;
}

/* Goes on with what is expected until the line is complete; leaves octets as they were up to len. */
static int check_viable(const struct line *line, char *octets, size_t len)
{
    struct smtpwire_expected expected = {0};
    struct verdict v;
    size_t at;
    for (at = len; at < len + ROOM; at++) {
        const int found = find(line, octets, at, &expected);
        v = parse(line->kind, octets, at, &line->options);
        if (v.id == SMTPWIRE_ERROR_NONE && found && expected.end)
            return 1;
        if (is_beyond_grammar(octets, at, &v))
            return 1;
        if (expected.end || choose(&expected) == 0)
            break;
        octets[at] = (char)choose(&expected);
    }
    fail(line, octets, at, "no valid line begins so:", 0);
    return 0;
}

/* The words are printable, and a shorter buffer gets the beginning of them. */
static int check_words(const struct line *line, const char *octets, size_t len,
                       const struct smtpwire_expected *expected)
{
    char text[400], part[400];
    const size_t size = smtpwire_expected_write(expected, text, sizeof text), half = size / 2;
    size_t i;
    memset(part, '#', sizeof part);
    for (i = 0; i < size && i < sizeof text && text[i] >= 32 && text[i] < 127; i++)
        ;
    if (size != 0 && i == size && smtpwire_expected_write(expected, part, half) == size &&
        memcmp(text, part, half) == 0 && part[half] == '#')
        return 1;
    fail(line, octets, len, "no words:", (unsigned)size);
    return 0;
}

static void check(const struct line *line)
{
    const struct verdict v = parse(line->kind, line->octets, line->len, &line->options);
    static char octets[LINE_MAX_ + ROOM + 2];
    struct smtpwire_expected expected = {0};
    int good = 1;

    if (!is_syntax(v.id) || v.offset > line->len)
        return;
    memcpy(octets, line->octets, v.offset);
    refused++;
    if (find(line, octets, v.offset, &expected)) {
        good = check_words(line, octets, v.offset, &expected) && check_octets(line, octets, v.offset, &expected);
        good = good && (line->options.lax != 0 || check_viable(line, octets, v.offset));
    } else {
        good = check_octets(line, octets, v.offset, &expected);
    }
    passed += good ? 1 : 0;
}

/* ---- every state of the tables ---- */

enum { STATES = 1 << 14 };

/* The shortest word to each state behind start, with an octet behind it that can stand nowhere. */
static void check_states(unsigned start, unsigned kind, const char *head, const struct smtpwire_options *options)
{
    static unsigned before[STATES], queue[STATES];
    static unsigned char octet[STATES], seen[STATES];
    static struct line line;
    const size_t head_len = strlen(head);
    unsigned from, to, edge, state;
    size_t len;

    memset(seen, 0, sizeof seen);
    queue[0] = start;
    seen[start] = 1;
    for (from = 0, to = 1; from < to; from++) {
        for (state = queue[from], len = 0; state != start; state = before[state])
            len++;
        line.kind = kind;
        line.options = *options;
        line.len = head_len + len + 1;
        memcpy(line.octets, head, head_len);
        line.octets[head_len + len] = 1;
        for (state = queue[from]; state != start; state = before[state])
            line.octets[head_len + --len] = (char)octet[state];
        check(&line);
        state = queue[from];
        for (edge = smtpwire__expected_first[state]; edge < smtpwire__expected_first[state + 1]; edge++) {
            const unsigned target = smtpwire__expected_edge_target[edge] & (STATES - 1);
            if (seen[target])
                continue;
            seen[target] = 1;
            before[target] = state;
            octet[target] = smtpwire__expected_ranges[smtpwire__expected_set[smtpwire__expected_edge_set[edge]] + 1];
            queue[to++] = target;
        }
    }
}

static void check_all_states(void)
{
    static const struct smtpwire_options choices[] = {{.extensions = SMTPWIRE_OFFER_ALL, .smtputf8 = 1},
                                                      {.extensions = SMTPWIRE_OFFER_ALL},
                                                      {.lmtp = 1},
                                                      {.lmtp = 0}};
    char head[64];
    unsigned i, id, kind;
    for (i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        for (kind = 0; kind < SMTPWIRE_EXPECTED_KIND_COUNT; kind++)
            check_states(smtpwire__expected_kind[kind], kind, "", &choices[i]);
        for (id = 1; id < SMTPWIRE_PARAMETER_COUNT; id++) {
            const int mail = (smtpwire__parameters_allowed(&choices[0], SMTPWIRE_VERB_MAIL) >> id & 1) != 0;
            snprintf(head, sizeof head, "%s%s=", mail ? "MAIL FROM:<> " : "RCPT TO:<a@b> ",
                     smtpwire_parameter_name(id));
            if (smtpwire__parameter_form(id) != SMTPWIRE__VALUE_NONE)
                check_states(smtpwire__expected_value[id], SMTPWIRE_EXPECTED_COMMAND, head, &choices[i]);
        }
    }
}

/* ---- lines ---- */

static uint64_t state = UINT64_C(0x9E3779B97F4A7C15);

static unsigned below(size_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return limit != 0 ? (unsigned)((state >> 16) % limit) : 0;
}

static void add_line(unsigned kind, const struct smtpwire_options *options, const char *octets, size_t len)
{
    if (len > LINE_MAX_)
        return;
    lines = realloc(lines, (line_count + 1) * sizeof *lines);
    if (lines == NULL)
        abort();
    memset(&lines[line_count], 0, sizeof *lines);
    lines[line_count].kind = kind;
    lines[line_count].options = *options;
    lines[line_count].len = len;
    memcpy(lines[line_count].octets, octets, len);
    line_count++;
}

/* A line of this mode, as each thing that such a line may be. */
static void add(enum mode mode, const struct smtpwire_options *options, const char *octets, size_t len)
{
    static const unsigned kinds[][2] = {
        [MODE_SERVER] = {SMTPWIRE_EXPECTED_COMMAND, SMTPWIRE_EXPECTED_AUTH_RESPONSE},
        [MODE_CLIENT] = {SMTPWIRE_EXPECTED_REPLY, SMTPWIRE_EXPECTED_REPLY},
        [MODE_DATA] = {SMTPWIRE_EXPECTED_COMMAND, SMTPWIRE_EXPECTED_REPLY},
        [MODE_COMMAND] = {SMTPWIRE_EXPECTED_COMMAND, SMTPWIRE_EXPECTED_AUTH_RESPONSE},
        [MODE_REPLY] = {SMTPWIRE_EXPECTED_REPLY, SMTPWIRE_EXPECTED_REPLY},
        [MODE_CAPABILITY] = {SMTPWIRE_EXPECTED_CAPABILITY, SMTPWIRE_EXPECTED_CAPABILITY},
        [MODE_PATH] = {SMTPWIRE_EXPECTED_REVERSE_PATH, SMTPWIRE_EXPECTED_FORWARD_PATH},
        [MODE_MAILBOX] = {SMTPWIRE_EXPECTED_MAILBOX, SMTPWIRE_EXPECTED_MAILBOX},
        [MODE_DOMAIN] = {SMTPWIRE_EXPECTED_DOMAIN, SMTPWIRE_EXPECTED_DOMAIN},
    };
    if (mode > MODE_DOMAIN) /* the texts of replies, of which nothing is told */
        return;
    add_line(kinds[mode][0], options, octets, len);
    if (kinds[mode][1] != kinds[mode][0])
        add_line(kinds[mode][1], options, octets, len);
    if (mode == MODE_CLIENT && len > 4)
        add_line(SMTPWIRE_EXPECTED_CAPABILITY, options, octets + 4, len - 4);
}

static void collect(const struct vector *vector, const char *file, void *context)
{
    struct settings settings;
    struct text wire = {NULL, 0, 0};
    char words[400];
    size_t begin = 0, end;

    (void)context;
    if (vector_settings(vector, &settings, words, sizeof words) < 0) {
        printf("FAILED %s: %s\n", file, vector->title);
        failed++;
        return;
    }
    text_append(&wire, "", 0);
    text_expand(&wire, vector->wire.data, vector->wire.len, 0);
    for (end = 0; end <= wire.len; end++) {
        const int crlf = end + 1 < wire.len && wire.data[end] == '\r' && wire.data[end + 1] == '\n';
        if (!crlf && end != wire.len)
            continue;
        add(settings.mode, &settings.options, wire.data + begin, end - begin);
        begin = end + (crlf ? 2 : 0);
        end += crlf ? 1 : 0;
    }
    free(wire.data);
}

static char any_octet(void)
{
    static const char likely[] =
        "<>@.,:;=\"\\[]+-_*{}xX IPv6:0123456789abcdefABCDEFzZ\xC3\xA9\xE2\x82\xAC\xF0\x9F\x80\x01\x7F";
    return below(6) == 0 ? (char)(1 + below(255)) : likely[below(sizeof likely - 1)];
}

static void mutate(struct line *line)
{
    const struct line *other = &lines[below(line_count)];
    const size_t at = below(line->len + 1);
    size_t from, len = line->len - at;

    switch (below(7)) {
    case 4: /* repeat some of it, from behind a blank on: parameters above all */
        for (from = at; from > 0 && line->octets[from - 1] != ' '; from--)
            ;
        len = line->len + 1 + (at - from) <= LINE_MAX_ ? at - from : 0;
        line->octets[line->len] = ' ';
        memmove(line->octets + line->len + 1, line->octets + from, len);
        line->len += len != 0 ? 1 + len : 0;
        break;
    case 0: /* insert */
        if (line->len == LINE_MAX_)
            break;
        memmove(line->octets + at + 1, line->octets + at, len);
        line->octets[at] = any_octet();
        line->len++;
        break;
    case 1: /* remove a few */
        from = len != 0 ? 1 + below(len < 4 ? len : 4) : 0;
        memmove(line->octets + at, line->octets + at + from, len - from);
        line->len -= from;
        break;
    case 2: /* cut off */
        line->len = at;
        break;
    case 3: /* the end of another line */
        from = below(other->len + 1);
        len = other->len - from < LINE_MAX_ - at ? other->len - from : LINE_MAX_ - at;
        memmove(line->octets + at, other->octets + from, len);
        line->len = at + len;
        break;
    default: /* replace */
        if (len != 0)
            line->octets[at] = any_octet();
        break;
    }
}

static void mutate_options(struct smtpwire_options *options)
{
    if (below(2) == 0)
        options->lax = 0;
    if (below(3) == 0)
        options->smtputf8 = (uint8_t)below(2);
    if (below(4) == 0)
        options->extensions = below(3) == 0 ? 0 : state & SMTPWIRE_OFFER_ALL;
    if (below(4) == 0)
        options->message_max = below(3000);
}

static void check_mutations(unsigned long count)
{
    static struct line line;
    unsigned long done;
    unsigned times;
    for (done = 0; done < count; done++) {
        line = lines[below(line_count)];
        mutate_options(&line.options);
        for (times = 1 + below(3); times != 0; times--)
            mutate(&line);
        check(&line);
    }
}

int main(int argc, char **argv)
{
    size_t from_states, from_vectors;
    int i;
    for (i = 2; i < argc; i++)
        if (vector_file_read(argv[i], collect, NULL) < 0)
            failed++;
    if (argc < 3 || line_count == 0)
        return 2;
    check_all_states();
    from_states = refused;
    for (from_vectors = 0; from_vectors < line_count; from_vectors++)
        check(&lines[from_vectors]);
    from_vectors = refused - from_states;
    check_mutations(strtoul(argv[1], NULL, 10));
    printf("refused for their syntax: %zu words to states, %zu of %zu lines of vectors, %zu mutations of such\n",
           from_states, from_vectors, line_count, refused - from_states - from_vectors);
    free(lines);
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed != 0;
}
