// Products with weights in a storage type. Those in float16 are widened: by a few rows as they lie, by more in panels
// that are in cache.
#include "activation.h"
#include "blas.h"
#include "conversion.h"
#include "few_rows.h"
#include "packed.h"
#include "parallel.h"

enum { PANEL = 64, INPUT_PANEL = 256, OUTPUT_PANEL = 128 };

typedef struct {
    const tk_weights *weights;
    tk_widening_loop widen;
    const float *x, *bias;
    tk_activation_loop activate;
    bool adds;
    float *y;
    int64_t rows;
} stored;

/// Whether products want them packed.
static bool wants_packed(const tk_weights *w) { return w->element == TK_BFLOAT16 || w->element == TK_INT8; }

/// Part of a row of the weights.
static void widen_part(const stored *s, int64_t row, int64_t first, int64_t count, float *y) {
    int64_t place = row * s->weights->inputs + first, width = s->weights->element == TK_FLOAT32 ? 4 : 2;
    s->widen((const char *)s->weights->data + place * width, y, count);
}

/// y columns of one panel of weight rows.
static void panel_forward(void *context, int64_t panel) {
    const stored *s = context;
    int64_t inputs = s->weights->inputs, outputs = s->weights->outputs;
    int64_t first = panel * PANEL, count = tk_min(PANEL, outputs - first);
    float *wide = tk_scratch(TK_SCRATCH_TILE, PANEL * inputs);
    for (int64_t i = 0; i < count; i++) widen_part(s, first + i, 0, inputs, wide + i * inputs);
    tk_multiply_on_thread(false, true, s->rows, count, inputs, 1.0f, s->x, inputs, wide, inputs, s->adds ? 1.0f : 0.0f,
                          s->y + first, outputs);
    for (int64_t i = 0; i < s->rows; i++) {
        float *y = s->y + i * outputs + first;
        for (int64_t j = 0; j < count && s->bias != NULL; j++) y[j] += s->bias[first + j];
        if (s->activate != NULL) s->activate(y, y, count);
    }
}

void tk_linear_stored(const float *x, const tk_weights *weights, const float *bias, tk_activation activation,
                      bool adds, float *y, int64_t rows) {
    if (rows <= 0) return;
    if (wants_packed(weights)) {
        tk_multiply_packed(x, weights, bias, activation, adds, y, rows);
    } else if (!adds && tk_multiply_few_rows(x, rows, weights, bias, y)) {
        tk_activate(activation, y, y, rows * weights->outputs);
    } else {
        stored s = {weights, tk_loop_of_widening(weights->element), x, bias, tk_loop_of_activation(activation), adds,
                    y, rows};
        tk_parallel(tk_ceil_divide(weights->outputs, PANEL), panel_forward, &s);
    }
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
        tk_multiply_on_thread(false, false, s->rows, count, depth, 1.0f, s->x + row, outputs, wide, count,
                              row == 0 ? 0.0f : 1.0f, s->y + first, inputs);
    }
}

void tk_linear_stored_backward(const float *dy, const tk_weights *weights, float *dx, int64_t rows) {
    if (rows <= 0) return;
    if (wants_packed(weights)) {
        tk_multiply_packed_backward(dy, weights, dx, rows);
        return;
    }
    stored s = {.weights = weights, .widen = tk_loop_of_widening(weights->element), .x = dy, .y = dx, .rows = rows};
    tk_parallel(tk_ceil_divide(weights->inputs, INPUT_PANEL), panel_backward, &s);
}

void tk_widen_row(const tk_weights *weights, bool is_packed, int64_t row, float *y) {
    if (is_packed) {
        tk_widen_packed_row(weights, row, y);
    } else if (weights->element == TK_INT8) {
        const int8_t *levels = (const int8_t *)weights->data + row * weights->inputs;
        for (int64_t i = 0; i < weights->inputs; i++) y[i] = (float)levels[i] * weights->scales[row];
    } else {
        stored s = {.weights = weights, .widen = tk_loop_of_widening(weights->element)};
        widen_part(&s, row, 0, weights->inputs, y);
    }
}
