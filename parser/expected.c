/* What the grammar expected where an error was found: which octets could stand there, and by which rule.
 *
 * The tables come from grammar/ (grammar/expected.py). As in parsing, values of parameters are a machine of their own
 * that begins where the line's machine knows "=" only, and addresses behind an encoding are another behind that.
 *
 * Not looked at: lengths of addresses, leniencies.
 *
 * SPDX-License-Identifier: MIT */
#include "internal.h"

enum { GATE_SHIFT = 14, TARGET = (1 << GATE_SHIFT) - 1, FINAL = 128 };

/* What is being found out, and of a command what it is. */
struct search {
    const struct smtpwire_options *options;
    struct smtpwire_expected *found;
    unsigned verb, rule;
    unsigned shut; /* gates that the options leave shut: 1 << enum smtpwire__gate */
    uint32_t open; /* bits of the parameters that can come next */
    int tracked;   /* MTRK came */
};

static void take_out_over_127(smtpwire__octet_set set)
{
    memset(set + 128 / 8, 0, sizeof(smtpwire__octet_set) - 128 / 8);
}

static int any_in(const smtpwire__octet_set set, unsigned low, unsigned high)
{
    unsigned octet;
    for (octet = low; octet <= high; octet++)
        if (smtpwire__in_set(set, octet))
            return 1;
    return 0;
}

/* ---- the automaton ---- */

static int on_edge(unsigned edge, unsigned octet)
{
    const uint8_t *range = &smtpwire__expected_ranges[smtpwire__expected_set[smtpwire__expected_edge_set[edge]]];
    unsigned count = *range++;
    for (; count != 0; count--, range += 2)
        if (octet >= range[0] && octet <= range[1])
            return 1;
    return 0;
}

/* Takes one transition; returns 0 if there is none for this octet. */
static int take_edge(unsigned *state, char octet, unsigned *gate)
{
    unsigned edge;
    for (edge = smtpwire__expected_first[*state]; edge < smtpwire__expected_first[*state + 1]; edge++)
        if (on_edge(edge, (unsigned char)octet)) {
            *state = smtpwire__expected_edge_target[edge] & TARGET;
            *gate = smtpwire__expected_edge_target[edge] >> GATE_SHIFT;
            return 1;
        }
    return 0;
}

static int walk(unsigned *state, const char *data, size_t len)
{
    unsigned gate;
    size_t i;
    for (i = 0; i < len; i++)
        if (!take_edge(state, data[i], &gate))
            return 0;
    return 1;
}

/* The octets of all transitions but those behind a gate that is shut. */
static void octets_of(unsigned state, unsigned shut, smtpwire__octet_set set)
{
    unsigned edge, octet;
    memset(set, 0, sizeof(smtpwire__octet_set));
    for (edge = smtpwire__expected_first[state]; edge < smtpwire__expected_first[state + 1]; edge++)
        for (octet = 0; (shut >> (smtpwire__expected_edge_target[edge] >> GATE_SHIFT) & 1) == 0 && octet < 256; octet++)
            if (on_edge(edge, octet))
                smtpwire__put_in(set, octet);
}

static int is_final(unsigned state) { return (smtpwire__expected_state[state] & FINAL) != 0; }

/* The state's rule, the command's own where it has none. */
static unsigned rule_of(const struct search *s, unsigned state)
{
    const unsigned rule = smtpwire__expected_state[state] & ~(unsigned)FINAL;
    return rule != 0 ? rule : smtpwire__expected_command[s->verb];
}

/* ---- an address behind an encoding: xtext, or \x{HEX} of RFC 6533 section 3 ---- */

struct encoded {
    smtpwire__octet_set next; /* what could follow of the address itself */
    int complete;             /* as it is, it is an address */
    unsigned state;
    const char *unit; /* a unit that is cut off, its length 0 if there is none */
    size_t unit_len;
};

static uint32_t code_point(const char *hex, size_t digits)
{
    uint32_t point = 0;
    size_t i;
    for (i = 0; i < digits; i++)
        point = point * 16 + smtpwire__hex(hex[i]);
    return point;
}

