// Products with weights in a storage type: a few rows with the weight as it lies, more with panels of it that are widened
// while they are in cache.
#include "conversion.h"
#include "few_rows.h"
#include "parallel.h"

#include <cblas.h>

enum { PANEL = 64, INPUT_PANEL = 256, OUTPUT_PANEL = 128 };

typedef struct {
    const tk_weights *weights;
    tk_widening_loop widen;
    const float *x;
    float *y;
    int64_t rows;
} stored;

static const void *element_at(const tk_weights *w, int64_t place) {
    switch (w->element) {
    case TK_INT8: return (const int8_t *)w->data + place;
    case TK_FLOAT32: return (const float *)w->data + place;
    default: return (const uint16_t *)w->data + place;
    }
}

/// Part of a row of the weights.
static void widen_part(const stored *s, int64_t row, int64_t first, int64_t count, float *y) {
    float factor = s->weights->scales != NULL ? s->weights->scales[row] : 1.0f;
    s->widen(element_at(s->weights, row * s->weights->inputs + first), factor, y, count);
}

/// y columns of one panel of weight rows.
static void panel_forward(void *context, int64_t panel) {
    const stored *s = context;
    int64_t inputs = s->weights->inputs, outputs = s->weights->outputs;
    int64_t first = panel * PANEL, count = tk_min(PANEL, outputs - first);
    float *wide = tk_scratch(TK_SCRATCH_TILE, PANEL * inputs);
    for (int64_t i = 0; i < count; i++) widen_part(s, first + i, 0, inputs, wide + i * inputs);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)s->rows, (int)count, (int)inputs, 1.0f, s->x,
                (int)inputs, wide, (int)inputs, 0.0f, s->y + first, (int)outputs);
}

void tk_linear_stored(const float *x, const tk_weights *weights, float *y, int64_t rows) {
    if (rows <= 0 || tk_multiply_few_rows(x, rows, weights, NULL, y)) return;
    stored s = {weights, tk_loop_of_widening(weights->element), x, y, rows};
    tk_parallel(tk_ceil_divide(weights->outputs, PANEL), panel_forward, &s);
}

/// dx columns of one panel of weight columns, over the weight rows in blocks.
static void panel_backward(void *context, int64_t panel) {
    const stored *s = context;
    int64_t inputs = s->weights->inputs, outputs = s->weights->outputs;
    int64_t first = panel * INPUT_PANEL, count = tk_min(INPUT_PANEL, inputs - first);
    float *wide = tk_scratch(TK_SCRATCH_TILE, OUTPUT_PANEL * INPUT_PANEL);
    for (int64_t row = 0; row < outputs; row += OUTPUT_PANEL) {
        int64_t depth = tk_min(OUTPUT_PANEL, outputs - row);
        for (int64_t i = 0; i < depth; i++) widen_part(s, row + i, first, count, wide + i * count);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)s->rows, (int)count, (int)depth, 1.0f, s->x + row,
                    (int)outputs, wide, (int)count, row == 0 ? 0.0f : 1.0f, s->y + first, (int)inputs);
    }
}

void tk_linear_stored_backward(const float *dy, const tk_weights *weights, float *dx, int64_t rows) {
    if (rows <= 0) return;
    stored s = {weights, tk_loop_of_widening(weights->element), dy, dx, rows};
    tk_parallel(tk_ceil_divide(weights->inputs, INPUT_PANEL), panel_backward, &s);
}

void tk_widen_row(const tk_weights *weights, int64_t row, float *y) {
    stored s = {.weights = weights, .widen = tk_loop_of_widening(weights->element)};
    widen_part(&s, row, 0, weights->inputs, y);
}
