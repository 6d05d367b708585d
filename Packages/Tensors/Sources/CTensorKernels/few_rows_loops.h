// Dot products of a few rows with a weight in each storage type; included once per variant.

#include "element_loops.h"

/// Defines y[i, j] = x[i] . w[j] * scales[j] + bias[j] for weights of one storage type: four rows of w at a time, which
/// are in cache when the next three rows of x come.
#define TK_FEW_ROWS(name, element)                                                                                   \
    INLINE void TK_FN(dots_##name)(const int rows, const float *x, const element *w, const float *scales, int64_t k, \
                                   const float *bias, float *y, int64_t y_row) {                                     \
        V sums[3][4];                                                                                                \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) {                                          \
            _Pragma("clang loop unroll(full)") for (int j = 0; j < 4; j++) sums[i][j] = (V)0.0f;                     \
        }                                                                                                            \
        int64_t p = 0;                                                                                               \
        for (; p + TK_LANES <= k; p += TK_LANES) {                                                                   \
            V right[4];                                                                                              \
            _Pragma("clang loop unroll(full)") for (int j = 0; j < 4; j++) {                                         \
                right[j] = TK_FN(wide_##name)(w + j * k + p);                                                        \
            }                                                                                                        \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) {                                      \
                V left = TK_FN(load)(x + i * k + p);                                                                 \
                _Pragma("clang loop unroll(full)") for (int j = 0; j < 4; j++) {                                     \
                    sums[i][j] = left * right[j] + sums[i][j];                                                       \
                }                                                                                                    \
            }                                                                                                        \
        }                                                                                                            \
        for (int i = 0; i < rows; i++) {                                                                             \
            for (int j = 0; j < 4; j++) {                                                                            \
                float sum = TK_FN(sum)(sums[i][j]);                                                                  \
                for (int64_t rest = p; rest < k; rest++) sum += x[i * k + rest] * TK_FN(one_##name)(w + j * k + rest); \
                if (scales != NULL) sum *= scales[j];                                                                \
                y[i * y_row + j] = bias != NULL ? sum + bias[j] : sum;                                               \
            }                                                                                                        \
        }                                                                                                            \
    }                                                                                                                \
                                                                                                                     \
    static void TK_FN(few_rows_##name)(const float *x, int64_t m, const void *weight, const float *scales,           \
                                       int64_t n, int64_t k, const float *bias, float *y, int64_t y_row) {           \
        for (int64_t j = 0; j < n; j += 4) {                                                                         \
            /* The last rows of w are taken again rather than apart. */                                              \
            if (j + 4 > n) j = n - 4;                                                                                \
            const element *w = (const element *)weight + j * k;                                                      \
            const float *scale = scales != NULL ? scales + j : NULL, *offset = bias != NULL ? bias + j : NULL;       \
            int64_t i = 0;                                                                                           \
            for (; i + 3 <= m; i += 3) {                                                                             \
                TK_FN(dots_##name)(3, x + i * k, w, scale, k, offset, y + i * y_row + j, y_row);                     \
            }                                                                                                        \
            if (m - i == 2) TK_FN(dots_##name)(2, x + i * k, w, scale, k, offset, y + i * y_row + j, y_row);         \
            if (m - i == 1) TK_FN(dots_##name)(1, x + i * k, w, scale, k, offset, y + i * y_row + j, y_row);         \
        }                                                                                                            \
    }

TK_FEW_ROWS(float32, float)
TK_FEW_ROWS(bfloat16, uint16_t)
TK_FEW_ROWS(float16, uint16_t)
TK_FEW_ROWS(int8, int8_t)
