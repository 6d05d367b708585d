// Every kernel with each variant against the portable one, over widths around the lengths of vectors.
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Operands of a kernel, all [rows, width] or longer; they begin at no multiple of a vector.
typedef struct {
    int64_t rows, width, count;
    float *a, *b, *c, *y, *z;
    int32_t *ids;
} operands;

/// Writes `count` results to y, and as many to z.
typedef struct {
    const char *name;
    void (*run)(operands *o);
    double limit;
} kernel;

#define KERNEL(name, ...) \
    static void name(operands *o) { __VA_ARGS__; }

// Arguments are scaled by powers of two, which every variant does alike.
#define MAP(name, map, argument)                                                     \
    KERNEL(name, for (int64_t i = 0; i < o->count; i++) o->z[i] = 16.0f * (argument); \
           tk_map_apply(map, o->z, o->y, o->count))
MAP(map_exp, TK_EXP, o->a[i])
MAP(map_log, TK_LOG, fabsf(o->a[i]))
MAP(map_sqrt, TK_SQRT, fabsf(o->a[i]))
MAP(map_square, TK_SQUARE, o->a[i])
MAP(map_reciprocal, TK_RECIPROCAL, o->a[i])

#define ACTIVATION(name, activation)                                             \
    KERNEL(name, tk_affine(8.0f, 0.0f, o->a, o->c, o->count);                    \
           tk_activate(activation, o->c, o->y, o->count);                        \
           tk_activate_backward(activation, o->c, o->b, o->z, o->count))
ACTIVATION(relu, TK_RELU)
ACTIVATION(gelu, TK_GELU)
ACTIVATION(gelu_tanh, TK_GELU_TANH)
ACTIVATION(silu, TK_SILU)
ACTIVATION(tanh_, TK_TANH)

KERNEL(binary, tk_binary_apply(TK_ADD, o->a, o->b, o->y, o->count);
       tk_binary_apply(TK_DIVIDE, o->a, o->b, o->z, o->count))
KERNEL(broadcast, int64_t shape[] = {o->rows, o->width}, rows[] = {o->width, 1}, columns[] = {0, 1}, one[] = {1, 0};
       tk_binary_broadcast(TK_MULTIPLY, o->a, rows, o->b, columns, o->y, shape, 2);
       tk_binary_broadcast(TK_SUBTRACT, o->a, rows, o->b, one, o->z, shape, 2))
KERNEL(accumulate, memcpy(o->y, o->b, (size_t)o->count * 4); tk_accumulate(0.7f, o->a, o->y, o->count);
       tk_copy(o->a, o->z, o->count))
KERNEL(sums, tk_sum_axis(o->a, o->y, o->rows, o->width, 1); tk_sum_axis(o->a, o->z, 1, o->rows, o->width))
KERNEL(maxima, tk_max_axis(o->a, o->y, o->rows, o->width, 1); tk_max_axis(o->a, o->z, 1, o->rows, o->width))
KERNEL(maxima_backward, tk_max_axis_backward(o->a, o->b, o->y, o->rows, o->width, 1);
       o->z[0] = (float)tk_sum_of_squares(o->a, o->count))
KERNEL(extremes, tk_argmax_rows(o->a, o->ids, o->rows, o->width);
       for (int64_t i = 0; i < o->rows; i++) o->y[i] = (float)o->ids[i];
       tk_argmin_rows(o->a, o->ids, o->rows, o->width);
       for (int64_t i = 0; i < o->rows; i++) o->z[i] = (float)o->ids[i])
KERNEL(softmax, tk_affine(4.0f, 0.0f, o->a, o->c, o->count); tk_softmax_rows(o->c, o->y, o->rows, o->width);
       tk_softmax_rows_backward(o->y, o->b, o->z, o->rows, o->width))
KERNEL(log_softmax, tk_affine(4.0f, 0.0f, o->a, o->c, o->count); tk_log_softmax_rows(o->c, o->y, o->rows, o->width);
       tk_log_softmax_rows_backward(o->y, o->b, o->z, o->rows, o->width))
KERNEL(cross_entropy, for (int64_t i = 0; i < o->rows; i++) o->ids[i] = (int32_t)(i % o->width);
       tk_cross_entropy_rows(o->a, o->ids, o->rows, o->width, 2, 0.1f, o->y, o->c);
       tk_cross_entropy_rows_backward(o->a, o->ids, o->c, o->rows, o->width, 2, 0.1f, 0.5f, o->z))
KERNEL(layer_norm, float *mean = o->c; float *deviation = o->c + o->rows; float *slopes = o->c + 2 * o->rows;
       tk_layer_norm(o->a, o->b, o->a, 1e-3f, o->y, mean, deviation, o->rows, o->width);
       tk_layer_norm_backward(o->a, o->b, mean, deviation, o->b, o->z, slopes, slopes + o->width, o->rows, o->width);
       tk_accumulate(1.0f, slopes, o->z, o->width))
