/* Fuzzes the server's session in LMTP: LHLO, a reply for each recipient behind the content. The input is what a client
 * sends; everything is offered, and every good command is answered positively. */
#include "oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct smtpwire_options options = {.lmtp = 1, .extensions = SMTPWIRE_OFFER_ALL};
    oracle_stream(&(struct oracle_stream){
        .kind = ORACLE_SERVER, .options = &options, .input = (const char *)data, .size = size, .positive = 1});
    return 0;
}
