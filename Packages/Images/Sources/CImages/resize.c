#include "resize.h"

#include <stdlib.h>
#include <string.h>

// MARK: Dispatch

img_variant img_best_variant(void) {
    static int best = -1;  // written with the same value by whoever comes first
    int known = __atomic_load_n(&best, __ATOMIC_RELAXED);
    if (known >= 0) return (img_variant)known;
    img_variant found = IMG_PORTABLE;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) found = IMG_AVX2;
#endif
    const char *limit = getenv("BLIP_SIMD");
    if (limit && strcmp(limit, "portable") == 0) found = IMG_PORTABLE;
    __atomic_store_n(&best, (int)found, __ATOMIC_RELAXED);
    return found;
}

void img_resize_rows(img_variant variant, const uint8_t *source, int64_t source_stride, int32_t source_width,
                     int32_t rows, const img_axis *axis, uint8_t *out, int64_t stride) {
#if defined(__x86_64__)
    if (variant == IMG_AVX2 &&
        img_resize_rows_avx2(source, source_stride, source_width, rows, axis, out, stride)) return;
#endif
    img_resize_rows_portable(source, source_stride, rows, axis, out, stride);
}

void img_resize_columns(img_variant variant, const uint8_t *source, int64_t source_stride, int64_t row_bytes,
                        int32_t first_row, const img_axis *axis, uint8_t *out, int64_t stride) {
#if defined(__x86_64__)
    if (variant == IMG_AVX2 &&
        img_resize_columns_avx2(source, source_stride, row_bytes, first_row, axis, out, stride)) return;
#endif
    img_resize_columns_portable(source, source_stride, row_bytes, first_row, axis, out, stride);
}

// MARK: Portable

void img_resize_rows_portable(const uint8_t *source, int64_t source_stride, int32_t rows, const img_axis *axis,
                              uint8_t *out, int64_t stride) {
    for (int32_t y = 0; y < rows; ++y) {
        const uint8_t *row = source + y * source_stride;
        uint8_t *target = out + y * stride;
        for (int32_t x = 0; x < axis->outputs; ++x) {
            const int32_t *weights = axis->weights + (int64_t)x * axis->taps;
            const uint8_t *pixel = row + 3 * (int64_t)axis->first[x];
            int32_t red = IMG_HALF, green = IMG_HALF, blue = IMG_HALF;
            for (int32_t t = 0; t < axis->taps_of[x]; ++t, pixel += 3) {
                red += pixel[0] * weights[t];
                green += pixel[1] * weights[t];
                blue += pixel[2] * weights[t];
            }
            target[3 * x] = img_clip(red);
            target[3 * x + 1] = img_clip(green);
            target[3 * x + 2] = img_clip(blue);
        }
    }
}

enum { BLOCK = 256 };

/// One output row of up to BLOCK bytes: the taps outside, so that the inner loop is a plain one the compiler
/// vectorises.
static void columns_block(const uint8_t *source, int64_t source_stride, const int32_t *weights, int32_t taps,
                          int64_t count, uint8_t *out) {
    int32_t sums[BLOCK];
    for (int64_t x = 0; x < count; ++x) sums[x] = IMG_HALF;
    for (int32_t t = 0; t < taps; ++t) {
        const uint8_t *row = source + t * source_stride;
        for (int64_t x = 0; x < count; ++x) sums[x] += row[x] * weights[t];
    }
    for (int64_t x = 0; x < count; ++x) out[x] = img_clip(sums[x]);
}

void img_resize_columns_portable(const uint8_t *source, int64_t source_stride, int64_t row_bytes, int32_t first_row,
                                 const img_axis *axis, uint8_t *out, int64_t stride) {
    for (int32_t y = 0; y < axis->outputs; ++y) {
        const uint8_t *rows = source + (int64_t)(axis->first[y] - first_row) * source_stride;
        const int32_t *weights = axis->weights + (int64_t)y * axis->taps;
        for (int64_t x = 0; x < row_bytes; x += BLOCK) {
            int64_t count = row_bytes - x < BLOCK ? row_bytes - x : BLOCK;
            columns_block(rows + x, source_stride, weights, axis->taps_of[y], count, out + y * stride + x);
        }
    }
}
