/* What the tests of shorter ways share: memory behind whose end nothing may be read, and the kinds of instructions that
 * this build and this processor have.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SCANNERS_H
#define SCANNERS_H

#include "internal.h"
#include "scan.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The end of a page that can be read and written; behind it is one that cannot. */
static inline void *guarded_end(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) != 0)
        abort();
    return pages + page;
}

/* Those of every[] that there are, AVX2 only where the processor can do it, too. Returns how many. */
static inline unsigned find_scanners(const unsigned *every, size_t len, unsigned *scanners)
{
    unsigned count = 0;
    for (size_t i = 0; i < len; i++)
        if (smtpwire__scan_has(every[i]) &&
            (every[i] != SMTPWIRE_SIMD_AVX2 || smtpwire_simd_detect() == SMTPWIRE_SIMD_AVX2))
            scanners[count++] = every[i];
    return count;
}

#endif