KERNEL(rms_norm, float *root = o->c; float *slopes = o->c + o->rows;
       tk_rms_norm(o->a, o->b, 1e-3f, o->y, root, o->rows, o->width);
       tk_rms_norm_backward(o->a, o->b, root, o->b, o->z, slopes, o->rows, o->width);
       tk_accumulate(1.0f, slopes, o->z, o->width))
KERNEL(l2_norm, tk_l2_normalize_rows(o->a, 1e-6f, o->y, o->c, o->rows, o->width);
       tk_l2_normalize_rows_backward(o->y, o->c, 1e-6f, o->b, o->z, o->rows, o->width))
KERNEL(product, int64_t m = o->rows; int64_t n = o->width;
       tk_product(TK_OPERANDS_FLOAT32, false, true, m, m, n, 1.0f, o->a, n, o->b, n, 0.0f, o->y, m);
       tk_product(TK_OPERANDS_BFLOAT16, true, false, n, n, m, 0.5f, o->a, n, o->b, n, 0.0f, o->z, n))
KERNEL(linear, tk_linear(TK_OPERANDS_FLOAT32, o->a, o->b, o->c, TK_GELU, o->z, o->y, o->rows, o->width, o->rows))
static void attend(operands *o, tk_operands operands) {
    int64_t heads = 2, width = o->width / heads, size = heads * width;
    tk_attention_operand x = {o->a, 0, size}, k = {o->b, 0, size};
    tk_attention a = {.batch = 1, .heads = heads, .queries = o->rows, .keys = o->rows, .head_width = width,
                      .query = x, .key = k, .value = x, .operands = operands, .scale = 0.7f, .dropout_rate = 0.1f,
                      .dropout_key = 9};
    float *sums = o->c + 3 * o->count;
    tk_attention_forward(&a, o->y, sums);
    tk_attention_backward(&a, o->y, sums, o->b, o->z, o->c, o->c + o->count, NULL, 0);
    tk_accumulate(1.0f, o->c, o->z, size * o->rows);
    tk_accumulate(1.0f, o->c + o->count, o->z, size * o->rows);
}
KERNEL(attention, attend(o, TK_OPERANDS_FLOAT32))
KERNEL(rounded_attention, attend(o, TK_OPERANDS_BFLOAT16))
static void attend_rows(operands *o) {
    enum { CHUNKS = 4 };
    int64_t heads = 2, width = o->width / heads, size = heads * width;
    int64_t table = o->rows < CHUNKS * TK_CHUNK_ROWS ? o->rows : CHUNKS * TK_CHUNK_ROWS;
    const float *keys[CHUNKS], *values[CHUNKS];
    for (int64_t i = 0; i < CHUNKS; i++) {
        int64_t row = i * TK_CHUNK_ROWS < table ? i * TK_CHUNK_ROWS : 0;
        keys[i] = o->b + row * size;
        values[i] = o->a + row * size;
    }
    tk_attention a = {.batch = 1, .heads = heads, .queries = o->rows < TK_FEW_QUERIES ? o->rows : TK_FEW_QUERIES,
                      .keys = o->rows, .head_width = width, .query = {o->a, 0, size}, .scale = 0.7f};
    for (int64_t i = 0; i < o->rows; i++) o->ids[i] = (int32_t)(i * 7 % table);
    memset(o->y, 0, (size_t)o->count * 4);
    memset(o->z, 0, (size_t)o->count * 4);
    tk_attend_rows(&a, keys, values, o->ids, o->y);
}
KERNEL(row_attention, attend_rows(o))
KERNEL(gather, for (int64_t i = 0; i < o->rows; i++) o->ids[i] = (int32_t)(i * 7 % o->rows);
       tk_gather_rows(o->a, o->ids, o->y, o->rows, o->width); memset(o->z, 0, (size_t)o->count * 4);
       tk_scatter_add_rows(o->a, o->ids, o->z, o->rows, o->width))
KERNEL(permute, int64_t shape[] = {o->rows, o->width}; int32_t axes[] = {1, 0}; tk_permute(o->a, o->y, shape, axes, 2);
       tk_copy_blocks(o->a, o->width, o->z, o->width, o->rows, o->width);
       tk_add_blocks(o->b, o->width, o->z, o->width, o->rows, o->width))
KERNEL(draws, tk_random_uniform(3, 5, o->y, o->count); tk_random_normal(4, 7, o->z, o->count))
KERNEL(dropout, tk_dropout(o->a, o->y, o->count, 0.3f, 11, 13))
KERNEL(nearest, tk_nearest_rows(o->a, o->rows, o->b, o->rows, o->width, o->ids);
       for (int64_t i = 0; i < o->rows; i++) o->y[i] = (float)o->ids[i])
