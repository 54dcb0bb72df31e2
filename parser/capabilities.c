/* What a server offers, kept apart from the octets that said so, and the lists in a keyword line's parameters (RFC 5321
 * section 4.1.1.1, RFC 9422 section 3).
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

_Static_assert(sizeof(struct smtpwire_capabilities) == 64, "its size is part of the ABI");
_Static_assert(SMTPWIRE_CAPABILITY_COUNT <= 64, "a bit of a uint64_t for each");
_Static_assert(SMTPWIRE_MECHANISM_COUNT <= 32, "a bit of a uint32_t for each");
_Static_assert(SMTPWIRE_ATTRIBUTE_COUNT <= 16, "a bit of a uint16_t for each");

int smtpwire_word_next(struct smtpwire_slice *parameters, struct smtpwire_slice *word)
{
    const char *space;
    while (parameters->len != 0 && *parameters->data == ' ') {
        parameters->data++;
        parameters->len--;
    }
    if (parameters->len == 0)
        return 0;
    space = memchr(parameters->data, ' ', parameters->len);
    word->data = parameters->data;
    word->len = space != NULL ? (size_t)(space - word->data) : parameters->len;
    parameters->data += word->len;
    parameters->len -= word->len;
    return 1;
}

int smtpwire_list_next(struct smtpwire_slice *list, struct smtpwire_slice *item)
{
    const char *comma;
    if (list->len == 0)
        return 0;
    comma = memchr(list->data, ',', list->len);
    item->data = list->data;
    item->len = comma != NULL ? (size_t)(comma - item->data) : list->len;
    list->data += item->len + (comma != NULL);
    list->len -= item->len + (comma != NULL);
    return 1;
}

int smtpwire_limit_next(struct smtpwire_slice *parameters, struct smtpwire_parameter *limit)
{
    struct smtpwire_slice word;
    const char *equals;
    if (!smtpwire_word_next(parameters, &word))
        return 0;
    equals = memchr(word.data, '=', word.len);
    limit->keyword = word;
    limit->value.data = NULL;
    limit->value.len = 0;
    if (equals != NULL) {
        limit->keyword.len = (size_t)(equals - word.data);
        limit->value.data = equals + 1;
        limit->value.len = word.len - limit->keyword.len - 1;
    }
    return 1;
}

void smtpwire_capabilities_add(struct smtpwire_capabilities *set, const struct smtpwire_capability *capability)
{
    const struct smtpwire_capability *c = capability;
    uint64_t bit;
    int first;

    if (c->id == SMTPWIRE_CAPABILITY_UNKNOWN || c->id >= SMTPWIRE_CAPABILITY_COUNT)
        return;
    bit = UINT64_C(1) << c->id;
    first = (set->offered & bit) == 0;
    set->offered |= bit;
    if (!c->has_value || (!first && c->id != SMTPWIRE_CAPABILITY_AUTH))
        return;
    set->valued |= bit;
    if (c->id == SMTPWIRE_CAPABILITY_AUTH) {
        set->mechanisms |= c->mechanisms;
    } else if (c->id == SMTPWIRE_CAPABILITY_SIZE) {
        set->size = c->size;
    } else if (c->id == SMTPWIRE_CAPABILITY_DELIVERBY) {
        set->deliver_by = c->deliver_by;
    } else if (c->id == SMTPWIRE_CAPABILITY_FUTURERELEASE) {
        set->until = c->release.until;
        set->interval = c->release.interval;
    } else if (c->id == SMTPWIRE_CAPABILITY_LIMITS) {
        set->mail_max = c->limits.mail_max;
        set->rcpt_max = c->limits.rcpt_max;
        set->rcpt_domain_max = c->limits.rcpt_domain_max;
    } else if (c->id == SMTPWIRE_CAPABILITY_XCLIENT) {
        set->xclient = (uint16_t)c->attributes;
    } else if (c->id == SMTPWIRE_CAPABILITY_XFORWARD) {
        set->xforward = (uint16_t)c->attributes;
    } else if (c->id == SMTPWIRE_CAPABILITY_BURL) {
        set->burl = (uint8_t)c->burl;
    } else if (c->id == SMTPWIRE_CAPABILITY_MT_PRIORITY) {
        set->profile = (uint8_t)c->profile;
    }
}

int smtpwire_capabilities_have(const struct smtpwire_capabilities *set, unsigned id)
{
    return id != SMTPWIRE_CAPABILITY_UNKNOWN && id < SMTPWIRE_CAPABILITY_COUNT && (set->offered >> id & 1) != 0;
}
