/* Notes the steps that the machines make in a build whose generated code tells of each (build/gen-states), and appends
 * them at exit to the file that the environment names in STATES, one state a line: machine, state, and the octets that
 * it went on with as 64 hexadecimal digits, octet 0 first. Only for replaying: fuzz/states.py adds up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void smtpwire__state_step(const char *machine, int state, unsigned char octet);

enum { STATES = 2048, MACHINES = 32, OCTETS = 32 };
static struct {
    const char *name;
    unsigned char (*octets)[OCTETS]; /* of each state */
} machines[MACHINES];

static void write_state(FILE *out, const char *name, size_t state, const unsigned char *octets)
{
    size_t i;
    for (i = 0; i < OCTETS && octets[i] == 0; i++)
        ;
    if (i == OCTETS)
        return;
    fprintf(out, "%s %zu ", name, state);
    for (i = 0; i < OCTETS; i++)
        fprintf(out, "%02x", octets[i]);
    fputc('\n', out);
}

static void write_all(void)
{
    const char *name = getenv("STATES");
    FILE *out = name != NULL ? fopen(name, "a") : NULL;
    size_t i, state;

    if (out == NULL)
        return;
    for (i = 0; i < MACHINES && machines[i].name != NULL; i++)
        for (state = 0; state < STATES; state++)
            write_state(out, machines[i].name, state, machines[i].octets[state]);
    fclose(out);
}

void smtpwire__state_step(const char *machine, int state, unsigned char octet)
{
    size_t i = 0;
    while (i < MACHINES && machines[i].name != NULL && machines[i].name != machine &&
           strcmp(machines[i].name, machine) != 0)
        i++;
    if (i == MACHINES || state < 0 || state >= STATES)
        abort();
    if (machines[i].name == NULL) {
        if (i == 0)
            atexit(write_all);
        machines[i].name = machine;
        machines[i].octets = calloc(STATES, OCTETS);
        if (machines[i].octets == NULL)
            abort();
    }
    machines[i].octets[state][octet / 8] |= (unsigned char)(0x80U >> octet % 8);
}
