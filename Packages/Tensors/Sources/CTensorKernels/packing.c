// Rows into panels of lines and back.
#include "packed.h"
#include "parallel.h"

#include <string.h>

static int64_t row_bytes(const tk_weights *w) { return w->element == TK_INT8 ? w->inputs : 2 * w->inputs; }

int64_t tk_packed_bytes(const tk_weights *shape) {
    int64_t panels = tk_panel_count(shape);
    int64_t sums = shape->element == TK_INT8 ? panels * TK_PANEL_ROWS : 0;
    return (panels * tk_line_count(shape) * TK_LINE_WORDS + sums) * 4;
}

typedef struct {
    const tk_weights *weights;
    char *rows;
    int64_t first;    // the panel that `lines` begin with
    uint32_t *lines;
    int32_t *sums;
} packing;

static uint32_t *panel_lines(const packing *p, int64_t panel) {
    return p->lines + (panel - p->first) * tk_line_count(p->weights) * TK_LINE_WORDS;
}

/// Brings the first elements of a line's words before the second ones.
static void split_words(uint32_t *line) {
    uint16_t pairs[2 * TK_LINE_WORDS], split[2 * TK_LINE_WORDS];
    memcpy(pairs, line, sizeof pairs);
    for (int lane = 0; lane < TK_LINE_WORDS; lane++) {
        split[lane] = pairs[2 * lane];
        split[TK_LINE_WORDS + lane] = pairs[2 * lane + 1];
    }
    memcpy(line, split, sizeof split);
}

static int32_t level_sum(const int8_t *levels, int64_t count) {
    int32_t sum = 0;
    for (int64_t i = 0; i < count; i++) sum += levels[i];
    return sum;
}

/// Words of the rows to some lines of a panel, zeros where rows or their bytes end.
static void fill_lines(const packing *p, int64_t panel, int64_t first, int64_t last) {
    const tk_weights *w = p->weights;
    int64_t bytes = row_bytes(w), rows = tk_min(TK_PANEL_ROWS, w->outputs - panel * TK_PANEL_ROWS);
    int64_t whole = tk_min(last, bytes / 4);
    const char *from = p->rows + panel * TK_PANEL_ROWS * bytes;
    uint32_t *lines = panel_lines(p, panel);
    for (int64_t i = first; i < whole; i++) {
        for (int64_t lane = 0; lane < rows; lane++) {
            memcpy(lines + i * TK_LINE_WORDS + lane, from + lane * bytes + 4 * i, 4);
        }
    }
    for (int64_t lane = 0; lane < rows && whole < last; lane++) {
        lines[whole * TK_LINE_WORDS + lane] = 0;
        memcpy(lines + whole * TK_LINE_WORDS + lane, from + lane * bytes + 4 * whole, (size_t)(bytes % 4));
    }
    for (int64_t lane = rows; lane < TK_PANEL_ROWS; lane++) {
        for (int64_t i = first; i < last; i++) lines[i * TK_LINE_WORDS + lane] = 0;
    }
}

static void pack_panel(void *context, int64_t panel) {
    enum { RUN = 16 };  // lines that are still in the first cache when their words are split
    const packing *p = context;
    const tk_weights *w = p->weights;
    int64_t count = tk_line_count(w), row = panel * TK_PANEL_ROWS;
    for (int64_t first = 0; first < count; first += RUN) {
        int64_t last = tk_min(first + RUN, count);
        fill_lines(p, panel, first, last);
        if (w->element != TK_FLOAT16) continue;
        for (int64_t i = first; i < last; i++) split_words(panel_lines(p, panel) + i * TK_LINE_WORDS);
    }
    for (int64_t i = row; i < row + TK_PANEL_ROWS && p->sums != NULL; i++) {
        p->sums[i] = i < w->outputs ? level_sum((const int8_t *)p->rows + i * w->inputs, w->inputs) : 0;
    }
}

void tk_pack_weights(const tk_weights *rows, void *packed) {
    packing p = {.weights = rows, .rows = (char *)rows->data, .lines = packed};
    if (rows->element == TK_INT8) {
        p.sums = (int32_t *)packed + tk_panel_count(rows) * tk_line_count(rows) * TK_LINE_WORDS;
    }
    tk_parallel(tk_panel_count(rows), pack_panel, &p);
}

void tk_pack_panels_of_halves(const tk_weights *rows, int64_t first, int64_t count, uint32_t *lines) {
    packing p = {.weights = rows, .rows = (char *)rows->data, .first = first, .lines = lines};
    for (int64_t panel = first; panel < first + count; panel++) pack_panel(&p, panel);
}

/// A row of float16: its elements lie as many apart as a panel has rows.
static void unpack_halves(const uint16_t *panel, int64_t inputs, uint16_t *to) {
    for (int64_t i = 0; i < inputs; i++) to[i] = panel[i * TK_PANEL_ROWS];
}

/// The bytes of one row.
static void unpack_row(const tk_weights *packed, int64_t row, char *to) {
    const uint32_t *panel = tk_panel(packed, row / TK_PANEL_ROWS);
    int64_t lane = row % TK_PANEL_ROWS;
    if (packed->element == TK_FLOAT16) {
        unpack_halves((const uint16_t *)panel + lane, packed->inputs, (uint16_t *)to);
        return;
    }
    const uint32_t *words = panel + lane;
    int64_t bytes = row_bytes(packed), i = 0;
    for (; i + 4 <= bytes; i += 4, words += TK_LINE_WORDS) memcpy(to + i, words, 4);
    memcpy(to + i, words, (size_t)(bytes - i));
}

static void unpack_panel(void *context, int64_t panel) {
    const packing *p = context;
    int64_t last = tk_min((panel + 1) * TK_PANEL_ROWS, p->weights->outputs);
    for (int64_t row = panel * TK_PANEL_ROWS; row < last; row++) {
        unpack_row(p->weights, row, p->rows + row * row_bytes(p->weights));
    }
}

void tk_unpack_weights(const tk_weights *packed, void *rows) {
    packing p = {.weights = packed, .rows = rows};
    tk_parallel(tk_panel_count(packed), unpack_panel, &p);
}

void tk_widen_row(const tk_weights *weights, bool is_packed, int64_t row, float *y) {
    const char *own = (const char *)weights->data + row * row_bytes(weights);
    if (is_packed) {
        char *room = (char *)tk_scratch(TK_SCRATCH_TILE, tk_ceil_divide(row_bytes(weights), 4));
        unpack_row(weights, row, room);
        own = room;
    }
    if (weights->element == TK_BFLOAT16) {
        tk_widen_bfloat16((const uint16_t *)own, y, weights->inputs);
    } else if (weights->element == TK_FLOAT16) {
        tk_widen_float16((const uint16_t *)own, y, weights->inputs);
    } else {
        for (int64_t i = 0; i < weights->inputs; i++) y[i] = (float)((const int8_t *)own)[i] * weights->scales[row];
    }
}
