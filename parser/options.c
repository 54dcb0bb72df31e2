/* Options: their checks and defaults. A null pointer stands for all zero, which is strict.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"
#include "scan.h"

#define LIMIT_DEFAULT(id, name, value, rfc, text) value,
#define EXTENSION_BIT(id, bit, name, rfc) | (UINT64_C(1) << (bit))
#define LAX_BIT(id, bit, name, text) | (UINT32_C(1) << (bit))

const uint32_t smtpwire__limit_defaults[] = {SMTPWIRE_LIMITS(LIMIT_DEFAULT)};
static const uint32_t known_leniencies = 0 SMTPWIRE_LENIENCIES(LAX_BIT);
static const uint64_t known_extensions = 0 SMTPWIRE_EXTENSIONS(EXTENSION_BIT);

_Static_assert(sizeof(struct smtpwire_options) == 256, "size of the options is part of the ABI");
_Static_assert(sizeof(struct smtpwire_event) <= 256, "size of the event is part of the ABI");
_Static_assert(sizeof(void *) != 8 || sizeof(struct smtpwire_event) == 256, "size of the event is part of the ABI");
_Static_assert(SMTPWIRE_LIMIT_COUNT <= SMTPWIRE__COUNT(((struct smtpwire_options *)0)->limit), "room for the limits");

int smtpwire_options_check(const struct smtpwire_options *options)
{
    uint64_t seen = 0; /* in what must be zero */
    size_t i;

    if (options == NULL)
        return 0;
    if ((options->lax & ~known_leniencies) != 0 || (options->extensions & ~known_extensions) != 0 ||
        options->smtputf8 > 1 || options->lmtp > 1 || (options->padding != 0 && options->padding != 64) ||
        options->message_max > INT64_MAX || !smtpwire__scan_has(options->simd))
        return -1;
    for (i = 0; i <= SMTPWIRE_CONTENT_NUL; i++)
        if (options->content[i] > SMTPWIRE_POLICY_NORMALISE)
            return -1;
    if (options->content[SMTPWIRE_CONTENT_NUL] == SMTPWIRE_POLICY_NORMALISE)
        return -1;
    for (i = SMTPWIRE_LIMIT_COMMAND_LINE; i <= SMTPWIRE_LIMIT_REPLY_LINE; i++)
        if (options->limit[i] != 0 && options->limit[i] < 8)
            return -1;
    for (i = SMTPWIRE_CONTENT_NUL + 1; i < SMTPWIRE__COUNT(options->content); i++)
        seen |= options->content[i];
    for (i = SMTPWIRE_LIMIT_COUNT; i < SMTPWIRE__COUNT(options->limit); i++)
        seen |= options->limit[i];
    for (i = 0; i < SMTPWIRE__COUNT(options->reserved); i++)
        seen |= options->reserved[i];
    return seen == 0 ? 0 : -1;
}

/* RFC 5321 section 4.5.3.1.4: extensions that change MAIL or RCPT say by how much the line grows. */
uint32_t smtpwire__command_limit(const struct smtpwire_options *options, uint64_t offered)
{
    const uint32_t limit = smtpwire__limit(options, SMTPWIRE_LIMIT_COMMAND_LINE);
    if (options != NULL && options->limit[SMTPWIRE_LIMIT_COMMAND_LINE] != 0)
        return limit;
    return limit + smtpwire__parameters_add(offered);
}

size_t smtpwire_line_limit(const struct smtpwire_options *options)
{
    uint32_t command = smtpwire__command_limit(options, smtpwire__offered(options));
    const int offered = smtpwire__offers(options, SMTPWIRE_OFFER(AUTH));
    uint32_t auth = offered ? smtpwire__limit(options, SMTPWIRE_LIMIT_AUTH_LINE) : 0;
    uint32_t reply = smtpwire__limit(options, SMTPWIRE_LIMIT_REPLY_LINE);
    uint32_t greater = command > reply ? command : reply;
    return auth > greater ? auth : greater;
}

unsigned smtpwire__policy(const struct smtpwire_options *options, unsigned content)
{
    if (options != NULL && options->content[content] != SMTPWIRE_POLICY_DEFAULT)
        return options->content[content];
    return content == SMTPWIRE_CONTENT_NUL ? SMTPWIRE_POLICY_PASS : SMTPWIRE_POLICY_REJECT;
}

int smtpwire__smtputf8(const struct smtpwire_options *options) { return options != NULL && options->smtputf8; }

/* RFC 5321 section 4.2: %x32-35 %x30-35 %x30-39 */
int smtpwire__code_valid(const struct smtpwire_options *options, unsigned code)
{
    if (smtpwire__lax(options, SMTPWIRE_LAX_REPLY_CODE))
        return code <= 999;
    return code >= 200 && code <= 559 && code % 100 <= 59;
}

/* Whether a code says something that could answer this. */
int smtpwire__code_answers(const struct smtpwire_options *options, unsigned verb, unsigned code)
{
    if (!smtpwire__code_valid(options, code))
        return 0;
    if (verb == SMTPWIRE_VERB_DATA)
        return code == 354 || (code / 100 != 2 && code / 100 != 3);
    if (code == 334)
        return verb == SMTPWIRE_VERB_AUTH || verb == SMTPWIRE_VERB_AUTH_RESPONSE;
    return code / 100 != 3;
}
