// Loops over runs of floats; included once per variant.

/// Defines a loop y = expression(v) over a run, the last part of a vector included, so that an element's bits do not
/// depend on where it lies.
#define TK_UNARY_LOOP(name, expression)                                                     \
    static void TK_FN(name)(const float *x, float *y, int64_t count) {                      \
        int64_t i = 0;                                                                      \
        for (; i + TK_LANES <= count; i += TK_LANES) {                                      \
            V v = TK_FN(load)(x + i);                                                       \
            TK_FN(store)(y + i, expression);                                                \
        }                                                                                   \
        if (i < count) {                                                                    \
            V v = TK_FN(load_some)(x + i, count - i, 1.0f);                                 \
            TK_FN(store_some)(y + i, expression, count - i);                                \
        }                                                                                   \
    }

/// Defines a loop y = expression(v, w) over two runs; a step of 0 repeats an operand's first element.
#define TK_BINARY_LOOP(name, expression)                                                                          \
    INLINE void TK_FN(name##_run)(const float *a, bool a_moves, const float *b, bool b_moves, float *y,           \
                                  int64_t count) {                                                                \
        V a_first = (V)a[0], b_first = (V)b[0];                                                                   \
        int64_t i = 0;                                                                                            \
        for (; i + TK_LANES <= count; i += TK_LANES) {                                                            \
            V v = a_moves ? TK_FN(load)(a + i) : a_first;                                                         \
            V w = b_moves ? TK_FN(load)(b + i) : b_first;                                                         \
            TK_FN(store)(y + i, expression);                                                                      \
        }                                                                                                         \
        if (i < count) {                                                                                          \
            V v = a_moves ? TK_FN(load_some)(a + i, count - i, 1.0f) : a_first;                                   \
            V w = b_moves ? TK_FN(load_some)(b + i, count - i, 1.0f) : b_first;                                   \
            TK_FN(store_some)(y + i, expression, count - i);                                                      \
        }                                                                                                         \
    }                                                                                                             \
    static void TK_FN(name)(const float *a, bool a_moves, const float *b, bool b_moves, float *y,                 \
                            int64_t count) {                                                                      \
        if (a_moves && b_moves) {                                                                                 \
            TK_FN(name##_run)(a, true, b, true, y, count);                                                        \
        } else if (a_moves) {                                                                                     \
            TK_FN(name##_run)(a, true, b, false, y, count);                                                       \
        } else {                                                                                                  \
            TK_FN(name##_run)(a, false, b, b_moves, y, count);                                                    \
        }                                                                                                         \
    }

TK_UNARY_LOOP(map_exp, TK_FN(exp)(v))
TK_UNARY_LOOP(map_log, TK_FN(log)(v))
TK_UNARY_LOOP(map_sqrt, __builtin_elementwise_sqrt(v))
TK_UNARY_LOOP(map_square, v *v)
TK_UNARY_LOOP(map_reciprocal, 1.0f / v)

TK_BINARY_LOOP(binary_add, v + w)
TK_BINARY_LOOP(binary_subtract, v - w)
TK_BINARY_LOOP(binary_multiply, v *w)
TK_BINARY_LOOP(binary_divide, v / w)

static void TK_FN(affine)(float factor, float offset, const float *x, float *y, int64_t count) {
    int64_t i = 0;
    for (; i + TK_LANES <= count; i += TK_LANES) TK_FN(store)(y + i, TK_FN(load)(x + i) * factor + offset);
    if (i < count) {
        V v = TK_FN(load_some)(x + i, count - i, 0.0f) * factor + offset;
        TK_FN(store_some)(y + i, v, count - i);
    }
}

static void TK_FN(accumulate)(float factor, const float *x, float *y, int64_t count) {
    int64_t i = 0;
    for (; i + TK_LANES <= count; i += TK_LANES) {
        TK_FN(store)(y + i, TK_FN(load)(x + i) * factor + TK_FN(load)(y + i));
    }
    if (i < count) {
        V v = TK_FN(load_some)(x + i, count - i, 0.0f) * factor + TK_FN(load_some)(y + i, count - i, 0.0f);
        TK_FN(store_some)(y + i, v, count - i);
    }
}
