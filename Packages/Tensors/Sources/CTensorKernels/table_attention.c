// Attention of few queries to keys and values that are rows of tables. What several batch entries see, as beams see what
// stands in front of them, is in the tables once.
#include "attention.h"
#include "parallel.h"

/// A head of a table that lies in chunks.
typedef struct {
    const float *const *chunks;
    int64_t start, stride;
} table_head;

static inline const float *table_row(table_head t, int32_t row) {
    return t.chunks[row / TK_CHUNK_ROWS] + row % TK_CHUNK_ROWS * t.stride + t.start;
}

#define TK_LOOPS "table_attention_loops.h"
#include "each_variant.h"

enum { TILE_ENTRIES = 8 };  // of the batch that take a head of the tables in turn, while it is in cache

typedef struct {
    const tk_attention *a;
    const float *const *keys, *const *values;
    const int32_t *rows;
    float *output;
} task;

/// All queries of a batch entry and head.
static void attend(const task *t, int64_t entry, int64_t head, float *scores) {
    const tk_attention *a = t->a;
    const int32_t *rows = t->rows + entry * a->keys;
    int64_t width = a->heads * a->head_width, start = head * a->head_width;
    const float *query = a->query.data + entry * a->query.batch_stride + start;
    table_head keys = {t->keys, start, width}, values = {t->values, start, width};
    for (int64_t i = 0; i < a->queries; i++) {
        TK_PICK(query_rows)(query + i * a->query.row_stride, keys, rows, a->keys, a->head_width, scores);
        tk_normalize_scores(a, entry, head, i, scores);
        float *output = t->output + (entry * a->queries + i) * width + start;
        TK_PICK(weigh_rows)(scores, values, rows, a->keys, a->head_width, output);
    }
}

static int64_t entry_blocks(const tk_attention *a) { return tk_ceil_divide(a->batch, TILE_ENTRIES); }

/// A head of some batch entries: what several of them see, as beams see what stands in front of them, is read once.
static void head_tile(void *context, int64_t tile) {
    const task *t = context;
    const tk_attention *a = t->a;
    int64_t head = tile / entry_blocks(a), first = tile % entry_blocks(a) * TILE_ENTRIES;
    float *scores = tk_scratch(TK_SCRATCH_TILE, a->keys);
    for (int64_t entry = first; entry < tk_min(first + TILE_ENTRIES, a->batch); entry++) {
        attend(t, entry, head, scores);
    }
}

void tk_attend_rows(const tk_attention *attention, const float *const *keys, const float *const *values,
                    const int32_t *rows, float *output) {
    task t = {attention, keys, values, rows, output};
    tk_parallel(attention->heads * entry_blocks(attention), head_tile, &t);
}
