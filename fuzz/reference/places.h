/* The engine of the reference parser: rules over sets of places.
 *
 * A rule of ABNF is a function of the places where it may begin, and returns all places where it may end. Nothing is
 * chosen, looked ahead for or taken back: alternatives are united, a sequence is one rule after the other. Only octet()
 * looks at the input; the furthest place that it ever reached is the length of the longest prefix with which a valid
 * text begins, since every rule of the grammar can be completed.
 *
 * A text may be spelled: inside xtext (RFC 3461 section 4) or the type utf-8 of ORCPT (RFC 6533 section 3) the rules of
 * Mailbox are about what is stood for. octet() and non_ascii() then try every spelling of every octet wanted.
 */
#ifndef PLACES_H
#define PLACES_H

#include <stddef.h>
#include <stdint.h>

enum spelling {
    SPELLING_PLAIN,
    SPELLING_XTEXT,       /* +HH, in upper case */
    SPELLING_LOWER_XTEXT, /* +HH, in either case */
    SPELLING_UNITEXT      /* \x{H...} */
};

struct input {
    const unsigned char *data;
    size_t len;
    size_t furthest;
    enum spelling spelling;
    int utf8;     /* UTF8-non-ascii is among atext, qtext and the characters of labels (RFC 6531 section 3.3) */
    int raw_utf8; /* in unitext: it may also stand as it is */
    int any_tag;  /* General-address-literal may have any tag but IPv6 */
    uint32_t lax; /* SMTPWIRE_LAX_* of addresses and command lines, where they count (lenient.abnf) */
    struct block *blocks;
};

/* In ascending order, each once. The memory is the input's. */
struct places {
    size_t count;
    size_t *at;
};

typedef struct places rule(struct input *in, struct places from);

void input_begin(struct input *in, const void *data, size_t len);
void input_end(struct input *in);

struct places none(void);
struct places place(struct input *in, size_t at);
int has_place(struct places set, size_t at);
struct places either(struct input *in, struct places a, struct places b);
struct places without(struct input *in, struct places set, size_t at);

/* Terminals. wanted says which octets. */
struct places octet(struct input *in, struct places from, int (*wanted)(unsigned char));
struct places range(struct input *in, struct places from, unsigned char low, unsigned char high);
struct places text(struct input *in, struct places from, const char *letters);  /* in any case */
struct places exact(struct input *in, struct places from, const char *letters); /* in this case */
struct places number(struct input *in, struct places from, unsigned width, unsigned low, unsigned high);
struct places UTF8_non_ascii(struct input *in, struct places from);

/* *element, min*max element, [ element ] */
struct places repeat(struct input *in, struct places from, size_t min, size_t max, rule *element);
struct places optional(struct input *in, struct places from, rule *element);

/* The place behind the furthest octet that the rule takes when it begins at one place; changes nothing. */
size_t reach(struct input *in, size_t from, rule *element);

#endif
