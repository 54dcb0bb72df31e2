/* Runs a fuzz target over files, without a fuzzing engine. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *name)
{
    FILE *in = fopen(name, "rb");
    uint8_t *data = NULL;
    size_t size = 0, got;

    if (in == NULL) {
        perror(name);
        return -1;
    }
    do {
        data = realloc(data, size + 65536);
        if (data == NULL)
            abort();
        got = fread(data + size, 1, 65536, in);
        size += got;
    } while (got != 0);
    fclose(in);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    int i;
    for (i = 1; i < argc; i++)
        if (replay(argv[i]) < 0)
            return 1;
    printf("%d passed, 0 failed\n", argc - 1);
    return argc == 1;
}
