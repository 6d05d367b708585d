// Products with packed weights against the same arithmetic in double precision.
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *room(size_t bytes) {
    void *memory = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (memory == NULL) abort();
    return memory;
}

static const char *const names[] = {[TK_BFLOAT16] = "bfloat16", [TK_FLOAT16] = "float16", [TK_INT8] = "int8"};

/// Weights of random elements, packed, and the same as they were in rows.
typedef struct {
    tk_weights packed;
    void *rows;
    float *scales;
    double *wide;  // one by one
} sample;

/// One element of the rows.
static double element_at(const sample *s, int64_t place) {
    float widened = 0.0f;
    switch (s->packed.element) {
    case TK_INT8: return ((const int8_t *)s->rows)[place] * (double)s->scales[place / s->packed.inputs];
    case TK_BFLOAT16: tk_widen_bfloat16((const uint16_t *)s->rows + place, &widened, 1); break;
    case TK_FLOAT16: tk_widen_float16((const uint16_t *)s->rows + place, &widened, 1); break;
    }
    return (double)widened;
}

static void pack_sample(sample *s, tk_element element, int64_t outputs, int64_t inputs) {
    s->packed = (tk_weights){element, s->rows, element == TK_INT8 ? s->scales : NULL, outputs, inputs};
    s->wide = room((size_t)(outputs * inputs) * sizeof(double));
    for (int64_t i = 0; i < outputs * inputs; i++) s->wide[i] = element_at(s, i);
    void *data = room((size_t)tk_packed_bytes(&s->packed));
    tk_pack_weights(&s->packed, data);
    s->packed.data = data;
}

static sample make_sample(tk_element element, int64_t outputs, int64_t inputs) {
    int64_t count = outputs * inputs;
    float *x = numbers(count, 1);
    sample s = {.scales = numbers(outputs + 16, 2), .rows = room((size_t)count * 2 + 64)};
    if (element == TK_INT8) {
        tk_quantize_rows(x, s.rows, s.scales, outputs, inputs);
    } else if (element == TK_BFLOAT16) {
        tk_narrow_bfloat16(x, s.rows, count);
    } else {
        // One in eight is so small that it is subnormal.
        for (int64_t i = 0; i < count; i += 8) x[i] *= 0x1p-15f;
        tk_narrow_float16(x, s.rows, count);
    }
    pack_sample(&s, element, outputs, inputs);
    free(x);
    return s;
}

static void free_sample(sample *s) {
    free((void *)s->packed.data);
    free(s->rows), free(s->scales), free(s->wide);
}

/// A row of the first operand as products take it.
static void take_row(const tk_weights *w, const float *row, bool is_few, double *taken) {
    float greatest = 0.0f;
    double squares = 0.0;
    for (int64_t k = 0; k < w->inputs; k++) {
        greatest = fmaxf(greatest, fabsf(row[k]));
        squares += (double)row[k] * (double)row[k];
    }
    bool is_large = is_few || greatest * greatest > 100.0 * squares / (double)w->inputs;
    int64_t limit = INT32_MAX / (127 * w->inputs);
    float levels = is_large ? fminf(32767.0f, (float)limit) : 127.0f;
    for (int64_t k = 0; k < w->inputs; k++) {
        if (w->element == TK_INT8) {
            double number = greatest > 0.0f ? rint((double)(row[k] * (levels / greatest))) : 0.0;
            taken[k] = number * (double)(greatest / levels);
        } else if (is_few || w->element == TK_FLOAT16) {
            taken[k] = (double)row[k];
        } else {
            uint16_t half;
            float back;
            tk_narrow_bfloat16(row + k, &half, 1);
            tk_widen_bfloat16(&half, &back, 1);
            taken[k] = (double)back;
        }
    }
}

/// The sum for one output.
static double exact(const sample *s, const double *x, int64_t output) {
    double sum = 0.0;
    for (int64_t k = 0; k < s->packed.inputs; k++) sum += x[k] * s->wide[output * s->packed.inputs + k];
    return sum;
}

/// One row in four has a number that is a hundred times the others.
static float *operand(int64_t rows, int64_t inputs) {
    float *x = numbers(rows * inputs, 3);
    for (int64_t row = 1; row < rows; row += 4) x[row * inputs + row % inputs] *= 100.0f;
    return x;
}

static void check_forward(const sample *s, int64_t rows, const char *name) {
    int64_t outputs = s->packed.outputs, inputs = s->packed.inputs;
    float *x = operand(rows, inputs), *y = numbers(rows * outputs, 4), *bias = numbers(outputs, 5);
    float *expected = malloc((size_t)(rows * outputs) * sizeof(float));
    double *taken = malloc((size_t)inputs * sizeof(double));
    for (int64_t row = 0; row < rows; row++) {
        take_row(&s->packed, x + row * inputs, rows <= 8, taken);
        for (int64_t j = 0; j < outputs; j++) {
            double sum = exact(s, taken, j) + (double)y[row * outputs + j] + (double)bias[j];
            expected[row * outputs + j] = (float)(sum < 0.0 ? 0.0 : sum);
        }
    }
    tk_linear_stored(x, &s->packed, bias, TK_RELU, true, y, rows);
    compare(name, y, expected, rows * outputs, s->packed.element == TK_INT8 ? 1e-6 : 3e-6);
    free(x), free(y), free(bias), free(expected), free(taken);
}

