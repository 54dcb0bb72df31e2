/* Checks of single results, shared by all targets; fuzz/stream.c has those of streams. */
#include "oracle.h"

#ifndef ANALYZER
int oracle_counts(const char *function, const char *condition)
{
    const char *without = getenv("ORACLE_WITHOUT");
    const size_t len = strlen(function);
    for (; without != NULL && *without != '\0'; without += *without == ';') {
        const size_t whole = strcspn(without, ";");
        if (whole >= len && strncmp(without, function, len) == 0 &&
            (whole == len || (whole >= len + 2 && strncmp(without + len, ": ", 2) == 0 &&
                              strncmp(without + len + 2, condition, whole - len - 2) == 0)))
            return 0;
        without += whole;
    }
    return 1;
}
#endif

uint64_t oracle_hash(uint64_t hash, const void *data, size_t len)
{
    const unsigned char *octets = data;
    size_t i;
    for (i = 0; i < len; i++)
        hash = (hash ^ octets[i]) * UINT64_C(1099511628211);
    return hash;
}

uint64_t oracle_seed(const char *data, size_t len) { return oracle_hash(UINT64_C(14695981039346656037), data, len); }

void oracle_slice(struct smtpwire_slice slice, const char *buffer, size_t len, uint64_t buffer_at, const char *input,
                  size_t input_len)
{
    size_t inside;
    if (slice.len == 0)
        return;
    ORACLE(slice.data >= buffer && slice.data < buffer + len);
    if (slice.data < buffer || slice.data >= buffer + len)
        return; /* the check may have been left out */
    inside = (size_t)(slice.data - buffer);
    ORACLE(slice.len <= len - inside);
    ORACLE(buffer_at + inside + slice.len <= input_len);
    ORACLE(memcmp(slice.data, input + buffer_at + inside, slice.len) == 0);
}

char *oracle_block(const char *data, size_t len)
{
    static int room = -1;
    char *block;
    if (room < 0)
        room = oracle_counts(__func__, "") ? 0 : 4096;
    block = malloc(len + (size_t)room);
    ORACLE(block != NULL || len == 0);
    if (block != NULL && len != 0)
        memcpy(block, data, len);
    return block;
}

void oracle_release(char *block, size_t len)
{
    if (len != 0)
        memset(block, 0xEE, len);
    free(block);
}

void oracle_options(struct smtpwire_options *options, unsigned lax, unsigned other)
{
#define LAX_BIT(id, bit, name, text) 1U << (bit),
    static const uint32_t bits[] = {SMTPWIRE_LENIENCIES(LAX_BIT)};
    const size_t count = sizeof bits / sizeof bits[0];
    size_t i;
    memset(options, 0, sizeof *options);
    /* None, one, or by a hash many of them. */
    if (lax >= 1 && lax <= count)
        options->lax = bits[lax - 1];
    else if (lax > count)
        for (i = 0; i < count; i++)
            if (oracle_hash(lax, &i, sizeof i) >> 40 & 1)
                options->lax |= bits[i];
    options->smtputf8 = other & 1;
    options->lmtp = other >> 1 & 1;
    options->extensions = (other >> 2 & 3) == 3   ? oracle_hash(other, "extensions", 10) & SMTPWIRE_OFFER_ALL
                          : (other >> 2 & 3) == 2 ? 0
                                                  : SMTPWIRE_OFFER_ALL;
    options->content[SMTPWIRE_CONTENT_BARE_LF] = (uint8_t)(other >> 4 & 3);
    options->content[SMTPWIRE_CONTENT_BARE_CR] = (uint8_t)(other >> 6 & 3);
    options->content[SMTPWIRE_CONTENT_NUL] = (uint8_t)(lax % 3);
    ORACLE(smtpwire_options_check(options) == 0);
}

void oracle_error(const struct smtpwire_error *error, size_t len)
{
    ORACLE(error->id != SMTPWIRE_ERROR_NONE && error->id < SMTPWIRE_ERROR_COUNT);
    ORACLE(error->offset <= len);
    ORACLE(error->code == 0 || (error->code >= 400 && error->code <= 559));
    ORACLE(error->code == 0 || error->enhanced[0] == error->code / 100);
    ORACLE(smtpwire_error_name(error->id)[0] != '\0');
}

int oracle_compares(const void *data, size_t len, unsigned every)
{
    return len <= 2048 && (every == 1 || (oracle_seed(data, len) >> 40) % every == 0);
}

void oracle_same(const char *difference)
{
    if (difference != NULL && oracle_counts(__func__, difference)) {
        fprintf(stderr, "oracle: oracle_same: %s\n", difference);
        abort();
    }
}

static void same_slice(struct smtpwire_slice a, struct smtpwire_slice b, int any_case)
{
    size_t i;
    ORACLE(a.len == b.len);
    for (i = 0; i < a.len; i++) {
        const int fold =
            any_case && ((a.data[i] ^ b.data[i]) & 0xDF) == 0 && (a.data[i] | 0x20) >= 'a' && (a.data[i] | 0x20) <= 'z';
        ORACLE(a.data[i] == b.data[i] || fold);
    }
}

/* Single spaces are written where a HTAB may have been read. */
static void same_parameters(struct smtpwire_slice read, struct smtpwire_slice again)
{
    size_t i;
    ORACLE(read.len == again.len);
    for (i = 0; i < read.len; i++)
        ORACLE(read.data[i] == again.data[i] || (read.data[i] == '\t' && again.data[i] == ' '));
}

