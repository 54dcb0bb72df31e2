/* Fuzzes xtext both ways: the input is decoded as it stands, and encoded and decoded again. */
#include "oracle.h"
#include "reference/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = oracle_block((const char *)data, size), *out = malloc(size + 1), *encoded = malloc(3 * size + 1);
    struct smtpwire_error error;
    ptrdiff_t len, written;
    size_t i, control = 0;

    ORACLE(out != NULL && encoded != NULL);
    if (oracle_compares(data, size, 1))
        oracle_same(reference_compare_xtext(data, size));
    len = smtpwire_xtext_decode((struct smtpwire_slice){text, size}, out, size);
    ORACLE(len >= -1 && len <= (ptrdiff_t)size);
    ORACLE(smtpwire_xtext_decode((struct smtpwire_slice){text, size}, NULL, 0) == len);
    for (i = 0; len > 0 && i < (size_t)len; i++)
        ORACLE((unsigned char)out[i] >= 32 && out[i] != 127);
    written = smtpwire_xtext_write(text, size, encoded, 3 * size, &error);
    ORACLE(written >= (ptrdiff_t)size && written <= 3 * (ptrdiff_t)size);
    for (i = 0; i < (size_t)written; i++)
        ORACLE(encoded[i] > 32 && encoded[i] < 127 && encoded[i] != '=');
    for (i = 0; i < size; i++)
        control += data[i] < 32 || data[i] == 127;
    len = smtpwire_xtext_decode((struct smtpwire_slice){encoded, (size_t)written}, out, size);
    ORACLE(control != 0 ? len == -1 : len == (ptrdiff_t)size && memcmp(out, data, size) == 0);
    oracle_release(text, size);
    free(out);
    free(encoded);
    return 0;
}
