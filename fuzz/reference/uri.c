/* absolute-URI of RFC 3986 appendix A, which BURL has (RFC 4468 section 3.5). What stands between the brackets of an
 * IP-literal is left to who resolves the URI (deviations.abnf). */
#include "address.h"

#include <string.h>

static int one_of(unsigned char o, const char *set) { return o != '\0' && strchr(set, o) != NULL; }
static int is_unreserved_or_sub_delim(unsigned char o)
{
    return is_ALPHA(o) || is_DIGIT(o) || one_of(o, "-._~!$&'()*+,;=");
}
static int is_with_colon(unsigned char o) { return is_unreserved_or_sub_delim(o) || o == ':'; }
static int is_plain_pchar(unsigned char o) { return is_with_colon(o) || o == '@'; }
static int is_plain_query(unsigned char o) { return is_plain_pchar(o) || o == '/' || o == '?'; }
static int is_scheme(unsigned char o) { return is_ALPHA(o) || is_DIGIT(o) || one_of(o, "+-."); }

/* pct-encoded = "%" HEXDIG HEXDIG */
static struct places pct_encoded(struct input *in, struct places from)
{
    return octet(in, octet(in, exact(in, from, "%"), is_HEXDIG), is_HEXDIG);
}

static struct places name_character(struct input *in, struct places from)
{
    return either(in, octet(in, from, is_unreserved_or_sub_delim), pct_encoded(in, from));
}
static struct places user_character(struct input *in, struct places from)
{
    return either(in, octet(in, from, is_with_colon), pct_encoded(in, from));
}
static struct places pchar(struct input *in, struct places from)
{
    return either(in, octet(in, from, is_plain_pchar), pct_encoded(in, from));
}
static struct places query_character(struct input *in, struct places from)
{
    return either(in, octet(in, from, is_plain_query), pct_encoded(in, from));
}
static struct places scheme_character(struct input *in, struct places from) { return octet(in, from, is_scheme); }
static struct places literal_character(struct input *in, struct places from) { return octet(in, from, is_with_colon); }

/* "/" segment */
static struct places slash_segment(struct input *in, struct places from)
{
    return repeat(in, exact(in, from, "/"), 0, SIZE_MAX, pchar);
}
static struct places segments(struct input *in, struct places from)
{
    return repeat(in, from, 0, SIZE_MAX, slash_segment);
}

/* segment-nz *( "/" segment ) */
static struct places path_rootless(struct input *in, struct places from)
{
    return segments(in, repeat(in, from, 1, SIZE_MAX, pchar));
}

/* authority = [ userinfo "@" ] host [ ":" port ], host = IP-literal / IPv4address / reg-name, of which reg-name has all
 * that an IPv4address is */
static struct places userinfo_at(struct input *in, struct places from)
{
    return exact(in, repeat(in, from, 0, SIZE_MAX, user_character), "@");
}
static struct places colon_port(struct input *in, struct places from)
{
    return repeat(in, exact(in, from, ":"), 0, SIZE_MAX, DIGIT);
}
static struct places authority(struct input *in, struct places from)
{
    struct places begin = optional(in, from, userinfo_at);
    struct places ends = exact(in, repeat(in, exact(in, begin, "["), 1, SIZE_MAX, literal_character), "]");
    return optional(in, either(in, ends, repeat(in, begin, 0, SIZE_MAX, name_character)), colon_port);
}

static struct places query(struct input *in, struct places from)
{
    return repeat(in, exact(in, from, "?"), 0, SIZE_MAX, query_character);
}

struct places absolute_URI(struct input *in, struct places from)
{
    struct places colon = exact(in, repeat(in, octet(in, from, is_ALPHA), 0, SIZE_MAX, scheme_character), ":");
    struct places ends = segments(in, authority(in, exact(in, colon, "//")));
    ends = either(in, ends, optional(in, exact(in, colon, "/"), path_rootless));
    ends = either(in, ends, either(in, path_rootless(in, colon), colon));
    return optional(in, ends, query);
}
