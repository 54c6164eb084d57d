/* Writes each statement that SQLite ran, values written in, to the file named by STATEMENTS: what the floor program runs.
 * Loaded before the library (LD_PRELOAD); used by compare.py only. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct sqlite3_stmt sqlite3_stmt;
extern char *sqlite3_expanded_sql(sqlite3_stmt *);
extern void sqlite3_free(void *);

int sqlite3_reset(sqlite3_stmt *statement) {
    static int (*reset)(sqlite3_stmt *);
    if (!reset) reset = (int (*)(sqlite3_stmt *))dlsym(RTLD_NEXT, "sqlite3_reset");
    const char *path = getenv("STATEMENTS");
    char *text = path && statement ? sqlite3_expanded_sql(statement) : NULL;
    if (text) {
        FILE *file = fopen(path, "a");
        if (file) {
            for (char *c = text; *c; c++) fputc(*c == '\n' ? ' ' : *c, file);
            fputc('\n', file);
            fclose(file);
        }
        sqlite3_free(text);
    }
    return reset(statement);
}
