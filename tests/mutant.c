/* Which mutant of the library is on, from SMTPWIRE_MUTANT; none if it is not set. Where SMTPWIRE_MUTANT_REACHED names a
 * file, one octet for each mutant is appended to it at the end: 1 where the changed place was run. */
#include "mutant.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST = 1 << 16 };

int smtpwire_mutant = -1;
unsigned char smtpwire_mutant_reached[MOST];

static void mutant_reached(void)
{
    const char *name = getenv("SMTPWIRE_MUTANT_REACHED");
    FILE *out = name != NULL ? fopen(name, "ab") : NULL;
    if (out == NULL)
        return;
    fwrite(smtpwire_mutant_reached, 1, MOST, out);
    fclose(out);
}

__attribute__((constructor)) static void mutant_choose(void)
{
    const char *number = getenv("SMTPWIRE_MUTANT");
    if (number != NULL)
        smtpwire_mutant = (int)strtol(number, NULL, 10);
    atexit(mutant_reached);
}
