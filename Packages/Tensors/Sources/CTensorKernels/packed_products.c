// Products with packed weights, in tiles of the result that follow from the shape alone.
#include "activation.h"
#include "blas.h"
#include "few_rows.h"
#include "packed.h"
#include "parallel.h"

#include <string.h>

enum {
    TILE_ROWS = 132,    // at most, so that the words of a cut of all of them stay in the second cache
    TILE_PANELS = 4,
    CUT_WORDS = 512,    // of a row of the operand, at most
    BACK_PANELS = 8,    // panels and inputs that are widened at a time for the derivative
    BACK_INPUTS = 256,
};

typedef struct {
    tk_packed_product packed;
    const float *bias;
    tk_activation_loop activate;
    bool adds;
    float *y;
} product;

static int64_t row_words(const tk_packed_product *p) { return tk_line_count(p->weights) * p->words_per_line; }

/// The first row of a tile.
static int64_t tile_row(const tk_packed_product *p, int64_t tile) { return p->rows * tile / p->row_tiles; }

void tk_make_room(tk_packed_product *p, int64_t operand_rows) {
    // `first` and the scales come before the operand, which begins at a line of the cache.
    int64_t counts = 2 * (p->rows + 1), head = tk_ceil_divide(counts + 2 * p->rows, 16) * 16;
    float *room = tk_scratch(TK_SCRATCH_SHARED, head + operand_rows * row_words(p));
    p->first = (int64_t *)room;
    p->row_scales = room + counts;
    p->words = (uint32_t *)(room + head);
}

void tk_place_row(const tk_packed_product *p, int64_t row, int64_t part, const uint32_t *words) {
    int64_t tile = ((row + 1) * p->row_tiles - 1) / p->rows;
    int64_t before = p->first[tile_row(p, tile)], rows = p->first[tile_row(p, tile + 1)] - before;
    int64_t place = p->first[row] + part - before, groups = tk_ceil_divide(rows, p->way.group_rows);
    int64_t group = ((place + 1) * groups - 1) / rows;
    int64_t first = rows * group / groups, count = rows * (group + 1) / groups - first, width = p->words_per_line;
    uint32_t *to = p->words + (before + first) * row_words(p) + (place - first) * width;
    if (width == 1) {
        for (int64_t i = 0; i < row_words(p); i++, to += count) *to = words[i];
    } else {
        for (int64_t i = 0; i < row_words(p); i += 2, to += 2 * count) memcpy(to, words + i, 8);
    }
}

/// Sums of a tile's rows of the operand with some panels: in cuts of the depth if there are many.
static void multiply_tile(const tk_packed_product *p, int64_t first, int64_t rows, const uint32_t *panel,
                          int64_t panels, float *sums) {
    int64_t lines = tk_line_count(p->weights), cuts = 1;
    if (!p->is_few) cuts = tk_max(1, tk_ceil_divide(row_words(p), CUT_WORDS));
    int64_t depth = tk_ceil_divide(lines, cuts), line = 0;
    do {
        tk_share share = {.words = p->words + first * row_words(p),
                          .first_line = line,
                          .rows = rows,
                          .row_words = row_words(p),
                          .lines = panel + line * TK_LINE_WORDS,
                          .panel_stride = lines * TK_LINE_WORDS,
                          .panels = panels,
                          .depth = tk_min(depth, lines - line),
                          .adds = line > 0,
                          .sums = sums};
        p->way.multiply(&share);
        line += depth;
    } while (line < lines);
}

/// Results of the rows of a tile from its sums.
static void finish_tile(const product *t, int64_t row, int64_t last, int64_t panel, int64_t panels, float *sums) {
    const tk_packed_product *p = &t->packed;
    const tk_weights *w = p->weights;
    int64_t column = panel * TK_PANEL_ROWS, columns = panels * TK_PANEL_ROWS;
    tk_finish finish = {.columns = tk_min(columns, w->outputs - column),
                        .scales = w->scales != NULL ? w->scales + column : NULL,
                        .bias = t->bias != NULL ? t->bias + column : NULL,
                        .adds = t->adds};
    for (; row < last; row++) {
        int64_t rows = p->first[row + 1] - p->first[row];
        if (p->fold != NULL) p->fold(rows, tk_level_sums(w) + column, columns, (int32_t *)sums);
        finish.sums = sums;
        finish.y = t->y + row * w->outputs + column;
        if (w->element == TK_INT8) finish.row_scale = p->row_scales[row];
        p->finish(&finish);
        if (t->activate != NULL) t->activate(finish.y, finish.y, finish.columns);
        sums += rows * columns;
    }
}

static int64_t panel_groups(const tk_packed_product *p) {
    return tk_ceil_divide(tk_panel_count(p->weights), TILE_PANELS);
}

static int64_t panels_of_group(const tk_packed_product *p, int64_t group) {
    return tk_min(TILE_PANELS, tk_panel_count(p->weights) - group * TILE_PANELS);
}

