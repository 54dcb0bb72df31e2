/* The attributes of XCLIENT and XFORWARD (Postfix XCLIENT_README and XFORWARD_README): which there are, taking them one
 * by one, and their checks in a command: names, duplicates, lengths, addresses.
 *
 * Not checked: characters "special in message headers", of which XFORWARD_README has no list.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

#define ATTRIBUTE_ROW(id, name, xclient, xforward)                                                                     \
    {name, {SMTPWIRE__ATTRIBUTE_##xclient, SMTPWIRE__ATTRIBUTE_##xforward}},

static const struct attribute_row {
    char name[12];
    uint8_t kind[2]; /* for XCLIENT, for XFORWARD */
} attribute_rows[] = {SMTPWIRE_ATTRIBUTES(ATTRIBUTE_ROW)};

/* Bits of the names that XCLIENT takes, and that XFORWARD does. */
#define TAKES(id, kind)                                                                                                \
    | (uint32_t)(SMTPWIRE__ATTRIBUTE_##kind != SMTPWIRE__ATTRIBUTE_NOTHING) << SMTPWIRE_ATTRIBUTE_##id
#define XCLIENT_TAKES(id, name, xclient, xforward) TAKES(id, xclient)
#define XFORWARD_TAKES(id, name, xclient, xforward) TAKES(id, xforward)
const uint32_t smtpwire__attributes_taken[2] = {0 SMTPWIRE_ATTRIBUTES(XCLIENT_TAKES),
                                                0 SMTPWIRE_ATTRIBUTES(XFORWARD_TAKES)};

_Static_assert(SMTPWIRE_ATTRIBUTE_COUNT <= 32, "attributes seen are kept as bits");

/* Octets of a value when decoded, and more than any address has. */
enum { TEXT_MAX = 255, TEXT_64_MAX = 64, LITERAL_MAX = 64 };

/* An attribute as far as the line's grammar could read it. */
struct attribute_reading {
    const struct smtpwire__judged *judged;
    const struct smtpwire_options *options;
    struct smtpwire__finding *first;
    struct smtpwire_slice name, value;
    int name_ended, value_ended;
    unsigned column; /* of attribute_row.kind */
};

const char *smtpwire_attribute_name(unsigned id)
{
    return id < SMTPWIRE_ATTRIBUTE_COUNT ? attribute_rows[id].name : "";
}

unsigned smtpwire__attribute_kind(unsigned id, unsigned column) { return attribute_rows[id].kind[column]; }

uint16_t smtpwire__attribute_find(struct smtpwire_slice name)
{
    unsigned id;
    for (id = SMTPWIRE_ATTRIBUTE_UNKNOWN + 1; id < SMTPWIRE_ATTRIBUTE_COUNT; id++)
        if (smtpwire__equal_nocase(name.data, name.len, attribute_rows[id].name))
            return (uint16_t)id;
    return SMTPWIRE_ATTRIBUTE_UNKNOWN;
}

uint32_t smtpwire__attribute_bit(struct smtpwire_slice name, unsigned column)
{
    const unsigned id = smtpwire__attribute_find(name);
    return attribute_rows[id].kind[column] == SMTPWIRE__ATTRIBUTE_NOTHING ? 0 : UINT32_C(1) << id;
}

/* The address literal's machine wants brackets, which the attribute has not. */
static size_t address_viable_unbracketed(const char *text, size_t len, int *accepted)
{
    const size_t most = smtpwire__lesser(len, LITERAL_MAX);
    const char *bracket = memchr(text, ']', most);
    const size_t whole = bracket != NULL ? (size_t)(bracket - text) : most;
    char literal[LITERAL_MAX + 2];
    size_t viable;

    literal[0] = '[';
    memcpy(literal + 1, text, whole);
    literal[whole + 1] = ']';
    viable = smtpwire__registered_literal(literal, whole + 1, 0) - 1;
    *accepted = whole == len && smtpwire__registered_literal(literal, whole + 2, 0) == whole + 2;
    return viable;
}

/* How much of the decoded text some value of this kind begins with, and whether it is one. */
size_t smtpwire__attribute_viable(unsigned kind, const char *text, size_t len, int *accepted)
{
    int is_literal;
    size_t literal, viable = smtpwire__attribute_run(kind, text, len, accepted);

    if (kind != SMTPWIRE__ATTRIBUTE_ADDRESS)
        return viable;
    literal = address_viable_unbracketed(text, len, &is_literal);
    *accepted = *accepted || is_literal;
    return literal > viable ? literal : viable;
}

void smtpwire__attribute_place(struct smtpwire__place *place, unsigned kind, const char *text, size_t len)
{
    char literal[LITERAL_MAX + 1];
    smtpwire__value_place(place, kind, text, len);
    place->literal = -1;
    if (kind != SMTPWIRE__ATTRIBUTE_ADDRESS || len >= LITERAL_MAX)
        return;
    literal[0] = '[';
    if (len != 0)
        memcpy(literal + 1, text, len);
    smtpwire__literal_place(place, literal, len + 1, 0);
    place->complete = place->complete || smtpwire__literal_follows(place, ']');
}

int smtpwire__attribute_follows(const struct smtpwire__place *place, char octet)
{
    return smtpwire__value_follows(place, octet) ||
           (place->literal != -1 && octet != ']' && smtpwire__literal_follows(place, octet));
}

static void attribute_fault(const struct attribute_reading *r, uint16_t id, const char *at)
{
    smtpwire__find(r->first, id, (size_t)(at - r->judged->data));
}

/* Where an attribute ends: at a space, with htab_separator also at a HTAB, which only then is in an accepted line. */
static const char *attribute_end(const char *text, const char *end)
{
    const char *space = memchr(text, ' ', (size_t)(end - text)), *tab;
    if (space == NULL)
        space = end;
    tab = memchr(text, '\t', (size_t)(space - text));
    SMTPWIRE__STEPS((space - text) / 4);
    return tab != NULL ? tab : space;
}

/* How much of the name some name begins with that can still come. */
static size_t name_viable(const struct attribute_reading *r, uint32_t open)
{
    size_t longest = 0;
    unsigned id;
    for (id = 0; id < SMTPWIRE_ATTRIBUTE_COUNT; id++) {
        size_t len = 0;
        while (len < r->name.len &&
               smtpwire__equal_nocase(&r->name.data[len], 1, (char[]){attribute_rows[id].name[len], 0}))
            len++;
        if ((open >> id & 1) != 0 && len > longest)
            longest = len;
    }
    return longest;
}

size_t smtpwire__attribute_value_viable(unsigned kind, int lower_case, struct smtpwire_slice value, int *complete)
{
    const size_t max = kind == SMTPWIRE__ATTRIBUTE_TEXT_64 ? TEXT_64_MAX : TEXT_MAX;
    struct smtpwire_slice xtext = value;
    size_t good;
    int whole, accepted;

    xtext.len = smtpwire__value_run(SMTPWIRE_PARAMETER_AUTH, lower_case, value.data, value.len, &whole);
    good = smtpwire__attribute_encoded(kind, max, xtext, &accepted);
    *complete = whole && accepted;
    return good;
}

static void check_attribute_value(const struct attribute_reading *r, unsigned kind)
{
    int complete;
    const size_t good = smtpwire__attribute_value_viable(kind, smtpwire__lax(r->options, SMTPWIRE_LAX_XTEXT_LOWER_CASE),
                                                         r->value, &complete);
    if (good < r->value.len || (r->value_ended && !complete))
        attribute_fault(r, SMTPWIRE_ERROR_PARAMETER_VALUE, r->value.data + good);
}

/* open: bits of the names that can still come. */
static void check_attribute(const struct attribute_reading *r, uint32_t *open)
{
    const uint16_t id = smtpwire__attribute_find(r->name);
    const unsigned kind = attribute_rows[id].kind[r->column];

    if (!r->name_ended || kind == SMTPWIRE__ATTRIBUTE_NOTHING) {
        const size_t viable = name_viable(r, *open);
        if (viable < r->name.len || r->name_ended)
            attribute_fault(r, SMTPWIRE_ERROR_ARGUMENT_SYNTAX, r->name.data + viable);
        return;
    }
    if ((*open >> id & 1) == 0)
        attribute_fault(r, SMTPWIRE_ERROR_PARAMETER_CONFLICT, r->name.data);
    *open &= ~(UINT32_C(1) << id);
    if (r->value.len != 0)
        check_attribute_value(r, kind);
}

void smtpwire__check_attributes(struct smtpwire__finding *first, const struct smtpwire__judged *judged,
                                const struct smtpwire__marks *marks, const struct smtpwire_options *options)
{
    const int xclient = marks->verb == SMTPWIRE_VERB_XCLIENT;
    const char *text = marks->parameters.data, *end = judged->data + judged->viable;
    struct attribute_reading r;
    uint32_t open;

    if (text == NULL)
        return;
    memset(&r, 0, sizeof r);
    r.judged = judged;
    r.options = options;
    r.first = first;
    r.column = xclient ? 0 : 1;
    open = smtpwire__attributes_taken[r.column];
    while (text < end && (first->id == SMTPWIRE_ERROR_NONE || (size_t)(text - judged->data) <= first->offset)) {
        const char *stop = attribute_end(text, end);
        const char *equals = memchr(text, '=', (size_t)(stop - text));
        r.name_ended = equals != NULL;
        r.value_ended = stop != end || judged->accepted;
        r.name.data = text;
        r.name.len = (size_t)((equals != NULL ? equals : stop) - text);
        r.value.data = equals != NULL ? equals + 1 : NULL;
        r.value.len = equals != NULL ? (size_t)(stop - equals - 1) : 0;
        check_attribute(&r, &open);
        text = stop != end ? stop + 1 : end;
    }
    /* A space behind the last one that can come is wrong itself. */
    if (text == end && open == 0 && attribute_end(text - 1, end) != end)
        attribute_fault(&r, SMTPWIRE_ERROR_ARGUMENT_SYNTAX, text - 1);
}

static uint16_t read_port(const char *digits, size_t len)
{
    uint32_t port = 0;
    size_t i;
    for (i = 0; i < len && digits[i] >= '0' && digits[i] <= '9' && port <= 65535; i++)
        port = port * 10 + (uint32_t)(digits[i] - '0');
    return len != 0 && i == len && port <= 65535 ? (uint16_t)port : 0;
}

int smtpwire_attribute_next(struct smtpwire_slice *attributes, struct smtpwire_attribute *attribute)
{
    const char *text = attributes->data, *equals = NULL, *end;
    char decoded[16];
    ptrdiff_t len;

    memset(attribute, 0, sizeof *attribute);
    if (attributes->len == 0)
        return 0;
    end = attribute_end(text, text + attributes->len);
    equals = memchr(text, '=', (size_t)(end - text));
    attributes->len -= (size_t)(end - text);
    attributes->data = end;
    if (attributes->len != 0) {
        attributes->data++;
        attributes->len--;
    }
    if (equals == NULL) { /* this did not come from an accepted command */
        attributes->len = 0;
        return 0;
    }
    attribute->name.data = text;
    attribute->name.len = (size_t)(equals - text);
    attribute->value.data = equals + 1;
    attribute->value.len = (size_t)(end - equals - 1);
    attribute->id = smtpwire__attribute_find(attribute->name);
    len = smtpwire_xtext_decode(attribute->value, decoded, sizeof decoded);
    if (len < 0 || (size_t)len > sizeof decoded)
        return 1;
    if (smtpwire__equal_nocase(decoded, (size_t)len, "[UNAVAILABLE]"))
        attribute->status = SMTPWIRE_STATUS_UNAVAILABLE;
    else if (smtpwire__equal_nocase(decoded, (size_t)len, "[TEMPUNAVAIL]"))
        attribute->status = SMTPWIRE_STATUS_TEMPUNAVAIL;
    else if (attribute->id == SMTPWIRE_ATTRIBUTE_PORT || attribute->id == SMTPWIRE_ATTRIBUTE_DESTPORT)
        attribute->port = read_port(decoded, (size_t)len);
    return 1;
}
