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
    uint32_t *lines;
    int32_t *sums;
} packing;

static void pack_panel(void *context, int64_t panel) {
    const packing *p = context;
    const tk_weights *w = p->weights;
    int64_t bytes = row_bytes(w), count = tk_line_count(w), first = panel * TK_PANEL_ROWS;
    uint32_t *lines = p->lines + panel * count * TK_LINE_WORDS;
    for (int64_t lane = 0; lane < TK_PANEL_ROWS; lane++) {
        if (first + lane < w->outputs) continue;
        for (int64_t i = 0; i < count; i++) lines[i * TK_LINE_WORDS + lane] = 0;
    }
    int64_t rows = tk_min(TK_PANEL_ROWS, w->outputs - first);
    const char *from = p->rows + first * bytes;
    for (int64_t i = 0; i < bytes / 4; i++) {
        for (int64_t lane = 0; lane < rows; lane++) {
            memcpy(lines + i * TK_LINE_WORDS + lane, from + lane * bytes + 4 * i, 4);
        }
    }
    for (int64_t lane = 0; lane < rows && bytes % 4 != 0; lane++) {
        uint32_t word = 0;
        memcpy(&word, from + lane * bytes + bytes / 4 * 4, (size_t)(bytes % 4));
        lines[bytes / 4 * TK_LINE_WORDS + lane] = word;
    }
    for (int64_t lane = 0; lane < TK_PANEL_ROWS && p->sums != NULL; lane++) {
        int32_t sum = 0;
        const int8_t *levels = (const int8_t *)from + lane * bytes;
        for (int64_t i = 0; i < bytes && lane < rows; i++) sum += levels[i];
        p->sums[first + lane] = sum;
    }
}

void tk_pack_weights(const tk_weights *rows, void *packed) {
    packing p = {.weights = rows, .rows = (char *)rows->data, .lines = packed};
    if (rows->element == TK_INT8) {
        p.sums = (int32_t *)packed + tk_panel_count(rows) * tk_line_count(rows) * TK_LINE_WORDS;
    }
    tk_parallel(tk_panel_count(rows), pack_panel, &p);
}

/// The bytes of one row.
static void unpack_row(const tk_weights *packed, int64_t row, char *to) {
    const uint32_t *words = tk_panel(packed, row / TK_PANEL_ROWS) + row % TK_PANEL_ROWS;
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

void tk_widen_packed_row(const tk_weights *packed, int64_t row, float *y) {
    const uint32_t *words = tk_panel(packed, row / TK_PANEL_ROWS) + row % TK_PANEL_ROWS;
    float scale = packed->scales != NULL ? packed->scales[row] : 1.0f;
    for (int64_t i = 0; i < packed->inputs; i++) {
        if (packed->element == TK_INT8) {
            uint32_t word = words[i / 4 * TK_LINE_WORDS];
            y[i] = (float)((int32_t)(word << (24 - 8 * (i % 4))) >> 24) * scale;
        } else {
            uint32_t word = words[i / 2 * TK_LINE_WORDS], bits = i % 2 == 0 ? word << 16 : word & 0xffff0000u;
            memcpy(y + i, &bits, sizeof bits);
        }
    }
}
