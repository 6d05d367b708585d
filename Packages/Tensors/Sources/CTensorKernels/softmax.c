// Softmax and cross-entropy, a row at a time; a row stays in cache between its passes.
#include "parallel.h"

/// What the pass that sums the powers of a row leaves behind.
typedef enum { KEEP_NOTHING, KEEP_POWERS, KEEP_SHIFTED } kept_values;

#define TK_LOOPS "softmax_loops.h"
#include "each_variant.h"

typedef void (*forward_loop)(const float *x, float *y, int64_t width);
typedef void (*backward_loop)(const float *y, const float *dy, float *dx, int64_t width);

typedef struct {
    forward_loop forward;
    backward_loop backward;
    const float *x, *dy;
    float *y;
    int64_t width;
} softmax;

static void forward_range(void *context, int64_t first, int64_t last) {
    const softmax *s = context;
    for (int64_t row = first; row < last; row++) s->forward(s->x + row * s->width, s->y + row * s->width, s->width);
}

static void backward_range(void *context, int64_t first, int64_t last) {
    const softmax *s = context;
    for (int64_t row = first; row < last; row++) {
        int64_t start = row * s->width;
        s->backward(s->x + start, s->dy + start, s->y + start, s->width);
    }
}

void tk_softmax_rows(const float *x, float *y, int64_t rows, int64_t width) {
    softmax s = {.forward = TK_PICK(softmax_row), .x = x, .y = y, .width = width};
    tk_parallel_ranges(rows, tk_rows_per_tile(width), forward_range, &s);
}

void tk_log_softmax_rows(const float *x, float *y, int64_t rows, int64_t width) {
    softmax s = {.forward = TK_PICK(log_softmax_row), .x = x, .y = y, .width = width};
    tk_parallel_ranges(rows, tk_rows_per_tile(width), forward_range, &s);
}

void tk_softmax_rows_backward(const float *y, const float *dy, float *dx, int64_t rows, int64_t width) {
    softmax s = {.backward = TK_PICK(softmax_row_backward), .x = y, .dy = dy, .y = dx, .width = width};
    tk_parallel_ranges(rows, tk_rows_per_tile(width), backward_range, &s);
}

void tk_log_softmax_rows_backward(const float *y, const float *dy, float *dx, int64_t rows, int64_t width) {
    softmax s = {.backward = TK_PICK(log_softmax_row_backward), .x = y, .dy = dy, .y = dx, .width = width};
    tk_parallel_ranges(rows, tk_rows_per_tile(width), backward_range, &s);
}

typedef struct {
    const float *logits;
    const int32_t *labels;
    int64_t classes;
    int32_t ignored;
    float smoothing, scale;
    float *row_loss, *row_log_sum_exp, *dlogits;
} cross_entropy;

static void loss_range(void *context, int64_t first, int64_t last) {
    const cross_entropy *c = context;
    for (int64_t row = first; row < last; row++) {
        c->row_loss[row] = c->row_log_sum_exp[row] = 0.0f;
        if (c->labels[row] == c->ignored) continue;
        c->row_loss[row] = TK_PICK(cross_entropy_row)(c->logits + row * c->classes, c->labels[row], c->smoothing,
                                                      c->classes, c->row_log_sum_exp + row);
    }
}

void tk_cross_entropy_rows(const float *logits, const int32_t *labels, int64_t rows, int64_t classes, int32_t ignored,
                           float smoothing, float *row_loss, float *row_log_sum_exp) {
    cross_entropy c = {.logits = logits,
                       .labels = labels,
                       .classes = classes,
                       .ignored = ignored,
                       .smoothing = smoothing,
                       .row_loss = row_loss,
                       .row_log_sum_exp = row_log_sum_exp};
    tk_parallel_ranges(rows, tk_rows_per_tile(classes), loss_range, &c);
}

static void gradient_range(void *context, int64_t first, int64_t last) {
    const cross_entropy *c = context;
    for (int64_t row = first; row < last; row++) {
        float *dx = c->dlogits + row * c->classes;
        if (c->labels[row] == c->ignored) {
            memset(dx, 0, (size_t)c->classes * sizeof(float));
            continue;
        }
        TK_PICK(cross_entropy_row_backward)
        (c->logits + row * c->classes, c->labels[row], c->row_log_sum_exp[row], c->smoothing, c->scale, dx,
         c->classes);
    }
}

void tk_cross_entropy_rows_backward(const float *logits, const int32_t *labels, const float *row_log_sum_exp,
                                    int64_t rows, int64_t classes, int32_t ignored, float smoothing, float scale,
                                    float *dlogits) {
    cross_entropy c = {.logits = logits,
                       .labels = labels,
                       .classes = classes,
                       .ignored = ignored,
                       .smoothing = smoothing,
                       .scale = scale,
                       .row_log_sum_exp = (float *)row_log_sum_exp,
                       .dlogits = dlogits};
    tk_parallel_ranges(rows, tk_rows_per_tile(classes), gradient_range, &c);
}