/* Decodes one unit into octets; returns how long it is on the wire, 0 if it is cut off. */
static size_t decode_one(int unicode, const char *text, size_t len, char octets[4], size_t *count)
{
    const char *brace;
    *count = 1;
    if (!unicode)
        return smtpwire__xtext_unit(text, len, octets);
    octets[0] = text[0];
    if (text[0] != '\\')
        return 1;
    brace = memchr(text, '}', len);
    if (brace == NULL)
        return 0;
    *count = smtpwire__put_utf8(code_point(text + 3, (size_t)(brace - text) - 3), octets);
    return (size_t)(brace - text) + 1;
}

static int read_encoded(struct encoded *e, int unicode, const char *text, size_t len)
{
    size_t at = 0, size = 0, count;
    char octets[4];
    for (; at < len; at += size) {
        size = decode_one(unicode, text + at, len - at, octets, &count);
        if (size == 0)
            break;
        if (!walk(&e->state, octets, count))
            return 0;
    }
    e->unit = text + at;
    e->unit_len = len - at;
    octets_of(e->state, 0, e->next);
    e->complete = is_final(e->state) && e->unit_len == 0;
    return 1;
}

/* Whether a code whose hexadecimal digits begin so can stand for what comes next. Every U+0080 and above can where one
 * can, and of ASCII only what must be written so (grammar/xtext.rl, HEXPOINT). */
static int code_follows(const struct encoded *e, const char *hex, size_t digits)
{
    static const char special[][3] = {"20", "2B", "3D", "5C"};
    size_t i;
    if ((digits == 0 || hex[0] != '0') && smtpwire__in_set(e->next, 0xC3))
        return 1;
    for (i = 0; i < SMTPWIRE__COUNT(special); i++)
        if ((digits < 1 || hex[0] == special[i][0]) && (digits < 2 || (hex[1] & ~0x20) == (special[i][1] & ~0x20)) &&
            digits <= 2 && smtpwire__in_set(e->next, code_point(special[i], 2)))
            return 1;
    return 0;
}

static int fits_xtext(const struct encoded *e, unsigned octet)
{
    const unsigned digit = smtpwire__hex((char)octet) & 15U;
    if (e->unit_len == 0)
        return octet == '+' ? any_in(e->next, 32, 255) : smtpwire__in_set(e->next, octet);
    if (e->unit_len == 1)
        return any_in(e->next, digit * 16U, digit * 16U + 15U);
    return smtpwire__in_set(e->next, (smtpwire__hex(e->unit[1]) & 15U) * 16U + digit);
}

static int fits_unicode(const struct encoded *e, unsigned octet)
{
    char hex[8], octets[4]; /* the grammar has at most six digits */
    const size_t digits = e->unit_len > 3 ? e->unit_len - 3 : 0;
    if (e->unit_len == 0)
        return octet == '\\' ? code_follows(e, hex, 0) : smtpwire__in_set(e->next, octet);
    if (e->unit_len < 3)
        return 1;
    memcpy(hex, e->unit + 3, digits);
    if (octet == '}') {
        smtpwire__put_utf8(code_point(hex, digits), octets);
        return smtpwire__in_set(e->next, (unsigned char)octets[0]);
    }
    hex[digits] = (char)octet;
    return code_follows(e, hex, digits + 1);
}

static int may_say_smtputf8(const struct smtpwire_options *options)
{
    return smtpwire__smtputf8(options) || smtpwire__offers(options, SMTPWIRE_OFFER(SMTPUTF8));
}