static void same_command(const struct smtpwire_command *a, const struct smtpwire_command *b)
{
    ORACLE(a->verb == b->verb && a->last == b->last && a->chunk_size == b->chunk_size);
    /* What is written is as strict as it can be: what a leniency let in may not need it any more. */
    ORACLE((b->flags & ~a->flags) == 0 && (a->flags & ~b->flags & ~(uint32_t)SMTPWIRE_FLAG_LENIENT) == 0);
    same_slice(a->name, b->name, 1);
    if (a->address.path.len != 0 ||
        (a->flags & SMTPWIRE_FLAG_LENIENT) == 0) /* brackets that were missing are written */
        same_slice(a->address.path, b->address.path, 0);
    same_slice(a->address.route, b->address.route, 0);
    same_slice(a->address.local, b->address.local, 0);
    same_slice(a->address.domain, b->address.domain, 0);
    same_slice(a->address.literal, b->address.literal, 0);
    same_parameters(a->parameters, b->parameters);
    same_slice(a->argument, b->argument, 0);
    same_slice(a->initial, b->initial, 0);
}

/* RFC 3629 section 4. */
static void check_utf8(const char *text, size_t len)
{
    size_t i = 0, more;
    while (i < len) {
        const unsigned char first = (unsigned char)text[i++];
        const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (first < 0x80)
            continue;
        ORACLE(first >= 0xC2 && first <= 0xF4);
        more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
        ORACLE(more <= len - i && (unsigned char)text[i] >= low && (unsigned char)text[i] <= high);
        for (i++; --more != 0; i++)
            ORACLE(((unsigned char)text[i] & 0xC0) == 0x80);
    }
}

int oracle_command_parse(const char *line, size_t len, const struct smtpwire_options *options,
                         struct smtpwire_command *command, struct smtpwire_error *error)
{
#ifdef SMTPWIRE_COUNT_STEPS
    extern uint64_t smtpwire__steps;
    const uint64_t before = smtpwire__steps;
    const int result = smtpwire_command_parse(line, len, options, command, error);
    ORACLE(smtpwire__steps - before <= 8 * (uint64_t)len + 64);
    return result;
#else
    return smtpwire_command_parse(line, len, options, command, error);
#endif
}

void oracle_command_round_trip(const struct smtpwire_command *command, const struct smtpwire_options *options)
{
    struct smtpwire_command again;
    struct smtpwire_error error;
    struct smtpwire_options copy;
    char *line;
    ptrdiff_t len;

    /* A recipient's SMTPUTF8 is the transaction's, of which a single line says nothing. */
    memset(&copy, 0, sizeof copy);
    if (options != NULL)
        copy = *options;
    if (command->verb == SMTPWIRE_VERB_RCPT && (command->flags & SMTPWIRE_FLAG_UTF8) != 0)
        copy.smtputf8 = 1;
    copy.limit[SMTPWIRE_LIMIT_COMMAND_LINE] = 1 << 20;
    if (command->address.path.data == NULL) /* missing_brackets: what it gets them back for may be too long with them */
        copy.limit[SMTPWIRE_LIMIT_PATH] = 1 << 20;
    len = smtpwire_command_write(command, &copy, NULL, 0, &error);
    ORACLE(len > 2);
    line = malloc((size_t)len);
    ORACLE(line != NULL);
    ORACLE(smtpwire_command_write(command, &copy, line, (size_t)len, &error) == len);
    ORACLE(line[len - 2] == '\r' && line[len - 1] == '\n');
    ORACLE(memchr(line, '\r', (size_t)len - 2) == NULL && memchr(line, '\n', (size_t)len - 2) == NULL);
    ORACLE(smtpwire_command_parse(line, (size_t)len - 2, &copy, &again, &error) == 0);
    same_command(command, &again);
    if ((command->flags & SMTPWIRE_FLAG_EIGHT_BIT) == 0) /* of an unknown command only the name is read */
        check_utf8(line, (size_t)len);
    free(line);
}

void oracle_reply_round_trip(const struct smtpwire_reply *reply, const struct smtpwire_options *options)
{
    struct smtpwire_reply again;
    struct smtpwire_error error;
    struct smtpwire_options copy;
    char *line;
    ptrdiff_t len;

    /* The writer is stricter than the parser in octets over 127, and folds long lines; it writes whole replies. */
    if (!reply->last || (reply->flags & (SMTPWIRE_FLAG_EIGHT_BIT | SMTPWIRE_FLAG_LONG_LINE)) != 0)
        return;
    if ((reply->flags & SMTPWIRE_FLAG_CLASS_MISMATCH) != 0) /* its text begins with what would be a status code */
        return;
    memset(&copy, 0, sizeof copy);
    if (options != NULL)
        copy = *options;
    len = smtpwire_reply_write(reply, &copy, NULL, 0, &error);
    ORACLE(len > 2);
    line = malloc((size_t)len);
    ORACLE(line != NULL);
    ORACLE(smtpwire_reply_write(reply, &copy, line, (size_t)len, &error) == len);
    if (len <= 512) {
        ORACLE(smtpwire_reply_parse(line, (size_t)len - 2, &copy, &again, &error) == 0);
        ORACLE(again.code == reply->code && again.last == 1);
        ORACLE(memcmp(again.enhanced, reply->enhanced, sizeof again.enhanced) == 0);
        same_slice(again.text, reply->text, 0);
    }
    free(line);
}
