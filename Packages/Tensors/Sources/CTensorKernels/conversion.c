// Storage types to and from float.
#include "parallel.h"

#define TK_LOOPS "conversion_loops.h"
#include "each_variant.h"

typedef void (*widening_loop)(const uint16_t *x, float *y, int64_t count);
typedef void (*narrowing_loop)(const float *x, uint16_t *y, int64_t count);

typedef struct {
    widening_loop widen;
    narrowing_loop narrow;
    const uint16_t *halves;
    const float *x;
    uint16_t *to_halves;
    float *y;
} conversion;

static void widen_range(void *context, int64_t first, int64_t last) {
    const conversion *c = context;
    c->widen(c->halves + first, c->y + first, last - first);
}

static void narrow_range(void *context, int64_t first, int64_t last) {
    const conversion *c = context;
    c->narrow(c->x + first, c->to_halves + first, last - first);
}

void tk_widen_bfloat16(const uint16_t *x, float *y, int64_t count) {
    conversion c = {.widen = TK_PICK(widen_bfloat16), .halves = x, .y = y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, widen_range, &c);
}

void tk_widen_float16(const uint16_t *x, float *y, int64_t count) {
    conversion c = {.widen = TK_PICK(widen_float16), .halves = x, .y = y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, widen_range, &c);
}

void tk_narrow_bfloat16(const float *x, uint16_t *y, int64_t count) {
    conversion c = {.narrow = TK_PICK(narrow_bfloat16_run), .x = x, .to_halves = y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, narrow_range, &c);
}

void tk_narrow_float16(const float *x, uint16_t *y, int64_t count) {
    conversion c = {.narrow = TK_PICK(narrow_float16_run), .x = x, .to_halves = y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, narrow_range, &c);
}

typedef struct {
    const float *x;
    int8_t *y;
    float *scales;
    int64_t width;
} quantization;

static void quantize_range(void *context, int64_t first, int64_t last) {
    const quantization *q = context;
    for (int64_t row = first; row < last; row++) {
        TK_PICK(quantize_run)(q->x + row * q->width, q->y + row * q->width, q->scales + row, q->width);
    }
}

void tk_quantize_rows(const float *x, int8_t *y, float *scales, int64_t rows, int64_t width) {
    quantization q = {x, y, scales, width};
    tk_parallel_ranges(rows, tk_rows_per_tile(width), quantize_range, &q);
}

typedef struct {
    const float *x;
    float *y;
    int64_t rows, width;
} magnitudes;

static void magnitude_range(void *context, int64_t first, int64_t last) {
    const magnitudes *m = context;
    TK_PICK(column_magnitudes)(m->x + first, m->width, m->rows, m->y + first, last - first);
}

void tk_column_magnitudes(const float *x, float *y, int64_t rows, int64_t width) {
    enum { COLUMNS = 256 };
    magnitudes m = {x, y, rows, width};
    tk_parallel_ranges(width, tk_max(COLUMNS, tk_rows_per_tile(rows)), magnitude_range, &m);
}
