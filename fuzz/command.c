/* Fuzzes one command line. The input is the line without its CRLF; it is judged with nothing, with everything offered,
 * and under options from a hash of its first four octets. What is accepted is written and read again; parts of it that
 * are values are judged as values. Some of its first octets are judged once more, as a line behind which the others
 * may be read. */
#include "oracle.h"
#include "reference/compare.h"

static void check_spans(const struct smtpwire_command *c, const char *line, size_t len)
{
    const struct smtpwire_address *a = &c->address;
    const struct smtpwire_slice slices[] = {c->name,    a->path,       a->route,    a->local,  a->domain,
                                            a->literal, c->parameters, c->argument, c->initial};
    size_t i;
    for (i = 0; i < sizeof slices / sizeof slices[0]; i++)
        oracle_slice(slices[i], line, len, 0, line, len);
}

/* A path within a command is a path by itself. */
static void check_path(const struct smtpwire_command *c, const struct smtpwire_options *options)
{
    struct smtpwire_options copy;
    struct smtpwire_address address;
    struct smtpwire_error error;
    uint32_t flags;
    int result;
    memset(&copy, 0, sizeof copy);
    if (options != NULL)
        copy = *options;
    if ((c->flags & (SMTPWIRE_FLAG_UTF8 | SMTPWIRE_FLAG_SMTPUTF8)) != 0)
        copy.smtputf8 = 1;
    if (c->address.path.len == 0)
        return;
    if (c->verb == SMTPWIRE_VERB_RCPT)
        result =
            smtpwire_forward_path_parse(c->address.path.data, c->address.path.len, &copy, &address, &flags, &error);
    else
        result =
            smtpwire_reverse_path_parse(c->address.path.data, c->address.path.len, &copy, &address, &flags, &error);
    ORACLE(result == 0);
    ORACLE(address.local.data == c->address.local.data && address.local.len == c->address.local.len);
    ORACLE(address.domain.data == c->address.domain.data && address.domain.len == c->address.domain.len);
}

static void judge(const char *line, size_t len, const struct smtpwire_options *options)
{
    struct smtpwire_command command;
    struct smtpwire_error error;
    struct smtpwire_slice rest;
    struct smtpwire_parameter parameter;
    const struct smtpwire_options strict = {0};

    oracle_command_t0(line, len, options);
    if (oracle_compares(line, len, 1))
        oracle_same(reference_compare_command((const uint8_t *)line, len, options != NULL ? options : &strict));
    memset(&command, 0xA5, sizeof command);
    memset(&error, 0xA5, sizeof error);
    if (oracle_command_parse(line, len, options, &command, &error) < 0) {
        oracle_error(&error, len);
        check_spans(&command, line, len);
        return;
    }
    ORACLE(command.verb < SMTPWIRE_VERB_COUNT);
    check_spans(&command, line, len);
    check_path(&command, options);
    for (rest = command.parameters; smtpwire_parameter_next(&rest, &parameter);) {
        oracle_slice(parameter.keyword, line, len, 0, line, len);
        oracle_slice(parameter.value, line, len, 0, line, len);
    }
    oracle_command_round_trip(&command, options);
}

/* What may be read behind a line (options.padding) means nothing. */
static void check_padding(const char *data, size_t size, size_t len, const struct smtpwire_options *options)
{
    enum { PADDING = 64 };
    const size_t behind = size - len < PADDING ? size - len : PADDING;
    struct smtpwire_options with = *options, without = *options;
    struct smtpwire_command command, plain;
    struct smtpwire_error error, plain_error;
    char *line = malloc(len + PADDING);
    int result;

    ORACLE(line != NULL);
    memset(line, 'x', len + PADDING);
    if (size != 0)
        memcpy(line, data, len + behind);
    with.padding = PADDING;
    without.padding = 0;
    memset(&error, 0, sizeof error);
    memset(&plain_error, 0, sizeof plain_error);
    result = oracle_command_parse(line, len, &with, &command, &error);
    ORACLE(smtpwire_command_parse(line, len, &without, &plain, &plain_error) == result);
    ORACLE(memcmp(&error, &plain_error, sizeof error) == 0);
    ORACLE(result < 0 || memcmp(&command, &plain, sizeof command) == 0);
    free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct smtpwire_options everything = {.extensions = SMTPWIRE_OFFER_ALL};
    const uint64_t seed = oracle_seed((const char *)data, size < 4 ? size : 4);
    struct smtpwire_options options;
    char *line = oracle_block((const char *)data, size);

    judge(line, size, NULL);
    judge(line, size, &everything);
    oracle_options(&options, (unsigned)(seed >> 8 & 63), (unsigned)(seed >> 16 & 255));
    judge(line, size, &options);
    check_padding(line, size, (size_t)(oracle_seed((const char *)data, size) % (size + 1)), &everything);
    check_padding(line, size, (size_t)(oracle_seed((const char *)data, size) % (size + 1)), &options);
    oracle_release(line, size);
    return 0;
}
