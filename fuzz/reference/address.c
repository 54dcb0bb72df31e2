/* RFC 5321 sections 4.1.2 and 4.1.3 with RFC 6531 section 3.3, rule by rule. What deviates from the letter is in
 * grammar/abnf/deviations.abnf: Snum up to 255, the number of groups that "::" may stand among, the tag IPv6. */
#include "address.h"

#include <string.h>

/* RFC 5234 appendix B.1 */
int is_ALPHA(unsigned char o) { return (o >= 'A' && o <= 'Z') || (o >= 'a' && o <= 'z'); }
int is_DIGIT(unsigned char o) { return o >= '0' && o <= '9'; }
int is_HEXDIG(unsigned char o) { return is_DIGIT(o) || (o >= 'A' && o <= 'F') || (o >= 'a' && o <= 'f'); }
struct places DIGIT(struct input *in, struct places from) {
    return octet(in, from, is_DIGIT);
}

/* RFC 5322 section 3.2.3 */
static int
is_atext(unsigned char o)
{
    return is_ALPHA(o) || is_DIGIT(o) || (o != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", o) != NULL);
}

/* RFC 5321 section 4.1.2: qtextSMTP = %d32-33 / %d35-91 / %d93-126; quoted-pairSMTP = %d92 %d32-126 */
static int is_qtextSMTP(unsigned char o) { return o >= 32 && o <= 126 && o != 34 && o != 92; }
static int is_printable(unsigned char o) { return o >= 32 && o <= 126; }
static int is_backslash(unsigned char o) { return o == 92; }
static int is_DQUOTE(unsigned char o) { return o == 34; }
static int is_Let_dig(unsigned char o) { return is_ALPHA(o) || is_DIGIT(o); }
static int is_hyphen(unsigned char o) { return o == '-'; }
static int is_underscore(unsigned char o) { return o == '_'; }

/* RFC 5321 section 4.1.3: dcontent = %d33-90 / %d94-126 */
static int is_dcontent(unsigned char o) { return (o >= 33 && o <= 90) || (o >= 94 && o <= 126); }

/* atext =/ UTF8-non-ascii (RFC 6531 section 3.3) */
static struct places atext(struct input *in, struct places from)
{
    struct places ends = octet(in, from, is_atext);
    return in->utf8 ? either(in, ends, UTF8_non_ascii(in, from)) : ends;
}

/* Atom = 1*atext */
struct places Atom(struct input *in, struct places from) { return repeat(in, from, 1, SIZE_MAX, atext); }

/* "." Atom */
static struct places dot_Atom(struct input *in, struct places from) { return Atom(in, text(in, from, ".")); }

static struct places dot(struct input *in, struct places from) { return text(in, from, "."); }
static struct places atext_or_dot(struct input *in, struct places from)
{
    return either(in, atext(in, from), dot(in, from));
}

/* Dot-string = Atom *( "." Atom ); empty_atom: atoms may be empty, but not all of them */
static struct places Dot_string(struct input *in, struct places from)
{
    if (in->lax & SMTPWIRE_LAX_EMPTY_ATOM)
        return repeat(in, atext(in, repeat(in, from, 0, SIZE_MAX, dot)), 0, SIZE_MAX, atext_or_dot);
    return repeat(in, Atom(in, from), 0, SIZE_MAX, dot_Atom);
}

/* QcontentSMTP = qtextSMTP / quoted-pairSMTP; qtextSMTP =/ UTF8-non-ascii, quoted-pairSMTP not */
static struct places QcontentSMTP(struct input *in, struct places from)
{
    struct places ends = octet(in, from, is_qtextSMTP);
    ends = either(in, ends, octet(in, octet(in, from, is_backslash), is_printable));
    return in->utf8 ? either(in, ends, UTF8_non_ascii(in, from)) : ends;
}

/* Quoted-string = DQUOTE *QcontentSMTP DQUOTE */
struct places Quoted_string(struct input *in, struct places from)
{
    return octet(in, repeat(in, octet(in, from, is_DQUOTE), 0, SIZE_MAX, QcontentSMTP), is_DQUOTE);
}

/* String = Atom / Quoted-string */
struct places String(struct input *in, struct places from)
{
    return either(in, Atom(in, from), Quoted_string(in, from));
}

/* Local-part = Dot-string / Quoted-string */
struct places Local_part(struct input *in, struct places from)
{
    return either(in, Dot_string(in, from), Quoted_string(in, from));
}

/* Let-dig = ALPHA / DIGIT */
static struct places Let_dig(struct input *in, struct places from) { return octet(in, from, is_Let_dig); }

static struct places Let_dig_or_hyphen(struct input *in, struct places from)
{
    return either(in, Let_dig(in, from), octet(in, from, is_hyphen));
}

/* Ldh-str = *( ALPHA / DIGIT / "-" ) Let-dig */
static struct places Ldh_str(struct input *in, struct places from)
{
    return Let_dig(in, repeat(in, from, 0, SIZE_MAX, Let_dig_or_hyphen));
}

/* What a label begins and ends with: Let-dig, in a U-label (RFC 5890 section 2.3.2.1, RFC 6531 section 3.3) also
 * UTF8-non-ascii; underscore: also "_" */
static struct places label_edge(struct input *in, struct places from)
{
    struct places ends = Let_dig(in, from);
    if (in->lax & SMTPWIRE_LAX_UNDERSCORE)
        ends = either(in, ends, octet(in, from, is_underscore));
    return in->utf8 ? either(in, ends, UTF8_non_ascii(in, from)) : ends;
}

static struct places label_character(struct input *in, struct places from)
{
    return either(in, label_edge(in, from), octet(in, from, is_hyphen));
}

static struct places label_tail(struct input *in, struct places from)
{
    return label_edge(in, repeat(in, from, 0, SIZE_MAX, label_character));
}

/* sub-domain = Let-dig [ Ldh-str ] / U-label */
static struct places sub_domain(struct input *in, struct places from)
{
    return optional(in, label_edge(in, from), label_tail);
}

static struct places dot_sub_domain(struct input *in, struct places from)
{
    return sub_domain(in, text(in, from, "."));
}

/* Domain = sub-domain *( "." sub-domain ); trailing_dot: [ "." ] */
struct places Domain(struct input *in, struct places from)
{
    struct places ends = repeat(in, sub_domain(in, from), 0, SIZE_MAX, dot_sub_domain);
    return in->lax & SMTPWIRE_LAX_TRAILING_DOT ? optional(in, ends, dot) : ends;
}

/* Snum = 1*3DIGIT, from 0 through 255 */
static struct places Snum(struct input *in, struct places from)
{
    return either(in, number(in, from, 1, 0, 9), either(in, number(in, from, 2, 0, 99), number(in, from, 3, 0, 255)));
}

static struct places dot_Snum(struct input *in, struct places from) { return Snum(in, text(in, from, ".")); }

/* IPv4-address-literal = Snum 3( "." Snum ) */
struct places IPv4_address_literal(struct input *in, struct places from)
{
    return repeat(in, Snum(in, from), 3, 3, dot_Snum);
}

static struct places HEXDIG(struct input *in, struct places from) {
    return octet(in, from, is_HEXDIG);
}

/* IPv6-hex = 1*4HEXDIG */
static struct places
IPv6_hex(struct input *in, struct places from)
{
    return repeat(in, from, 1, 4, HEXDIG);
}
static struct places colon_IPv6_hex(struct input *in, struct places from) { return IPv6_hex(in, text(in, from, ":")); }
static struct places IPv6_hex_colon(struct input *in, struct places from) { return text(in, IPv6_hex(in, from), ":"); }

/* n groups with colons between them */
static struct places groups(struct input *in, struct places from, size_t n)
{
    return n == 0 ? from : repeat(in, IPv6_hex(in, from), n - 1, n - 1, colon_IPv6_hex);
}

/* IPv6-full = 8 groups; IPv6v4-full = 6 groups ":" IPv4-address-literal; IPv6-comp and IPv6v4-comp = groups "::" groups
 * with at most 6, and at most 4 before the IPv4-address-literal: each number of groups on either side is tried.
 * ipv6_one_group: one more of either. */
struct places IPv6_addr(struct input *in, struct places from)
{
    struct places ends = groups(in, from, 8);
    size_t before, behind, most = in->lax & SMTPWIRE_LAX_IPV6_ONE_GROUP ? 7 : 6;
    ends = either(in, ends, IPv4_address_literal(in, text(in, groups(in, from, 6), ":")));
    for (before = 0; before <= most; before++) {
        struct places colons = text(in, groups(in, from, before), "::");
        for (behind = 0; before + behind <= most; behind++)
            ends = either(in, ends, groups(in, colons, behind));
        for (behind = 0; before + behind <= most - 2; behind++)
            ends = either(in, ends, IPv4_address_literal(in, repeat(in, colons, behind, behind, IPv6_hex_colon)));
    }
    return ends;
}

static struct places dcontent(struct input *in, struct places from) { return octet(in, from, is_dcontent); }

/* Standardized-tag ":", Standardized-tag = Ldh-str but IPv6, which has a syntax of its own */
struct places tag_colon(struct input *in, struct places from)
{
    struct places ends = none();
    size_t i;
    for (i = 0; i < from.count; i++) {
        struct places tag = Ldh_str(in, place(in, from.at[i])), six = text(in, place(in, from.at[i]), "IPv6");
        if (six.count == 1)
            tag = without(in, tag, six.at[0]);
        ends = either(in, ends, text(in, tag, ":"));
    }
    return ends;
}

/* General-address-literal = Standardized-tag ":" 1*dcontent */
static struct places General_address_literal(struct input *in, struct places from)
{
    return repeat(in, tag_colon(in, from), 1, SIZE_MAX, dcontent);
}

/* address-literal = "[" ( IPv4-address-literal / IPv6-address-literal / General-address-literal ) "]" */
struct places address_literal(struct input *in, struct places from)
{
    struct places inside = text(in, from, "["), ends = IPv4_address_literal(in, inside);
    ends = either(in, ends, IPv6_addr(in, text(in, inside, "IPv6:")));
    if (in->any_tag)
        ends = either(in, ends, General_address_literal(in, inside));
    return text(in, ends, "]");
}

/* A label before SMTPUTF8 was offered (RFC 6531 section 3.7.1), whatever the leniencies: ATRN has such. */
struct places ascii_label(struct input *in, struct places from)
{
    int utf8 = in->utf8;
    uint32_t lax = in->lax;
    struct places ends;
    in->utf8 = 0;
    in->lax = 0;
    ends = sub_domain(in, from);
    in->utf8 = utf8;
    in->lax = lax;
    return ends;
}

/* Domain / address-literal */
struct places host(struct input *in, struct places from)
{
    return either(in, Domain(in, from), address_literal(in, from));
}

/* The same before SMTPUTF8 was offered (RFC 6531 section 3.7.1). */
struct places ascii_domain(struct input *in, struct places from)
{
    int utf8 = in->utf8;
    struct places ends;
    in->utf8 = 0;
    ends = Domain(in, from);
    in->utf8 = utf8;
    return ends;
}

struct places ascii_host(struct input *in, struct places from)
{
    return either(in, ascii_domain(in, from), address_literal(in, from));
}

/* Mailbox = Local-part "@" ( Domain / address-literal ) */
struct places Mailbox(struct input *in, struct places from) { return host(in, text(in, Local_part(in, from), "@")); }

/* At-domain = "@" Domain */
static struct places At_domain(struct input *in, struct places from) { return Domain(in, text(in, from, "@")); }
static struct places comma_At_domain(struct input *in, struct places from)
{
    return At_domain(in, text(in, from, ","));
}

/* A-d-l ":", A-d-l = At-domain *( "," At-domain ) */
static struct places A_d_l_colon(struct input *in, struct places from)
{
    return text(in, repeat(in, At_domain(in, from), 0, SIZE_MAX, comma_At_domain), ":");
}

/* Path = "<" [ A-d-l ":" ] Mailbox ">" */
struct places Path(struct input *in, struct places from)
{
    return text(in, Mailbox(in, optional(in, text(in, from, "<"), A_d_l_colon)), ">");
}

/* Reverse-path = Path / "<>" */
struct places Reverse_path(struct input *in, struct places from)
{
    return either(in, Path(in, from), text(in, from, "<>"));
}

/* Forward-path = Path; RFC 5321 section 4.1.1.3: or <Postmaster> */
struct places Forward_path(struct input *in, struct places from)
{
    return either(in, Path(in, from), text(in, from, "<Postmaster>"));
}

/* missing_brackets: Reverse-path / Mailbox, Forward-path / Mailbox / "Postmaster" */
struct places Bare_from(struct input *in, struct places from)
{
    return either(in, Reverse_path(in, from), Mailbox(in, from));
}

struct places Bare_to(struct input *in, struct places from)
{
    struct places ends = either(in, Forward_path(in, from), Mailbox(in, from));
    return either(in, ends, text(in, from, "Postmaster"));
}

/* SP; htab_separator: or HTAB */
struct places separator(struct input *in, struct places from)
{
    struct places ends = text(in, from, " ");
    return in->lax & SMTPWIRE_LAX_HTAB_SEPARATOR ? either(in, ends, text(in, from, "\t")) : ends;
}
