/* What could stand next among the attributes of XCLIENT and XFORWARD: part of expected.c, of which these have no
 * tables.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

/* The letters in either case that go on with a name of those in open which begins so, and "=" behind all of it. */
static void find_attribute_name(uint32_t open, struct smtpwire_slice part, smtpwire__octet_set set)
{
    unsigned id;
    memset(set, 0, sizeof(smtpwire__octet_set));
    for (id = SMTPWIRE_ATTRIBUTE_UNKNOWN + 1; id < SMTPWIRE_ATTRIBUTE_COUNT; id++) {
        const char *name = smtpwire_attribute_name(id);
        char start[12] = {0}; /* as long as a name can be */
        if ((open >> id & 1) == 0 || part.len >= sizeof start)
            continue;
        memcpy(start, name, part.len);
        if (!smtpwire__equal_nocase(part.data, part.len, start))
            continue;
        smtpwire__put_in(set, name[part.len] != '\0' ? (unsigned char)name[part.len] : '=');
        if (name[part.len] != '\0')
            smtpwire__put_in(set, (unsigned char)name[part.len] | 0x20U);
    }
}

/* Leaves those octets that the value goes on with, each tried, and the space if another attribute can come. */
static void find_attribute_value(uint32_t open, unsigned kind, struct smtpwire_slice value, smtpwire__octet_set set)
{
    enum { LONGEST = 3 * 255 }; /* of codes of three octets each */
    char tried[LONGEST + 1];
    unsigned octet;
    int complete;

    if (value.len > LONGEST) {
        memset(set, 0, sizeof(smtpwire__octet_set));
        return;
    }
    if (value.len != 0)
        memcpy(tried, value.data, value.len);
    smtpwire__attribute_value_viable(kind, 0, value, &complete);
    if (open == 0 || !complete)
        smtpwire__take_out(set, ' ');
    for (octet = ' ' + 1; octet < 256; octet++) {
        tried[value.len] = (char)octet;
        if (smtpwire__in_set(set, octet) &&
            smtpwire__attribute_value_viable(kind, 0, (struct smtpwire_slice){tried, value.len + 1}, &complete) <=
                value.len)
            smtpwire__take_out(set, octet);
    }
}

void smtpwire__attributes_expected(unsigned verb, const char *line, size_t offset, smtpwire__octet_set set)
{
    const unsigned column = verb == SMTPWIRE_VERB_XCLIENT ? 0 : 1;
    const size_t behind = smtpwire__verb_length(line, offset) + 1; /* the space */
    const char *begin, *end = line + offset;
    struct smtpwire_slice name, value;
    unsigned id = SMTPWIRE_ATTRIBUTE_UNKNOWN;
    uint32_t open = smtpwire__attributes_taken[column]; /* and can still come */

    if (behind > offset)
        return;
    for (begin = line + behind;;) {
        const char *space = memchr(begin, ' ', (size_t)(end - begin));
        const char *stop = space != NULL ? space : end, *equals = memchr(begin, '=', (size_t)(stop - begin));
        name.data = begin;
        name.len = (size_t)((equals != NULL ? equals : stop) - begin);
        value.data = equals != NULL ? equals + 1 : NULL;
        value.len = equals != NULL ? (size_t)(stop - value.data) : 0;
        if (equals != NULL) {
            id = smtpwire__attribute_find(name);
            if ((open >> id & 1) == 0) {
                memset(set, 0, sizeof(smtpwire__octet_set));
                return;
            }
            open &= ~(1U << id);
        }
        if (space == NULL)
            break;
        begin = space + 1;
    }
    if (value.data == NULL)
        find_attribute_name(open, name, set);
    else
        find_attribute_value(open, smtpwire__attribute_kind(id, column), value, set);
}
