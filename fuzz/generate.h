/* Nonterminals of the wire's grammar, shared by values.c, addresses.c and generate.c. */
#ifndef GENERATE_H
#define GENERATE_H

#include "mutator.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define ONE_OF(t, array) ((array)[fuzz_dice(t, COUNT(array))])
#define LETTERS "abcXYZ"
#define DIGITS "0123456789"

enum { ON_NOTHING = 0, ON_MAIL = 1, ON_RCPT = 2, ON_MAIL_OR_RCPT = 3 };

void gen_put(struct fuzz_text *t, const char *text);
void gen_put_octet(struct fuzz_text *t, unsigned octet);
int gen_seldom(struct fuzz_text *t);
void gen_fill(struct fuzz_text *t, const char *set, size_t len); /* len octets out of a set */
void gen_name(struct fuzz_text *t, const char *text);            /* in any case */
void gen_words(struct fuzz_text *t, const char *const *from, uint32_t count, const char *between);
#define WORDS(t, from, between) gen_words(t, from, COUNT(from), between)
void gen_spoil(struct fuzz_text *t); /* a wrong octet, seldom */

void gen_utf8(struct fuzz_text *t);
void gen_local_part(struct fuzz_text *t);
void gen_domain(struct fuzz_text *t);
void gen_literal(struct fuzz_text *t);
void gen_mailbox(struct fuzz_text *t);
void gen_path(struct fuzz_text *t);
void gen_xtext(struct fuzz_text *t);
void gen_base64(struct fuzz_text *t);
void gen_date_time(struct fuzz_text *t);
void gen_parameters(struct fuzz_text *t, uint32_t on); /* ON_MAIL or ON_RCPT, mostly */
void gen_text(struct fuzz_text *t);
void gen_line_end(struct fuzz_text *t);
/* Goes on from data[from..len), the beginning of a line of this kind (enum smtpwire_expected_kind), to its end, but
 * for no more octets than steps. */
enum { GEN_LONGEST = 100 };
void gen_walk(struct fuzz_text *t, size_t from, unsigned kind, uint32_t steps);
void gen_walk_parameters(struct fuzz_text *t, uint32_t on); /* ON_MAIL or ON_RCPT */
void gen_content_part(struct fuzz_text *t);
void gen_content(struct fuzz_text *t); /* through its lone dot, mostly */

#endif
