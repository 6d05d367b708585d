// The same sums with 16-bit products: a weight w of 23 bits is split as (w >> 15) * 2^15 + (w & 0x7fff), and
// pmaddwd multiplies and adds two taps of each half at once, exactly.
#include "resize.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

#define AVX2 __attribute__((target("avx2")))

enum { LOW_BITS = 15, LOW_MASK = (1 << LOW_BITS) - 1, SLACK = 16, ROWS = 4 };

/// (high << 15) + low, rounded, shifted down to pixel levels (not yet clipped).
AVX2 static inline __m256i combine(__m256i high, __m256i low) {
    __m256i sum = _mm256_add_epi32(_mm256_slli_epi32(high, LOW_BITS), low);
    return _mm256_srai_epi32(_mm256_add_epi32(sum, _mm256_set1_epi32(IMG_HALF)), IMG_WEIGHT_BITS);
}

// MARK: Rows

/// The weights of four neighbouring taps, laid out as the pixels are after `spread`.
typedef struct {
    int16_t low[16];
    int16_t high[16];
} tap_group;

static void pack_weight(tap_group *group, int32_t tap, int32_t weight) {
    for (int channel = 0; channel < 3; ++channel) {
        int lane = (tap / 2) * 8 + channel * 2 + tap % 2;
        group->low[lane] = (int16_t)(weight & LOW_MASK);
        group->high[lane] = (int16_t)(weight >> LOW_BITS);
    }
}

static tap_group *pack_axis(const img_axis *axis, int32_t groups) {
    tap_group *packed = calloc((size_t)axis->outputs * (size_t)groups, sizeof *packed);
    if (!packed) return NULL;
    for (int32_t x = 0; x < axis->outputs; ++x) {
        for (int32_t t = 0; t < axis->taps_of[x]; ++t) {
            pack_weight(&packed[(int64_t)x * groups + t / 4], t % 4, axis->weights[(int64_t)x * axis->taps + t]);
        }
    }
    return packed;
}

/// Four RGB pixels -> 16-bit r0 r1 g0 g1 b0 b1 0 0 | r2 r3 g2 g3 b2 b3 0 0.
AVX2 static inline __m256i spread(const uint8_t *pixels) {
    const __m256i order = _mm256_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,  //
                                           6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
    __m128i bytes = _mm_loadu_si128((const __m128i *)pixels);
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), order);
}

AVX2 static inline int32_t finish_pixel(__m256i high, __m256i low) {
    __m256i zero = _mm256_setzero_si256();
    __m128i high_sum = _mm_add_epi32(_mm256_castsi256_si128(high), _mm256_extracti128_si256(high, 1));
    __m128i low_sum = _mm_add_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
    __m128i sum = _mm_add_epi32(_mm_slli_epi32(high_sum, LOW_BITS), low_sum);
    sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(IMG_HALF)), IMG_WEIGHT_BITS);
    sum = _mm_packs_epi32(sum, _mm256_castsi256_si128(zero));
    return _mm_cvtsi128_si32(_mm_packus_epi16(sum, sum));
}

/// ROWS rows at once, so that a weight is loaded once for all of them.
AVX2 static void resize_row_block(const uint8_t *const *source, const img_axis *axis, const tap_group *packed,
                                  int32_t groups, uint8_t *const *out) {
    for (int32_t x = 0; x < axis->outputs; ++x) {
        __m256i low[ROWS], high[ROWS];
        for (int r = 0; r < ROWS; ++r) low[r] = high[r] = _mm256_setzero_si256();
        const tap_group *group = packed + (int64_t)x * groups;
        int64_t offset = 3 * (int64_t)axis->first[x];
        for (int32_t t = 0; t < axis->taps_of[x]; t += 4, offset += 12, ++group) {
            __m256i low_weights = _mm256_loadu_si256((const __m256i *)group->low);
            __m256i high_weights = _mm256_loadu_si256((const __m256i *)group->high);
            for (int r = 0; r < ROWS; ++r) {
                __m256i pixels = spread(source[r] + offset);
                low[r] = _mm256_add_epi32(low[r], _mm256_madd_epi16(pixels, low_weights));
                high[r] = _mm256_add_epi32(high[r], _mm256_madd_epi16(pixels, high_weights));
            }
        }
        for (int r = 0; r < ROWS; ++r) {
            int32_t pixel = finish_pixel(high[r], low[r]);
            memcpy(out[r] + 3 * x, &pixel, 3);
        }
    }
}

