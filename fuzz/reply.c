/* Fuzzes one reply line: the input is the line without its CRLF, judged strictly and with every leniency. What is
 * accepted is written and read again. */
#include "oracle.h"
#include "reference/compare.h"

static void judge(const char *line, size_t len, const struct smtpwire_options *options)
{
    struct smtpwire_reply reply;
    struct smtpwire_error error;
    oracle_reply_t0(line, len, options);
    if (oracle_compares(line, len, 1)) {
        oracle_same(reference_compare_reply((const uint8_t *)line, len, options));
        oracle_same(reference_compare_reply_text((const uint8_t *)line, len, options));
    }
    memset(&reply, 0xA5, sizeof reply);
    memset(&error, 0xA5, sizeof error);
    if (smtpwire_reply_parse(line, len, options, &reply, &error) < 0) {
        ORACLE(error.id != SMTPWIRE_ERROR_NONE && error.id < SMTPWIRE_ERROR_COUNT && error.offset <= len);
        ORACLE(reply.code <= 999);
        return;
    }
    oracle_slice(reply.text, line, len, 0, line, len);
    ORACLE(reply.code >= 200 || options->lax != 0);
    ORACLE(reply.enhanced[0] == 0 || reply.enhanced[0] == reply.code / 100);
    ORACLE(reply.enhanced[1] <= 999 && reply.enhanced[2] <= 999);
    if (options->lax == 0)
        oracle_reply_round_trip(&reply, options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smtpwire_options options;
    char *line = oracle_block((const char *)data, size);
    memset(&options, 0, sizeof options);
    judge(line, size, &options);
#define LAX_BIT(id, bit, name, text) | 1U << (bit)
    options.lax = 0 SMTPWIRE_LENIENCIES(LAX_BIT);
    judge(line, size, &options);
    oracle_release(line, size);
    return 0;
}
