/* Counts the steps that the machines make in a build whose generated code tells of each (build/gen-states), and prints
 * them at exit, one a line: machine, state, next state. Only for replaying: fuzz/states.py adds up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void smtpwire__state_step(const char *machine, int from, int to);

enum { STATES = 2048, MACHINES = 32 };
static struct {
    const char *name;
    unsigned char *seen; /* STATES * STATES */
} machines[MACHINES];

static void print(void)
{
    size_t i, from, to;
    for (i = 0; i < MACHINES && machines[i].name != NULL; i++)
        for (from = 0; from < STATES; from++)
            for (to = 0; to < STATES; to++)
                if (machines[i].seen[from * STATES + to])
                    printf("%s %zu %zu\n", machines[i].name, from, to);
}

void smtpwire__state_step(const char *machine, int from, int to)
{
    size_t i = 0;
    while (i < MACHINES && machines[i].name != NULL && machines[i].name != machine &&
           strcmp(machines[i].name, machine) != 0)
        i++;
    if (i == MACHINES || from < 0 || to < 0 || from >= STATES || to >= STATES)
        abort();
    if (machines[i].name == NULL) {
        if (i == 0)
            atexit(print);
        machines[i].name = machine;
        machines[i].seen = calloc(STATES, STATES);
        if (machines[i].seen == NULL)
            abort();
    }
    machines[i].seen[(size_t)from * STATES + (size_t)to] = 1;
}
