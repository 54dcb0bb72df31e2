/* Fuzzes the client's session. The first octet chooses what was sent (scripts below; 128 and more: in LMTP), the rest
 * is what a server sends. Every command is told to the session as soon as it takes it. */
#include "oracle.h"

#define VERB(name) SMTPWIRE_VERB_##name
static const struct {
    uint8_t verb[12], count;
} scripts[] = {
    {{VERB(EHLO), VERB(MAIL), VERB(RCPT), VERB(RCPT), VERB(DATA), VERB(QUIT)}, 6},
    {{VERB(EHLO), VERB(MAIL), VERB(RCPT), VERB(BDAT), VERB(BDAT_LAST), VERB(RSET), VERB(QUIT)}, 7},
    {{VERB(EHLO), VERB(AUTH), VERB(AUTH_RESPONSE), VERB(AUTH_RESPONSE), VERB(NOOP)}, 5},
    {{VERB(EHLO), VERB(STARTTLS)}, 2},
    {{VERB(EHLO)}, 1},
    {{VERB(HELO), VERB(VRFY), VERB(EXPN), VERB(HELP), VERB(UNKNOWN), VERB(NOOP)}, 6},
    {{0}, 0},
    {{VERB(MAIL), VERB(RCPT), VERB(DATA), VERB(MAIL), VERB(RCPT), VERB(DATA)}, 6},
    {{VERB(LHLO), VERB(MAIL), VERB(RCPT), VERB(RCPT), VERB(RCPT), VERB(DATA), VERB(RSET), VERB(QUIT)}, 8},
    {{VERB(LHLO), VERB(MAIL), VERB(RCPT), VERB(RCPT), VERB(BDAT_LAST), VERB(BDAT_LAST), VERB(QUIT)}, 7},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct smtpwire_options options;
    size_t script;
    if (size == 0)
        return 0;
    script = data[0] % (sizeof scripts / sizeof scripts[0]);
    options.lmtp = data[0] >= 128;
    oracle_stream(&(struct oracle_stream){.kind = ORACLE_CLIENT,
                                          .options = &options,
                                          .input = (const char *)data + 1,
                                          .size = size - 1,
                                          .sent = scripts[script].verb,
                                          .sent_count = scripts[script].count});
    return 0;
}
