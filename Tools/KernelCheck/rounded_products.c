// Products of operands that are rounded to bfloat16, in the three orientations of a linear layer, against the portable
// kernels, and for one thread and two.
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int64_t m, n, k;
    bool transpose_a, transpose_b;
    int64_t lda, ldb;
    float *a, *b, *c;
} sample;

/// Numbers of which half lie in the middle between two of bfloat16, so that ties decide.
static float *tied_numbers(int64_t count, uint64_t seed) {
    float *x = numbers(count, seed);
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        bits &= 0xffff8000;
        memcpy(x + i, &bits, sizeof bits);
    }
    return x;
}

static sample make_sample(int64_t m, int64_t n, int64_t k, int orientation) {
    sample s = {.m = m, .n = n, .k = k, .transpose_a = orientation == 2, .transpose_b = orientation == 0};
    // Rows that are longer than what is read of them, and begin at no multiple of a vector.
    s.lda = (s.transpose_a ? m : k) + 3;
    s.ldb = (s.transpose_b ? k : n) + 5;
    s.a = tied_numbers((s.transpose_a ? k : m) * s.lda, 31);
    s.b = tied_numbers((s.transpose_b ? n : k) * s.ldb, 32);
    s.c = numbers(m * (n + 1), 33);
    return s;
}

static float *product(const sample *s) {
    size_t bytes = (size_t)(s->m * (s->n + 1)) * sizeof(float);
    float *c = malloc(bytes);
    memcpy(c, s->c, bytes);
    tk_product(TK_OPERANDS_BFLOAT16, s->transpose_a, s->transpose_b, s->m, s->n, s->k, 0.5f, s->a, s->lda, s->b, s->ldb,
               2.0f, c, s->n + 1);
    return c;
}

static void check_threads(const sample *s, const float *c, const char *name) {
    tk_set_thread_count(1);
    float *alone = product(s);
    tk_set_thread_count(2);
    comparisons++;
    if (memcmp(alone, c, (size_t)(s->m * (s->n + 1)) * sizeof(float)) != 0) {
        failures++;
        printf("%s: one thread has other bits than two\n", name);
    }
    free(alone);
}

static void check_shape(int64_t m, int64_t n, int64_t k) {
    static const char *const orientations[] = {"forward", "by input", "by weight"};
    for (int orientation = 0; orientation < 3; orientation++) {
        sample s = make_sample(m, n, k, orientation);
        tk_limit_variant(TK_PORTABLE);
        float *expected = product(&s);
        for (int variant = TK_AVX2; variant <= TK_AVX512; variant++) {
            if (tk_limit_variant((tk_variant)variant) != (tk_variant)variant) continue;
            char name[96];
            snprintf(name, sizeof name, "rounded, %s, %lld x %lld x %lld, variant %d", orientations[orientation],
                     (long long)m, (long long)n, (long long)k, variant);
            float *c = product(&s);
            compare(name, c, expected, m * (n + 1), 5e-7);
            check_threads(&s, c, name);
            free(c);
        }
        free(expected), free(s.a), free(s.b), free(s.c);
    }
}

/// Bias and activation come after the sum.
static void check_linear(int64_t rows, int64_t inputs, int64_t outputs) {
    float *x = tied_numbers(rows * inputs, 34), *w = tied_numbers(outputs * inputs, 35), *bias = numbers(outputs, 36);
    float *results[2][2];
    for (int side = 0; side < 2; side++) {
        tk_limit_variant(side == 0 ? TK_PORTABLE : tk_best_variant());
        for (int i = 0; i < 2; i++) results[side][i] = numbers(rows * outputs, 37);
        tk_linear(TK_OPERANDS_BFLOAT16, x, w, bias, TK_RELU, results[side][0], results[side][1], rows, inputs, outputs);
    }
    for (int i = 0; i < 2; i++) {
        compare("rounded, linear", results[1][i], results[0][i], rows * outputs, 5e-7);
        free(results[0][i]), free(results[1][i]);
    }
    free(x), free(w), free(bias);
}

/// What is infinite or no number after rounding is so in the result.
static void check_extremes(void) {
    static const float extremes[] = {NAN, INFINITY, -INFINITY, 3.4e38f, -0.0f};
    float a[5 * 64] = {0}, b[16 * 64] = {0}, c[2][5 * 16];
    for (int i = 0; i < 5; i++) a[i * 64 + i] = extremes[i];
    for (int j = 0; j < 16; j++) {
        for (int p = 0; p < 64; p++) b[j * 64 + p] = 1.0f;
    }
    for (int side = 0; side < 2; side++) {
        tk_limit_variant(side == 0 ? TK_PORTABLE : tk_best_variant());
        tk_product(TK_OPERANDS_BFLOAT16, false, true, 5, 16, 64, 1.0f, a, 64, b, 64, 0.0f, c[side], 16);
    }
    compare("rounded, extremes", c[1], c[0], 5 * 16, 0);
}

void check_rounded_products(void) {
    // Around blocks, panels and vectors; odd sums; sums that are cut, among tiles too; panels that tiles share.
    static const int64_t shapes[][3] = {{1, 1, 1},     {2, 3, 5},     {6, 16, 2},    {7, 17, 33},    {5, 40, 64},
                                        {13, 63, 127}, {96, 197, 64}, {97, 64, 65},  {200, 65, 129}, {193, 130, 643},
                                        {31, 48, 1285}, {66, 70, 2051}, {404, 300, 31}, {300, 520, 160},
                                        {404, 40, 1301}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) check_shape(shapes[i][0], shapes[i][1], shapes[i][2]);
    check_linear(5, 67, 33);
    check_linear(231, 95, 198);
    check_extremes();
    tk_limit_variant(tk_best_variant());
}
