// Functions of one or two tensors, element by element.
#include "parallel.h"

#define TK_LOOPS "elementwise_loops.h"
#include "each_variant.h"

typedef struct {
    void (*unary)(const float *x, float *y, int64_t count);
    float factor, offset;
    const float *x;
    float *y;
} run;

static void unary_range(void *context, int64_t first, int64_t last) {
    const run *r = context;
    r->unary(r->x + first, r->y + first, last - first);
}

void tk_map_apply(tk_map map, const float *x, float *y, int64_t count) {
    run r = {.x = x, .y = y};
    switch (map) {
    case TK_EXP: r.unary = TK_PICK(map_exp); break;
    case TK_LOG: r.unary = TK_PICK(map_log); break;
    case TK_SQRT: r.unary = TK_PICK(map_sqrt); break;
    case TK_SQUARE: r.unary = TK_PICK(map_square); break;
    case TK_RECIPROCAL: r.unary = TK_PICK(map_reciprocal); break;
    }
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, unary_range, &r);
}

static void affine_range(void *context, int64_t first, int64_t last) {
    const run *r = context;
    TK_PICK(affine)(r->factor, r->offset, r->x + first, r->y + first, last - first);
}

void tk_affine(float factor, float offset, const float *x, float *y, int64_t count) {
    run r = {.factor = factor, .offset = offset, .x = x, .y = y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, affine_range, &r);
}

static void accumulate_range(void *context, int64_t first, int64_t last) {
    const run *r = context;
    TK_PICK(accumulate)(r->factor, r->x + first, r->y + first, last - first);
}

void tk_accumulate(float factor, const float *x, float *y, int64_t count) {
    run r = {.factor = factor, .x = x, .y = y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, accumulate_range, &r);
}

static void fill_range(void *context, int64_t first, int64_t last) {
    const run *r = context;
    for (int64_t i = first; i < last; i++) r->y[i] = r->offset;
}

void tk_fill(float value, float *y, int64_t count) {
    run r = {.offset = value, .y = y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, fill_range, &r);
}

static void copy_range(void *context, int64_t first, int64_t last) {
    const run *r = context;
    memcpy(r->y + first, r->x + first, (size_t)(last - first) * sizeof(float));
}

void tk_copy(const float *x, float *y, int64_t count) {
    run r = {.x = x, .y = y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, copy_range, &r);
}

typedef void (*binary_loop)(const float *a, bool a_moves, const float *b, bool b_moves, float *y, int64_t count);

static binary_loop loop_of(tk_binary op) {
    switch (op) {
    case TK_ADD: return TK_PICK(binary_add);
    case TK_SUBTRACT: return TK_PICK(binary_subtract);
    case TK_MULTIPLY: return TK_PICK(binary_multiply);
    case TK_DIVIDE: return TK_PICK(binary_divide);
    }
    return TK_PICK(binary_add);
}

enum { MAXIMAL_RANK = 8 };

/// A broadcast operation whose axes have been merged as far as the strides allow.
typedef struct {
    binary_loop loop;
    const float *a, *b;
    float *y;
    int64_t shape[MAXIMAL_RANK], a_strides[MAXIMAL_RANK], b_strides[MAXIMAL_RANK];
    int32_t rank;
    int64_t width;  // of the last axis
} broadcast;

/// Drops axes of size 1 and merges an axis with the next where both operands pass from one to the other evenly.
static void merge_axes(broadcast *m, const int64_t *a_strides, const int64_t *b_strides, const int64_t *shape,
                       int32_t rank) {
    m->rank = 0;
    for (int32_t axis = 0; axis < rank; axis++) {
        if (shape[axis] == 1) continue;
        int32_t last = m->rank - 1;
        if (last >= 0 && m->a_strides[last] == a_strides[axis] * shape[axis] &&
            m->b_strides[last] == b_strides[axis] * shape[axis]) {
            m->shape[last] *= shape[axis];
        } else {
            last = m->rank++;
            m->shape[last] = shape[axis];
        }
        m->a_strides[last] = a_strides[axis];
        m->b_strides[last] = b_strides[axis];
    }
    if (m->rank == 0) {
        m->rank = 1;
        m->shape[0] = 1;
        m->a_strides[0] = m->b_strides[0] = 0;
    }
    m->width = m->shape[m->rank - 1];
}

/// One row of an operand with steps other than 0 and 1, packed through a small buffer.
static void strided_row(const broadcast *m, const float *a, const float *b, float *y, int64_t count) {
    enum { PIECE = 256 };
    float a_piece[PIECE], b_piece[PIECE];
    int64_t a_step = m->a_strides[m->rank - 1], b_step = m->b_strides[m->rank - 1];
    for (int64_t first = 0; first < count; first += PIECE) {
        int64_t length = tk_min(PIECE, count - first);
        for (int64_t i = 0; i < length; i++) {
            a_piece[i] = a[(first + i) * a_step];
            b_piece[i] = b[(first + i) * b_step];
        }
        m->loop(a_piece, true, b_piece, true, y + first, length);
    }
}

static void broadcast_row(const broadcast *m, int64_t row, int64_t first, int64_t last) {
    int64_t a_step = m->a_strides[m->rank - 1], b_step = m->b_strides[m->rank - 1];
    const float *a = m->a + first * a_step, *b = m->b + first * b_step;
    float *y = m->y + row * m->width + first;
    for (int32_t axis = m->rank - 2; axis >= 0; axis--) {
        int64_t i = row % m->shape[axis];
        row /= m->shape[axis];
        a += i * m->a_strides[axis];
        b += i * m->b_strides[axis];
    }
    if ((a_step == 0 || a_step == 1) && (b_step == 0 || b_step == 1)) {
        m->loop(a, a_step == 1, b, b_step == 1, y, last - first);
    } else {
        strided_row(m, a, b, y, last - first);
    }
}

static void broadcast_range(void *context, int64_t first, int64_t last) {
    const broadcast *m = context;
    while (first < last) {
        int64_t row = first / m->width, column = first % m->width;
        int64_t end = tk_min(m->width, column + last - first);
        broadcast_row(m, row, column, end);
        first += end - column;
    }
}

void tk_binary_broadcast(tk_binary op, const float *a, const int64_t *a_strides, const float *b,
                         const int64_t *b_strides, float *y, const int64_t *shape, int32_t rank) {
    broadcast m = {.loop = loop_of(op), .a = a, .b = b, .y = y};
    merge_axes(&m, a_strides, b_strides, shape, rank);
    int64_t count = 1;
    for (int32_t axis = 0; axis < m.rank; axis++) count *= m.shape[axis];
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, broadcast_range, &m);
}

void tk_binary_apply(tk_binary op, const float *a, const float *b, float *y, int64_t count) {
    const int64_t step = 1;
    tk_binary_broadcast(op, a, &step, b, &step, y, &count, 1);
}