/// A tile of rows with a group of panels.
static void run_rows(const product *t, int64_t tile, int64_t group, const uint32_t *panel) {
    const tk_packed_product *p = &t->packed;
    int64_t row = tile_row(p, tile), last = tile_row(p, tile + 1), rows = p->first[last] - p->first[row];
    int64_t panels = panels_of_group(p, group);
    float *sums = tk_scratch(TK_SCRATCH_TILE, rows * panels * TK_PANEL_ROWS);
    multiply_tile(p, p->first[row], rows, panel, panels, sums);
    finish_tile(t, row, last, group * TILE_PANELS, panels, sums);
}

/// Tiles of the same rows follow each other: their operand stays in cache.
static void run_tile(void *context, int64_t tile) {
    const product *t = context;
    int64_t groups = panel_groups(&t->packed), group = tile % groups;
    run_rows(t, tile / groups, group, tk_panel(t->packed.weights, group * TILE_PANELS));
}

/// All rows with a group of panels that are packed for them.
static void run_group(void *context, int64_t group) {
    const product *t = context;
    const tk_packed_product *p = &t->packed;
    int64_t panels = panels_of_group(p, group);
    size_t words = (size_t)(panels * tk_line_count(p->weights) * TK_LINE_WORDS);
    uint32_t *lines = (uint32_t *)tk_scratch(TK_SCRATCH_PANEL, words);
    tk_pack_panels_of_halves(p->weights, group * TILE_PANELS, panels, lines);
    for (int64_t tile = 0; tile < p->row_tiles; tile++) run_rows(t, tile, group, lines);
}

static product begin(const float *x, const tk_weights *weights, const float *bias, tk_activation activation, float *y,
                     int64_t rows) {
    return (product){.packed = {.weights = weights, .x = x, .rows = rows, .is_few = rows <= TK_FEW_ROWS,
                                .row_tiles = tk_ceil_divide(rows, TILE_ROWS)},
                     .bias = bias,
                     .activate = tk_loop_of_activation(activation),
                     .y = y};
}

void tk_linear_stored(const float *x, const tk_weights *weights, const float *bias, tk_activation activation,
                      bool adds, float *y, int64_t rows) {
    if (rows <= 0 || weights->outputs <= 0) return;
    product t = begin(x, weights, bias, activation, y, rows);
    t.adds = adds;
    if (weights->element == TK_INT8) {
        tk_prepare_int8(&t.packed);
    } else {
        tk_prepare_halves(&t.packed);
    }
    tk_parallel(t.packed.row_tiles * panel_groups(&t.packed), run_tile, &t);
}

void tk_linear_halves(const float *x, const tk_weights *weights, const float *bias, tk_activation activation, float *y,
                      int64_t rows) {
    if (rows <= 0 || weights->outputs <= 0) return;
    product t = begin(x, weights, bias, activation, y, rows);
    tk_prepare_halves(&t.packed);
    tk_parallel(panel_groups(&t.packed), run_group, &t);
}

typedef struct {
    const float *dy;
    const tk_weights *weights;
    float *dx;
    int64_t rows;
    tk_line_loop widen;
} backward;

/// Some inputs of dx, over the panels in blocks that are widened: the block lies as [inputs, 16 * panels].
static void backward_tile(void *context, int64_t tile) {
    enum { BLOCK = BACK_PANELS * TK_PANEL_ROWS };
    const backward *b = context;
    const tk_weights *w = b->weights;
    int64_t per_line = tk_line_elements(w), line = tile * (BACK_INPUTS / per_line);
    int64_t lines = tk_min(BACK_INPUTS / per_line, tk_line_count(w) - line), input = line * per_line;
    int64_t inputs = tk_min(BACK_INPUTS, w->inputs - input);
    float *wide = tk_scratch(TK_SCRATCH_TILE, BACK_INPUTS * BLOCK), scales[TK_PANEL_ROWS] = {0};
    for (int64_t output = 0; output < w->outputs; output += BLOCK) {
        int64_t outputs = tk_min(BLOCK, w->outputs - output);
        for (int64_t i = 0; i < outputs; i += TK_PANEL_ROWS) {
            size_t count = (size_t)tk_min(TK_PANEL_ROWS, outputs - i);
            if (w->scales != NULL) memcpy(scales, w->scales + output + i, count * sizeof(float));
            b->widen(tk_panel(w, (output + i) / TK_PANEL_ROWS) + line * TK_LINE_WORDS, lines, scales, wide + i, BLOCK);
        }
        tk_multiply_on_thread(false, true, b->rows, inputs, outputs, 1.0f, b->dy + output, w->outputs, wide, BLOCK,
                              output == 0 ? 0.0f : 1.0f, b->dx + input, w->inputs);
    }
}

static tk_line_loop loop_of_lines(tk_element element) {
    switch (element) {
    case TK_BFLOAT16: return tk_loop_of_bfloat16_lines();
    case TK_FLOAT16: return tk_loop_of_float16_lines();
    case TK_INT8: return tk_loop_of_int8_lines();
    }
}

void tk_linear_stored_backward(const float *dy, const tk_weights *weights, float *dx, int64_t rows) {
    backward b = {dy, weights, dx, rows, loop_of_lines(weights->element)};
    if (rows > 0) tk_parallel(tk_ceil_divide(weights->inputs, BACK_INPUTS), backward_tile, &b);
}
