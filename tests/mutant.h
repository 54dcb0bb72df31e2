/* The mutant that is asked for at run time, in builds that have them all (tests/mutate.py). */
extern int smtpwire_mutant;
extern unsigned char smtpwire_mutant_reached[];
#define MUTANT(number) (smtpwire_mutant_reached[number] = 1, smtpwire_mutant == (number))
