/* Fuzzes one reply line: the input is the line without its CRLF, judged strictly and with every leniency. What is
 * accepted is written and read again, and its text is read as what some replies say to machines. */
#include "oracle.h"
#include "reference/compare.h"

static void said(struct smtpwire_slice text, const struct smtpwire_options *options)
{
    struct smtpwire_greeting greeting;
    struct smtpwire_address address, path;
    struct smtpwire_slice challenge;
    struct smtpwire_error error;
    uint32_t flags;
    const int any = smtpwire_greeting_parse(text.data, text.len, options, &greeting, &error);
    if (any == 0) {
        oracle_slice(greeting.text, text.data, text.len, 0, text.data, text.len);
        ORACLE((greeting.address.domain.len != 0) != (greeting.address.literal.len != 0));
    } else {
        ORACLE(error.code == 0 && error.offset <= text.len);
    }
    if (smtpwire_ehlo_greeting_parse(text.data, text.len, options, &greeting, &error) == 0)
        ORACLE(any == 0 && greeting.address.literal.len == 0);
    if (smtpwire_forward_text_parse(text.data, text.len, options, &address, &flags, &error) == 0) {
        oracle_slice(address.path, text.data, text.len, 0, text.data, text.len);
        ORACLE(smtpwire_forward_path_parse(address.path.data, address.path.len, options, &path, &flags, &error) == 0);
    } else {
        ORACLE(error.code == 0 && error.offset <= text.len);
    }
    if (smtpwire_challenge_parse(text.data, text.len, &challenge, &error) == 0)
        ORACLE(challenge.len == text.len);
}

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
    said(reply.text, options);
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