/* Leaves of the value's octets those that an address, encoded so, can go on with. Returns whether it can end here. */
static int filter_encoded(struct search *s, unsigned id, int unicode, const char *text, size_t len)
{
    struct encoded e;
    unsigned octet;

    e.state = id == SMTPWIRE_PARAMETER_AUTH ? smtpwire__expected_null_or_mailbox
                                            : smtpwire__expected_kind[SMTPWIRE_EXPECTED_MAILBOX];
    if (!read_encoded(&e, unicode, text, len)) {
        memset(s->found->octets, 0, sizeof(smtpwire__octet_set));
        return 0;
    }
    /* ALT-ADDRESS is in ASCII (RFC 5336 section 3.1), the others where no SMTPUTF8 can come (RFC 6531 section 3.4). */
    if (id == SMTPWIRE_PARAMETER_ALT_ADDRESS || (!unicode && !may_say_smtputf8(s->options)))
        take_out_over_127(e.next);
    for (octet = 0; octet < 256; octet++)
        if (smtpwire__in_set(s->found->octets, octet) && !(unicode ? fits_unicode(&e, octet) : fits_xtext(&e, octet)))
            smtpwire__take_out(s->found->octets, octet);
    if (e.unit_len == 0 && rule_of(s, e.state) != smtpwire__expected_command[s->verb])
        s->rule = rule_of(s, e.state);
    return e.complete;
}

/* ---- parameters ---- */

/* Whether another parameter can come behind this one. */
static int more_can_come(const struct search *s, unsigned id, struct smtpwire_slice value)
{
    return (s->open & ~smtpwire__parameter_excludes(id, value)) != 0;
}

/* Part of a keyword: its next letters, or what follows it, of those that can be here. */
static void find_keyword(const struct search *s, struct smtpwire_slice keyword)
{
    uint8_t *set = s->found->octets;
    unsigned id;
    memset(set, 0, sizeof(smtpwire__octet_set));
    for (id = SMTPWIRE_PARAMETER_UNKNOWN + 1; id < SMTPWIRE_PARAMETER_COUNT; id++) {
        const char *name = smtpwire_parameter_name(id);
        char start[12] = {0}; /* as long as a keyword can be */
        if ((s->open >> id & 1) == 0 || keyword.len >= sizeof start)
            continue;
        memcpy(start, name, keyword.len);
        if (!smtpwire__equal_nocase(keyword.data, keyword.len, start))
            continue;
        if (name[keyword.len] != '\0') {
            smtpwire__put_in(set, (unsigned char)name[keyword.len]);
            if (name[keyword.len] >= 'A')
                smtpwire__put_in(set, (unsigned char)name[keyword.len] | 0x20U);
            continue;
        }
        if (smtpwire__parameter_form(id) != SMTPWIRE__VALUE_REQUIRED && more_can_come(s, id, keyword))
            smtpwire__put_in(set, ' ');
        if (smtpwire__parameter_form(id) != SMTPWIRE__VALUE_NONE)
            smtpwire__put_in(set, '=');
    }
}

/* The part of a utf-8 address behind "utf-8;"; its data is null where it is another type, or that is not yet known. */
static struct smtpwire_slice utf8_address(struct smtpwire_slice value)
{
    struct smtpwire_slice address = {NULL, 0};
    const char *semicolon = value.len != 0 ? memchr(value.data, ';', value.len) : NULL;
    if (semicolon != NULL && smtpwire__equal_nocase(value.data, (size_t)(semicolon - value.data), "UTF-8")) {
        address.data = semicolon + 1;
        address.len = value.len - (size_t)(address.data - value.data);
    }
    return address;
}

/* Takes out the digits that make a number pass max. */
static void take_out_large(struct search *s, struct smtpwire_slice number, uint64_t max)
{
    char digits[21] = {0};
    unsigned octet;
    for (; number.len != 0 && *number.data == '0'; number.data++)
        number.len--;
    if (number.len >= sizeof digits) /* too large whatever follows */
        number.len = sizeof digits - 1;
    memcpy(digits, number.data, number.len);
    for (octet = '0'; octet <= '9'; octet++) {
        digits[number.len] = (char)octet;
        if (smtpwire__size_viable(digits, number.len + 1, max) <= number.len)
            smtpwire__take_out(s->found->octets, octet);
    }
}

