/* Paths, mailboxes, domains: RFC 5321 sections 4.1.2 and 4.1.3, RFC 6531 section 3.3. Rules have their RFC names. */
#ifndef REFERENCE_ADDRESS_H
#define REFERENCE_ADDRESS_H

#include "places.h"
#include "reference.h"

int is_ALPHA(unsigned char o);
int is_DIGIT(unsigned char o);
int is_HEXDIG(unsigned char o);

rule absolute_URI, DIGIT, Reverse_path, Forward_path, Path, Mailbox, Local_part, Domain, ascii_domain, ascii_label,
    host, ascii_host, String, Atom, Quoted_string, address_literal, tag_colon, IPv4_address_literal, IPv6_addr,
    Bare_from, Bare_to, separator;

/* Where the parts of a path that begins at in->data + from are; brackets: it is one, else a Mailbox. Used on what was
 * accepted. */
void address_parts(const struct input *in, size_t from, size_t to, int brackets, struct reference_address *parts);
void host_parts(const struct input *in, size_t from, size_t to, struct reference_address *parts);
uint32_t address_flags(const struct input *in, const struct reference_address *parts);

/* The first octet over a length limit in what begins at from, as far as it can be read; NONE at SIZE_MAX if there is
 * none. */
struct reference_verdict path_too_long(struct input *in, size_t from, const struct smtpwire_options *options);
struct reference_verdict mailbox_too_long(struct input *in, size_t from, const struct smtpwire_options *options);
struct reference_verdict host_too_long(struct input *in, size_t from, const struct smtpwire_options *options);

#endif
