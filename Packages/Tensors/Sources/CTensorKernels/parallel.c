#include "parallel.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    int64_t count, grain;
    tk_range body;
    void *context;
} ranges;

static void run_range(void *context, int64_t tile) {
    const ranges *r = context;
    int64_t first = tile * r->grain;
    r->body(r->context, first, tk_min(first + r->grain, r->count));
}

void tk_parallel_ranges(int64_t count, int64_t grain, tk_range body, void *context) {
    if (count <= 0) return;
    ranges r = {count, grain, body, context};
    tk_parallel(tk_ceil_divide(count, grain), run_range, &r);
}

typedef struct {
    float *data[TK_SCRATCH_SLOTS];
    int64_t count[TK_SCRATCH_SLOTS];
} scratch;

static pthread_key_t scratch_key;
static pthread_once_t scratch_made = PTHREAD_ONCE_INIT;
static _Thread_local scratch *own;

static void free_scratch(void *pointer) {
    scratch *s = pointer;
    for (int slot = 0; slot < TK_SCRATCH_SLOTS; slot++) free(s->data[slot]);
    free(s);
}

static void make_scratch_key(void) { pthread_key_create(&scratch_key, free_scratch); }

static void *checked(void *pointer) {
    if (pointer != NULL) return pointer;
    fputs("CTensorKernels: out of memory\n", stderr);
    abort();
}

float *tk_scratch(tk_scratch_slot slot, int64_t count) {
    if (own == NULL) {
        pthread_once(&scratch_made, make_scratch_key);
        own = checked(calloc(1, sizeof *own));
        pthread_setspecific(scratch_key, own);
    }
    if (own->count[slot] < count) {
        free(own->data[slot]);
        // Rounded up, so that slowly growing needs do not allocate each time.
        own->count[slot] = tk_ceil_divide(count + count / 4, 1024) * 1024;
        own->data[slot] = checked(aligned_alloc(64, (size_t)own->count[slot] * sizeof(float)));
    }
    return own->data[slot];
}
