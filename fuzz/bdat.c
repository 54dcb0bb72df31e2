/* Fuzzes content by count (RFC 3030): the input is what a client sends behind EHLO, MAIL and RCPT, which are put before
 * it, so that BDAT is in order from the first octet on. */
#include "oracle.h"

#define HEAD "EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct smtpwire_options options = {.extensions = SMTPWIRE_OFFER_ALL, .message_max = 1 << 20};
    const size_t head = sizeof HEAD - 1;
    char *input = malloc(head + size);

    ORACLE(input != NULL);
    memcpy(input, HEAD, head);
    if (size != 0)
        memcpy(input + head, data, size);
    oracle_stream(&(struct oracle_stream){
        .kind = ORACLE_SERVER, .options = &options, .input = input, .size = head + size, .positive = 1});
    free(input);
    return 0;
}
