// Nearest rows of a codebook: |e|^2 - 2 x.e for blocks of rows and codes, with a running minimum, so that the matrix
// of all distances never exists.
#include "blas.h"
#include "parallel.h"

#include <math.h>

enum { ROWS = 64, CODES = 256 };

typedef struct {
    const float *x, *codebook, *squares;
    int64_t rows, codes, width;
    int32_t *y;
} search;

static void squares_range(void *context, int64_t first, int64_t last) {
    const search *s = context;
    for (int64_t i = first; i < last; i++) {
        const float *e = s->codebook + i * s->width;
        double sum = 0.0;
        for (int64_t k = 0; k < s->width; k++) sum += (double)e[k] * (double)e[k];
        ((float *)s->squares)[i] = (float)sum;
    }
}

/// Lowers the running minimum of one row; the earlier code stays where two are equal.
static void lower(const float *products, const float *squares, int64_t first, int64_t count, float *least,
                  int32_t *index) {
    for (int64_t code = 0; code < count; code++) {
        float distance = squares[first + code] - 2.0f * products[code];
        if (distance < *least) {
            *least = distance;
            *index = (int32_t)(first + code);
        }
    }
}

static void search_rows(void *context, int64_t tile) {
    const search *s = context;
    int64_t start = tile * ROWS, rows = tk_min(ROWS, s->rows - start);
    float *products = tk_scratch(TK_SCRATCH_TILE, ROWS * CODES), least[ROWS];
    for (int64_t row = 0; row < rows; row++) {
        least[row] = INFINITY;
        s->y[start + row] = 0;
    }
    for (int64_t first = 0; first < s->codes; first += CODES) {
        int64_t codes = tk_min(CODES, s->codes - first);
        tk_multiply_on_thread(false, true, rows, codes, s->width, 1.0f, s->x + start * s->width, s->width,
                              s->codebook + first * s->width, s->width, 0.0f, products, CODES);
        for (int64_t row = 0; row < rows; row++) {
            lower(products + row * CODES, s->squares, first, codes, least + row, s->y + start + row);
        }
    }
}

void tk_nearest_rows(const float *x, int64_t rows, const float *codebook, int64_t codebook_rows, int64_t width,
                     int32_t *y) {
    search s = {x, codebook, tk_scratch(TK_SCRATCH_SHARED, codebook_rows), rows, codebook_rows, width, y};
    tk_parallel_ranges(codebook_rows, tk_rows_per_tile(width), squares_range, &s);
    tk_parallel(tk_ceil_divide(rows, ROWS), search_rows, &s);
}
