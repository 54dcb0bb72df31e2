/* Fuzzes parameters: the input is what stands behind "MAIL FROM:<a@b> " and behind "RCPT TO:<a@b> ", with everything
 * offered, strictly and with the leniencies that concern parameters. Each typed value is in its bounds; each parameter
 * is written again as it was, and from its value alone to what means the same. */
#include "oracle.h"
#include "reference/compare.h"
#include "same_values.h"

static void check_date(const struct smtpwire_date_time *t)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int leap = t->year % 4 == 0 && (t->year % 100 != 0 || t->year % 400 == 0);
    ORACLE(t->year <= 9999 && t->month >= 1 && t->month <= 12 && t->day >= 1);
    ORACLE(t->day <= days[t->month - 1] + (t->month == 2 && leap));
    ORACLE(t->hour <= 23 && t->minute <= 59 && t->second <= 60 && t->offset >= -1439 && t->offset <= 1439);
}

static void check_value(const struct smtpwire_parameter *p)
{
    switch (p->id) {
    case SMTPWIRE_PARAMETER_SIZE:
        ORACLE(p->value.len >= 1 && p->value.len <= 20);
        break;
    case SMTPWIRE_PARAMETER_BODY:
        ORACLE(p->body <= SMTPWIRE_BODY_BINARYMIME);
        break;
    case SMTPWIRE_PARAMETER_NOTIFY:
        ORACLE(p->notify <= 7);
        break;
    case SMTPWIRE_PARAMETER_BY:
        ORACLE(p->by.seconds >= -999999999 && p->by.seconds <= 999999999);
        ORACLE(p->by.mode == 'N' || (p->by.mode == 'R' && p->by.seconds > 0));
        break;
    case SMTPWIRE_PARAMETER_HOLDFOR:
        ORACLE(p->hold_for >= 1 && p->hold_for <= 999999999);
        break;
    case SMTPWIRE_PARAMETER_HOLDUNTIL:
        check_date(&p->hold_until);
        ORACLE(p->hold_until.offset == 0);
        break;
    case SMTPWIRE_PARAMETER_RRVS:
        check_date(&p->rrvs.since);
        ORACLE(p->rrvs.no_support == 0 || p->rrvs.no_support == 'C' || p->rrvs.no_support == 'R');
        break;
    case SMTPWIRE_PARAMETER_MT_PRIORITY:
        ORACLE(p->priority >= -9 && p->priority <= 9);
        break;
    case SMTPWIRE_PARAMETER_MTRK:
        ORACLE(p->mtrk.certifier.len != 0 && p->mtrk.timeout <= 999999999);
        break;
    case SMTPWIRE_PARAMETER_ENVID:
        ORACLE(p->value.len <= 100);
        break;
    default:
        break;
    }
    ORACLE(p->value.data == NULL || p->value.len != 0);
}

static void check_xtext(const struct smtpwire_parameter *p)
{
    char *text, *again;
    ptrdiff_t len, i;
    struct smtpwire_error error;
    if (p->id != SMTPWIRE_PARAMETER_ENVID && p->id != SMTPWIRE_PARAMETER_AUTH && p->id != SMTPWIRE_PARAMETER_SUBMITTER)
        return;
    len = smtpwire_xtext_decode(p->value, NULL, 0);
    ORACLE(len >= 0 && (size_t)len <= p->value.len);
    text = malloc((size_t)len + 1);
    again = malloc(3 * (size_t)len + 1);
    ORACLE(text != NULL && again != NULL && smtpwire_xtext_decode(p->value, text, (size_t)len) == len);
    for (i = 0; i < len; i++)
        ORACLE((unsigned char)text[i] >= 32 && text[i] != 127);
    i = smtpwire_xtext_write(text, (size_t)len, again, 3 * (size_t)len, &error);
    ORACLE(i >= 0 && i <= 3 * len);
    ORACLE(smtpwire_xtext_decode((struct smtpwire_slice){again, (size_t)i}, NULL, 0) == len);
    free(text);
    free(again);
}

static void check_written(const struct smtpwire_parameter *p, const struct smtpwire_options *options)
{
    const size_t len = p->keyword.len + (p->value.data != NULL ? 1 + p->value.len : 0);
    struct smtpwire_error error;
    struct smtpwire_options copy = *options;
    char *again = malloc(len);
    copy.smtputf8 = 1;
    ORACLE(again != NULL && smtpwire_parameter_write(p, &copy, again, len, &error) == (ptrdiff_t)len);
    ORACLE(memcmp(again, p->keyword.data, len) == 0); /* keyword, "=" and value adjoin */
    free(again);
}

/* Written from its value alone, it is read as the same. */
static void check_typed(const struct smtpwire_parameter *p, const struct smtpwire_options *options)
{
    struct smtpwire_error error;
    struct smtpwire_options copy = *options;
    struct smtpwire_parameter read;
    struct smtpwire_slice rest;
    ptrdiff_t len;
    char *again;
    if (p->id == SMTPWIRE_PARAMETER_UNKNOWN)
        return;
    copy.smtputf8 = 1;
    len = smtpwire_typed_parameter_write(p, &copy, NULL, 0, &error);
    ORACLE(len > 0);
    again = malloc((size_t)len);
    ORACLE(again != NULL && smtpwire_typed_parameter_write(p, &copy, again, (size_t)len, &error) == len);
    rest = (struct smtpwire_slice){again, (size_t)len};
    ORACLE(smtpwire_parameter_next(&rest, &read) && rest.len == 0 && same_values(&read, p));
    free(again);
}

static void judge(const char *head, const uint8_t *data, size_t size, uint32_t lax)
{
    const struct smtpwire_options options = {.lax = lax, .extensions = SMTPWIRE_OFFER_ALL};
    const size_t len = strlen(head) + size;
    struct smtpwire_command command;
    struct smtpwire_parameter parameter;
    struct smtpwire_error error;
    struct smtpwire_slice rest;
    char *line = malloc(len);
    uint64_t seen = 0;

    ORACLE(line != NULL);
    memcpy(line, head, strlen(head));
    if (size != 0)
        memcpy(line + strlen(head), data, size);
    oracle_command_t0(line, len, &options);
    if (oracle_compares(line, len, 1))
        oracle_same(reference_compare_command((const uint8_t *)line, len, &options));
    if (oracle_command_parse(line, len, &options, &command, &error) < 0) {
        oracle_error(&error, len);
    } else {
        for (rest = command.parameters; smtpwire_parameter_next(&rest, &parameter);) {
            oracle_slice(parameter.keyword, line, len, 0, line, len);
            oracle_slice(parameter.value, line, len, 0, line, len);
            ORACLE(parameter.id == SMTPWIRE_PARAMETER_UNKNOWN || (seen >> parameter.id & 1) == 0);
            seen |= UINT64_C(1) << parameter.id;
            check_value(&parameter);
            check_xtext(&parameter);
            check_written(&parameter, &options);
            check_typed(&parameter, &options);
        }
        oracle_command_round_trip(&command, &options);
    }
    oracle_release(line, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint32_t lax = SMTPWIRE_LAX_UNKNOWN_PARAMETER | SMTPWIRE_LAX_XTEXT_LOWER_CASE;
    judge("MAIL FROM:<a@b> ", data, size, 0);
    judge("RCPT TO:<a@b> ", data, size, 0);
    judge("MAIL FROM:<a@b> ", data, size, lax);
    judge("RCPT TO:<a@b> ", data, size, lax);
    return 0;
}