static void find_value(struct search *s, unsigned id, struct smtpwire_slice value)
{
    const struct smtpwire_slice address = utf8_address(value);
    unsigned state = smtpwire__expected_value[id], octet;
    smtpwire__octet_set any; /* what values can have at all, and the space behind one that is not empty */
    int complete;

    memcpy(any, s->found->octets, sizeof any);
    memset(s->found->octets, 0, sizeof any);
    if (!walk(&state, value.data, value.len))
        return;
    s->rule = rule_of(s, state);
    complete = is_final(state);
    if (value.len < smtpwire__longest_value(id))
        octets_of(state, 0, s->found->octets);
    if (id == SMTPWIRE_PARAMETER_AUTH || id == SMTPWIRE_PARAMETER_SUBMITTER || id == SMTPWIRE_PARAMETER_ALT_ADDRESS)
        complete = filter_encoded(s, id, 0, value.data, value.len);
    else if (id == SMTPWIRE_PARAMETER_ORCPT && address.data != NULL)
        complete = filter_encoded(s, id, 1, address.data, address.len);
    if (id == SMTPWIRE_PARAMETER_BODY && value.len == 0 && !smtpwire__offers_binary(s->options)) {
        smtpwire__take_out(s->found->octets, 'B');
        smtpwire__take_out(s->found->octets, 'b');
    }
    if (id == SMTPWIRE_PARAMETER_ENVID && s->tracked && !smtpwire__is_unique(value)) {
        complete = 0;
        for (octet = 0; value.len + 1 == smtpwire__longest_value(id) && octet < 256; octet++)
            if (octet != '@')
                smtpwire__take_out(s->found->octets, octet);
    }
    if (id == SMTPWIRE_PARAMETER_SIZE)
        take_out_large(s, value, s->options->message_max != 0 ? s->options->message_max : UINT64_MAX);
    if (complete && more_can_come(s, id, value))
        smtpwire__put_in(s->found->octets, ' ');
    for (octet = 0; octet < sizeof any; octet++)
        s->found->octets[octet] &= any[octet];
}

/* The parameter from text to end; returns its id. Its value is null where there is no "=". */
static unsigned read_parameter_at(const char *text, const char *end, struct smtpwire_slice *keyword,
                                  struct smtpwire_slice *value)
{
    const char *equals = memchr(text, '=', (size_t)(end - text));
    keyword->data = text;
    keyword->len = (size_t)((equals != NULL ? equals : end) - text);
    value->data = equals != NULL ? equals + 1 : NULL;
    value->len = equals != NULL ? (size_t)(end - value->data) : 0;
    return smtpwire__parameter_find(text, keyword->len);
}

/* The last parameter that begins in line[0..end). */
static void find_parameter(struct search *s, const char *begin, const char *end)
{
    struct smtpwire_slice keyword, value;
    const char *space;
    unsigned id;

    s->open = smtpwire__parameters_allowed(s->options, s->verb);
    for (; (space = memchr(begin, ' ', (size_t)(end - begin))) != NULL; begin = space + 1) {
        id = read_parameter_at(begin, space, &keyword, &value);
        s->open &= ~smtpwire__parameter_excludes(id, value);
        s->tracked |= id == SMTPWIRE_PARAMETER_MTRK;
    }
    id = read_parameter_at(begin, end, &keyword, &value);
    if (value.data == NULL)
        find_keyword(s, keyword);
    else if ((s->open >> id & 1) != 0 && smtpwire__parameter_form(id) != SMTPWIRE__VALUE_NONE)
        find_value(s, id, value);
    else
        memset(s->found->octets, 0, sizeof(smtpwire__octet_set));
}

/* ---- a line ---- */