bool img_resize_rows_avx2(const uint8_t *source, int64_t source_stride, int32_t source_width, int32_t rows,
                          const img_axis *axis, uint8_t *out, int64_t stride) {
    int32_t groups = (axis->taps + 3) / 4;
    int64_t row_bytes = 3 * (int64_t)source_width;
    tap_group *packed = pack_axis(axis, groups);
    uint8_t *copies = calloc(ROWS, (size_t)row_bytes + SLACK);
    if (!packed || !copies) {
        free(packed);
        free(copies);
        return false;
    }
    const uint8_t *end = source + (rows - 1) * source_stride + row_bytes;
    for (int32_t y = 0; y < rows; y += ROWS) {
        const uint8_t *from[ROWS];
        uint8_t *to[ROWS];
        for (int r = 0; r < ROWS; ++r) {
            int32_t row = y + r < rows ? y + r : rows - 1;  // the last row may be done more than once
            from[r] = source + row * source_stride;
            to[r] = out + row * stride;
            if (from[r] + row_bytes + SLACK <= end) continue;
            uint8_t *copy = copies + r * (row_bytes + SLACK);  // reading past this row would leave the picture
            memcpy(copy, from[r], (size_t)row_bytes);
            from[r] = copy;
        }
        resize_row_block(from, axis, packed, groups, to);
    }
    free(packed);
    free(copies);
    return true;
}

// MARK: Columns

/// 16 bytes of one output row.
AVX2 static inline void resize_column_block(const uint8_t *source, int64_t source_stride, const int32_t *weights,
                                            int32_t taps, uint8_t *out) {
    __m256i low[2], high[2];
    for (int half = 0; half < 2; ++half) low[half] = high[half] = _mm256_setzero_si256();
    for (int32_t t = 0; t < taps; t += 2, source += 2 * source_stride) {
        bool pair = t + 1 < taps;
        int32_t a = weights[t], b = pair ? weights[t + 1] : 0;
        __m256i low_weights = _mm256_set1_epi32((a & LOW_MASK) | (b & LOW_MASK) << 16);
        __m256i high_weights = _mm256_set1_epi32(((a >> LOW_BITS) & 0xffff) | (int32_t)((uint32_t)(b >> LOW_BITS) << 16));
        __m128i first = _mm_loadu_si128((const __m128i *)source);
        __m128i second = _mm_loadu_si128((const __m128i *)(source + (pair ? source_stride : 0)));
        __m256i pixels[2] = {_mm256_cvtepu8_epi16(_mm_unpacklo_epi8(first, second)),
                             _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(first, second))};
        for (int half = 0; half < 2; ++half) {
            low[half] = _mm256_add_epi32(low[half], _mm256_madd_epi16(pixels[half], low_weights));
            high[half] = _mm256_add_epi32(high[half], _mm256_madd_epi16(pixels[half], high_weights));
        }
    }
    __m256i levels = _mm256_packs_epi32(combine(high[0], low[0]), combine(high[1], low[1]));
    levels = _mm256_packus_epi16(levels, levels);
    // The packs work in each half by itself: the wanted dwords are 0 and 1 of the first and of the second half.
    levels = _mm256_permutevar8x32_epi32(levels, _mm256_setr_epi32(0, 4, 1, 5, 0, 0, 0, 0));
    _mm_storeu_si128((__m128i *)out, _mm256_castsi256_si128(levels));
}

bool img_resize_columns_avx2(const uint8_t *source, int64_t source_stride, int64_t row_bytes, int32_t first_row,
                             const img_axis *axis, uint8_t *out, int64_t stride) {
    if (row_bytes < 16) return false;
    for (int32_t y = 0; y < axis->outputs; ++y) {
        const uint8_t *rows = source + (int64_t)(axis->first[y] - first_row) * source_stride;
        const int32_t *weights = axis->weights + (int64_t)y * axis->taps;
        for (int64_t x = 0; x < row_bytes; x += 16) {
            int64_t start = x + 16 <= row_bytes ? x : row_bytes - 16;  // the last block overlaps the one before
            resize_column_block(rows + start, source_stride, weights, axis->taps_of[y], out + y * stride + start);
        }
    }
    return true;
}

#endif
