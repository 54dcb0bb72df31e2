/* The octets that are measured, made from a fixed seed, and what parsing them must add up to.
 *
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <cstddef>
#include <string>

struct workload {
    std::string octets;
    size_t lines;
    size_t parts;  /* octets of local parts, domains and literals; of a reply's text; of content without stuffed dots */
    size_t values; /* octets of parameters' values; of keywords and their parameters in a reply to EHLO */
};

workload make_commands(size_t lines); /* W1: sessions of EHLO, MAIL, RCPT, DATA, RSET or QUIT */

/* W2: MAIL and RCPT. generic: the keywords are none that is known; unusual (W2q): quoted local parts and address
 * literals; unicode (W2u): addresses in UTF-8, MAIL with SMTPUTF8. */
enum path_kind { PATH_USUAL, PATH_GENERIC, PATH_UNUSUAL, PATH_UNICODE };
workload make_paths(size_t lines, path_kind kind);

workload make_text(size_t octets);        /* W3: lines of 60 to 78 octets, one in a hundred dot-stuffed */
workload make_lengths(size_t octets);     /* the same of 3 to 78 octets */
workload make_base64(size_t octets);      /* W3: lines of 78 octets, one in a hundred dot-stuffed */
workload make_replies(size_t lines);      /* W4: replies of one line and of two, with enhanced status codes */
workload make_capabilities(size_t lines); /* W4e: replies to EHLO, a line of greeting and keyword lines each */
workload make_chunks(size_t chunks);      /* a message in chunks of up to 64 octets, with its EHLO, MAIL and RCPT */
workload make_xtext(size_t lines);        /* mailboxes in xtext; parts are those of the text */
workload make_utf8(size_t lines);         /* mailboxes whose local part has no ASCII */

#endif