static int is_complete(unsigned kind, const char *line, size_t len, const struct smtpwire_options *options)
{
    struct smtpwire_command command;
    struct smtpwire_reply reply;
    struct smtpwire_capability capability;
    struct smtpwire_address address;
    struct smtpwire_error error;

    switch (kind) {
    case SMTPWIRE_EXPECTED_COMMAND:
        return smtpwire_command_parse(line, len, options, &command, &error) == 0;
    case SMTPWIRE_EXPECTED_REPLY:
        return smtpwire_reply_parse(line, len, options, &reply, &error) == 0;
    case SMTPWIRE_EXPECTED_CAPABILITY:
        return smtpwire_capability_parse(line, len, options, &capability, &error) == 0;
    case SMTPWIRE_EXPECTED_AUTH_RESPONSE:
        return smtpwire__auth_response(line, len, &error) == 0;
    case SMTPWIRE_EXPECTED_REVERSE_PATH:
        return smtpwire_reverse_path_parse(line, len, options, &address, NULL, &error) == 0;
    case SMTPWIRE_EXPECTED_FORWARD_PATH:
        return smtpwire_forward_path_parse(line, len, options, &address, NULL, &error) == 0;
    case SMTPWIRE_EXPECTED_MAILBOX:
        return smtpwire_mailbox_parse(line, len, options, &address, NULL, &error) == 0;
    default:
        return smtpwire_domain_parse(line, len, options, &address, NULL, &error) == 0;
    }
}

/* Whether octets over 127, where the grammar has them, are not refused at once. */
static int takes_utf8(const struct search *s, unsigned kind, const char *line, size_t offset)
{
    if (kind == SMTPWIRE_EXPECTED_REPLY || smtpwire__smtputf8(s->options) || smtpwire__has_non_ascii(line, offset))
        return 1;
    return (s->verb == SMTPWIRE_VERB_MAIL || s->verb == SMTPWIRE_VERB_VRFY || s->verb == SMTPWIRE_VERB_EXPN) &&
           smtpwire__offers(s->options, SMTPWIRE_OFFER(SMTPUTF8));
}

SMTPWIRE__SMALL int smtpwire_expected_find(unsigned kind, const char *line, size_t offset,
                                           const struct smtpwire_options *options, struct smtpwire_expected *expected)
{
    struct search s = {.options = options, .found = expected}; /* the verb is UNKNOWN */
    unsigned state, gate;
    size_t i, parameters = 0;

    memset(expected, 0, sizeof *expected);
    expected->rule = expected->rfc = smtpwire__expected_text;
    if (kind >= SMTPWIRE_EXPECTED_KIND_COUNT)
        return 0;
    expected->kind = (uint8_t)kind;
    state = smtpwire__expected_kind[kind];
    for (i = 0; i < offset; i++) {
        if (!take_edge(&state, line[i], &gate))
            return 0;
        if (gate == SMTPWIRE__GATE_PARAMETERS && parameters == 0)
            parameters = i + 1; /* behind the space */
    }
    if (kind == SMTPWIRE_EXPECTED_COMMAND) {
        s.verb = smtpwire__verb_find(line, smtpwire__verb_length(line, offset));
        s.shut = (smtpwire__takes_parameters(options, s.verb) ? 0U : 1U << SMTPWIRE__GATE_PARAMETERS) |
                 (smtpwire__offers(options, SMTPWIRE_OFFER(SMTPUTF8)) ? 0U : 1U << SMTPWIRE__GATE_SMTPUTF8);
    }
    s.rule = rule_of(&s, state);
    octets_of(state, s.shut, expected->octets);
    if (s.verb == SMTPWIRE_VERB_XCLIENT || s.verb == SMTPWIRE_VERB_XFORWARD)
        smtpwire__attributes_expected(s.verb, line, offset, expected->octets);
    else if (parameters != 0)
        find_parameter(&s, line + parameters, line + offset);
    if (s.verb == SMTPWIRE_VERB_BDAT && offset > sizeof "BDAT " - 1)
        take_out_large(&s, (struct smtpwire_slice){line + 5, offset - 5}, INT64_MAX);
    if (!takes_utf8(&s, kind, line, offset))
        take_out_over_127(expected->octets);
    expected->end = (uint8_t)is_complete(kind, line, offset, options);
    if (!expected->end && !any_in(expected->octets, 0, 255))
        return 0;
    expected->rule = smtpwire__expected_text + smtpwire__expected_name[s.rule];
    expected->rfc = smtpwire__expected_text + smtpwire__expected_rfc[s.rule];
    return 1;
}
