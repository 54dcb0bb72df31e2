/* Fuzzes paths, mailboxes and domains: the first octet chooses the leniencies, the rest is judged as each of them, in
 * ASCII and with UTF-8. What is accepted is written again as it was; a local part is decoded and encoded again. */
#include "oracle.h"
#include "reference/compare.h"

typedef int (*parser)(const char *, size_t, const struct smtpwire_options *, struct smtpwire_address *, uint32_t *,
                      struct smtpwire_error *);
typedef ptrdiff_t (*writer)(const struct smtpwire_address *, const struct smtpwire_options *, char *, size_t,
                            struct smtpwire_error *);

static void check_local(struct smtpwire_slice local, const struct smtpwire_options *options)
{
    struct smtpwire_error error;
    char *text = malloc(local.len + 1), again[64 + 4], twice[64 + 4];
    ptrdiff_t len = smtpwire_local_part_decode(local.data, local.len, options, text, local.len, &error), written;
    ORACLE(text != NULL && len >= 0 && (size_t)len <= local.len);
    written = smtpwire_local_part_write(text, (size_t)len, options, again, sizeof again, &error);
    ORACLE(written >= 0 && (size_t)written <= local.len);
    ORACLE(smtpwire_local_part_decode(again, (size_t)written, options, twice, sizeof twice, &error) == len);
    ORACLE(memcmp(twice, text, (size_t)len) == 0);
    free(text);
}

static void judge(const char *text, size_t len, const struct smtpwire_options *options, parser parse, writer write)
{
    struct smtpwire_address address;
    struct smtpwire_error error;
    uint32_t flags = 0;
    char *again;
    ptrdiff_t written;

    memset(&address, 0xA5, sizeof address);
    if (parse(text, len, options, &address, &flags, &error) < 0) {
        oracle_error(&error, len);
        return;
    }
    oracle_slice(address.path, text, len, 0, text, len);
    oracle_slice(address.route, text, len, 0, text, len);
    oracle_slice(address.local, text, len, 0, text, len);
    oracle_slice(address.domain, text, len, 0, text, len);
    oracle_slice(address.literal, text, len, 0, text, len);
    if (address.local.len != 0 && options->lax == 0)
        check_local(address.local, options);
    if (write == NULL)
        return;
    again = malloc(len);
    ORACLE(again != NULL);
    written = write(&address, options, again, len, &error);
    ORACLE(written == (ptrdiff_t)len && memcmp(again, text, len) == 0);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct smtpwire_options options;
    char *text;
    unsigned utf8;
    if (size == 0)
        return 0;
    text = oracle_block((const char *)data + 1, size - 1);
    for (utf8 = 0; utf8 < 2; utf8++) {
        oracle_options(&options, data[0], utf8);
        oracle_address_t0(text, size - 1, &options);
        if (oracle_compares(text, size - 1, 1))
            oracle_same(reference_compare_address((const uint8_t *)text, size - 1, &options));
        judge(text, size - 1, &options, smtpwire_reverse_path_parse, smtpwire_reverse_path_write);
        judge(text, size - 1, &options, smtpwire_forward_path_parse, smtpwire_forward_path_write);
        judge(text, size - 1, &options, smtpwire_mailbox_parse, smtpwire_mailbox_write);
        judge(text, size - 1, &options, smtpwire_domain_parse, NULL);
    }
    oracle_release(text, size - 1);
    return 0;
}
