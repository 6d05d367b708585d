// Both variants of each kernel, and what they share. Sums are exact integers, so the variants agree to the bit.
#pragma once

#include "CImages.h"

enum { IMG_WEIGHT_BITS = 22, IMG_HALF = 1 << (IMG_WEIGHT_BITS - 1) };

static inline uint8_t img_clip(int32_t sum) {
    int32_t value = sum >> IMG_WEIGHT_BITS;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

void img_resize_rows_portable(const uint8_t *source, int64_t source_stride, int32_t rows, const img_axis *axis,
                              uint8_t *out, int64_t stride);
void img_resize_columns_portable(const uint8_t *source, int64_t source_stride, int64_t row_bytes, int32_t first_row,
                                 const img_axis *axis, uint8_t *out, int64_t stride);

#if defined(__x86_64__)
/// Both return false, having done nothing, where a buffer of theirs cannot be had or the rows are too short.
bool img_resize_rows_avx2(const uint8_t *source, int64_t source_stride, int32_t source_width, int32_t rows,
                          const img_axis *axis, uint8_t *out, int64_t stride);
bool img_resize_columns_avx2(const uint8_t *source, int64_t source_stride, int64_t row_bytes, int32_t first_row,
                             const img_axis *axis, uint8_t *out, int64_t stride);
#endif