KERNEL(adamw, memcpy(o->y, o->b, (size_t)o->count * 4); memset(o->c, 0, (size_t)o->count * 8);
       for (int step = 1; step < 4; step++) {
           tk_adamw(o->y, o->a, o->c, o->c + o->count, o->count, 1e-3f, 0.9f, 0.99f, 1e-8f, 0.05f, step);
       } memcpy(o->z, o->c, (size_t)o->count * 4))
KERNEL(bfloat16, tk_narrow_bfloat16(o->a, (uint16_t *)o->c, o->count);
       tk_widen_bfloat16((uint16_t *)o->c, o->y, o->count))
KERNEL(float16, tk_affine(256.0f, 0.0f, o->a, o->z, o->count); o->z[0] = 1e-6f;
       tk_narrow_float16(o->z, (uint16_t *)o->c, o->count); tk_widen_float16((uint16_t *)o->c, o->y, o->count))
KERNEL(int8, tk_quantize_rows(o->a, (int8_t *)o->c, o->z, o->rows, o->width);
       for (int64_t i = 0; i < o->count; i++) o->y[i] = ((int8_t *)o->c)[i];
       tk_column_magnitudes(o->a, o->z, o->rows, o->width))

// A sum in another order differs by its rounding; what is drawn, picked or rounded must not differ at all.
#define ONE(name, limit) {#name, name, limit}
static const kernel kernels[] = {
    ONE(map_exp, 1e-6), ONE(map_log, 1e-6), ONE(map_sqrt, 1e-6), ONE(map_square, 1e-6), ONE(map_reciprocal, 1e-6),
    ONE(relu, 0), ONE(gelu, 2e-6), ONE(gelu_tanh, 2e-6), ONE(silu, 2e-6), ONE(tanh_, 2e-6), ONE(binary, 1e-6),
    ONE(broadcast, 0), ONE(accumulate, 1e-6), ONE(sums, 5e-6), ONE(maxima, 0), ONE(maxima_backward, 1e-6),
    ONE(extremes, 0), ONE(softmax, 5e-6), ONE(log_softmax, 5e-6), ONE(cross_entropy, 5e-6), ONE(layer_norm, 1e-5),
    ONE(rms_norm, 1e-5), ONE(l2_norm, 1e-5), ONE(product, 5e-6), ONE(linear, 5e-6), ONE(attention, 1e-5),
    ONE(rounded_attention, 3e-3), ONE(row_attention, 1e-5), ONE(gather, 0), ONE(permute, 0), ONE(draws, 1e-6), ONE(dropout, 0), ONE(nearest, 0), ONE(adamw, 2e-6),
    ONE(bfloat16, 0), ONE(float16, 0), ONE(int8, 0),
};

static operands make_operands(int64_t rows, int64_t width) {
    int64_t longest = (rows + width) * (rows + width) + 64;
    operands o = {.rows = rows, .width = width, .count = rows * width};
    o.a = numbers(longest, 21) + 1;
    o.b = numbers(longest, 22) + 2;
    o.c = numbers(4 * longest, 23) + 3;
    o.y = numbers(longest, 24) + 1;
    o.z = numbers(longest, 25) + 1;
    o.ids = calloc((size_t)longest, sizeof(int32_t));
    return o;
}

static void free_operands(operands *o) {
    free(o->a - 1), free(o->b - 2), free(o->c - 3), free(o->y - 1), free(o->z - 1), free(o->ids);
}

static void check_kernel(const kernel *k, int64_t rows, int64_t width) {
    operands portable = make_operands(rows, width);
    int64_t count = (rows + width) * (rows + width);
    tk_limit_variant(TK_PORTABLE);
    k->run(&portable);
    for (int variant = TK_AVX2; variant <= TK_AVX512; variant++) {
        if (tk_limit_variant((tk_variant)variant) != (tk_variant)variant) continue;
        operands own = make_operands(rows, width);
        k->run(&own);
        char name[96];
        snprintf(name, sizeof name, "%s, %lld x %lld, variant %d", k->name, (long long)rows, (long long)width, variant);
        compare(name, own.y, portable.y, count, k->limit);
        compare(name, own.z, portable.z, count, k->limit);
        free_operands(&own);
    }
    free_operands(&portable);
}

void check_variants(void) {
    static const int64_t widths[] = {2,  3,  4,  7,  8,  9,  12, 15, 16,  17,  31,
                                     32, 33, 47, 48, 63, 64, 65, 96, 131, 257, 515};
    static const int64_t rows[] = {1, 3, 5, 8, 16, 37, 70};
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            for (size_t j = 0; j < sizeof widths / sizeof *widths; j++) check_kernel(&kernels[k], rows[i], widths[j]);
        }
    }
    tk_limit_variant(tk_best_variant());
}
