#include "activation.h"
#include "parallel.h"

#define TK_LOOPS "activation_loops.h"
#include "each_variant.h"

tk_activation_loop tk_loop_of_activation(tk_activation activation) {
    switch (activation) {
    case TK_IDENTITY: return NULL;
    case TK_RELU: return TK_PICK(relu_forward);
    case TK_GELU: return TK_PICK(gelu_forward);
    case TK_GELU_TANH: return TK_PICK(gelu_tanh_forward);
    case TK_SILU: return TK_PICK(silu_forward);
    case TK_TANH: return TK_PICK(tanh_forward);
    }
    return NULL;
}

typedef void (*backward_loop)(const float *x, const float *dy, float *dx, int64_t count);

static backward_loop backward_of(tk_activation activation) {
    switch (activation) {
    case TK_IDENTITY: return NULL;
    case TK_RELU: return TK_PICK(relu_backward);
    case TK_GELU: return TK_PICK(gelu_backward);
    case TK_GELU_TANH: return TK_PICK(gelu_tanh_backward);
    case TK_SILU: return TK_PICK(silu_backward);
    case TK_TANH: return TK_PICK(tanh_backward);
    }
    return NULL;
}

typedef struct {
    tk_activation_loop forward;
    backward_loop backward;
    const float *x, *dy;
    float *y;
} run;

static void forward_range(void *context, int64_t first, int64_t last) {
    const run *r = context;
    r->forward(r->x + first, r->y + first, last - first);
}

void tk_activate(tk_activation activation, const float *x, float *y, int64_t count) {
    run r = {.forward = tk_loop_of_activation(activation), .x = x, .y = y};
    if (r.forward == NULL) {
        if (x != y) tk_copy(x, y, count);
        return;
    }
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, forward_range, &r);
}

static void backward_range(void *context, int64_t first, int64_t last) {
    const run *r = context;
    r->backward(r->x + first, r->dy + first, r->y + first, last - first);
}

void tk_activate_backward(tk_activation activation, const float *x, const float *dy, float *dx, int64_t count) {
    run r = {.backward = backward_of(activation), .x = x, .dy = dy, .y = dx};
    if (r.backward == NULL) {
        if (dy != dx) tk_copy(dy, dx, count);
        return;
    }
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, backward_range, &r);
}