/// Halves that lie row by row give the bits of packed ones.
static void check_rows(const sample *s, int64_t rows, const char *name) {
    int64_t count = rows * s->packed.outputs;
    float *x = operand(rows, s->packed.inputs), *bias = numbers(s->packed.outputs, 5);
    float *y = room((size_t)count * sizeof(float)), *expected = room((size_t)count * sizeof(float));
    tk_weights halves = s->packed;
    halves.data = s->rows;
    tk_linear_stored(x, &s->packed, bias, TK_RELU, false, expected, rows);
    tk_linear_halves(x, &halves, bias, TK_RELU, y, rows);
    comparisons++;
    if (memcmp(y, expected, (size_t)count * sizeof(float)) != 0) {
        failures++;
        printf("%s: row by row differs\n", name);
    }
    free(x), free(bias), free(y), free(expected);
}

static void check_backward(const sample *s, int64_t rows, const char *name) {
    int64_t outputs = s->packed.outputs, inputs = s->packed.inputs;
    float *dy = numbers(rows * outputs, 6), *dx = numbers(rows * inputs, 7);
    float *expected = malloc((size_t)(rows * inputs) * sizeof(float));
    for (int64_t i = 0; i < rows * inputs; i++) {
        double sum = 0.0;
        for (int64_t j = 0; j < outputs; j++) {
            sum += (double)dy[i / inputs * outputs + j] * s->wide[j * inputs + i % inputs];
        }
        expected[i] = (float)sum;
    }
    tk_linear_stored_backward(dy, &s->packed, dx, rows);
    compare(name, dx, expected, rows * inputs, 2e-6);
    free(dy), free(dx), free(expected);
}

/// All rows back as they were, and one by one as floats.
static void check_unpacking(const sample *s) {
    int64_t outputs = s->packed.outputs, inputs = s->packed.inputs, count = outputs * inputs;
    size_t bytes = (size_t)count * (s->packed.element == TK_INT8 ? 1 : 2);
    char *back = room(bytes);
    tk_unpack_weights(&s->packed, back);
    comparisons++;
    if (memcmp(back, s->rows, bytes) != 0) {
        failures++;
        printf("unpacked rows of %lld x %lld differ\n", (long long)outputs, (long long)inputs);
    }
    float *expected = room((size_t)count * sizeof(float)), *y = room((size_t)count * sizeof(float));
    for (int64_t i = 0; i < count; i++) expected[i] = (float)s->wide[i];
    tk_weights rows = s->packed;
    rows.data = s->rows;
    for (int packed = 0; packed < 2; packed++) {
        for (int64_t j = 0; j < outputs; j++) tk_widen_row(packed ? &s->packed : &rows, packed, j, y + j * inputs);
        compare("widened rows", y, expected, count, 0.0);
    }
    free(back), free(expected), free(y);
}

static void check_products(const sample *s, int64_t rows, const char *kind) {
    char name[128];
    snprintf(name, sizeof name, "%s%s, %lld rows, %lld x %lld, variant %d", names[s->packed.element], kind,
             (long long)rows, (long long)s->packed.outputs, (long long)s->packed.inputs, (int)tk_current_variant());
    check_forward(s, rows, name);
    if (s->packed.element != TK_INT8) check_rows(s, rows, name);
    if (rows % 2 == 1) check_backward(s, rows, name);
}

static void check_shape(tk_element element, int64_t outputs, int64_t inputs) {
    static const int64_t rows[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 40, 133, 257};
    sample s = make_sample(element, outputs, inputs);
    check_unpacking(&s);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i] * outputs * inputs <= 6000000) check_products(&s, rows[i], "");
    }
    free_sample(&s);
}

/// Elements that are infinite or no numbers reach the results that they belong to and no others.
static void check_extremes(tk_element element) {
    enum { OUTPUTS = 37, INPUTS = 71 };
    sample s = {.rows = calloc(OUTPUTS * INPUTS + 32, sizeof(uint16_t))};
    uint16_t *halves = s.rows, infinity = element == TK_FLOAT16 ? 0x7c00 : 0x7f80;
    for (int i = 0; i < OUTPUTS * INPUTS; i++) halves[i] = (uint16_t)(infinity / 2 + i % 37);
    halves[3 * INPUTS] = infinity;
    halves[16 * INPUTS + 1] = (uint16_t)(infinity | 0x8000);
    halves[36 * INPUTS + INPUTS - 1] = (uint16_t)(infinity + 1);  // no number
    pack_sample(&s, element, OUTPUTS, INPUTS);
    check_unpacking(&s);
    for (int64_t rows = 1; rows <= 9; rows += 4) check_products(&s, rows, " with extremes");
    free_sample(&s);
}

void check_packed_products(void) {
    static const int64_t shapes[][2] = {{1, 1},    {4, 3},     {16, 4},   {17, 5},     {23, 70},    {63, 64},
                                        {64, 257}, {130, 515}, {80, 1408}, {259, 131}, {48, 10240}, {520, 66}};
    for (int variant = TK_PORTABLE; variant <= TK_AVX512; variant++) {
        if (tk_limit_variant((tk_variant)variant) != (tk_variant)variant) continue;
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            for (int element = TK_BFLOAT16; element <= TK_INT8; element++) {
                check_shape((tk_element)element, shapes[i][0], shapes[i][1]);
            }
        }
        check_extremes(TK_BFLOAT16);
        check_extremes(TK_FLOAT16);
    }
    tk_limit_variant(tk_best_variant());
}
