/* Prints a fuzz target's dictionary, in the format that libFuzzer and AFL++ share: the words of the wire's tables. */
#include "mutator.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    const char *word;
    uint32_t i;
    if (argc != 2) {
        fputs("usage: dictionary TARGET\n", stderr);
        return 1;
    }
    for (i = 0; (word = fuzz_word(fuzz_language_of(argv[1]), i)) != NULL; i++) {
        putchar('"');
        for (; *word != '\0'; word++)
            printf((unsigned char)*word <= ' ' || *word == '"' || *word == '\\' || *word == 127 ? "\\x%02x" : "%c",
                   (unsigned char)*word);
        puts("\"");
    }
    return 0;
}
