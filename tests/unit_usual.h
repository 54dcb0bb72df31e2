/* What a machine has run over, and with what kinds of instructions, as tests/unit_usual*.c ask. */
#ifndef UNIT_USUAL_H
#define UNIT_USUAL_H

#include "smtpwire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef SMTPWIRE_COUNT_STEPS
extern uint64_t smtpwire__steps, smtpwire__ran, smtpwire__alike;
#else
static uint64_t smtpwire__steps __attribute__((unused)), smtpwire__ran __attribute__((unused));
static uint64_t smtpwire__alike __attribute__((unused));
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const unsigned every_simd[] = {SMTPWIRE_SIMD_DETECT, SMTPWIRE_SIMD_NONE, SMTPWIRE_SIMD_SWAR,
                                      SMTPWIRE_SIMD_SSE2,   SMTPWIRE_SIMD_AVX2, SMTPWIRE_SIMD_NEON};

#endif
