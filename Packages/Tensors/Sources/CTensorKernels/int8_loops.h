// Weights in int8 with an operand of 16-bit numbers; included once per variant.

#include "dot_instructions.h"
#include "element_loops.h"
#include "finish_loops.h"

#define SUMS VI
#define WORDS 2

/// Bytes 0 and 2 of each word, or 1 and 3, as 16-bit numbers.
INLINE VI TK_FN(factor)(const uint32_t *line, const int part, const int p) {
    typedef int16_t pairs __attribute__((ext_vector_type(2 * TK_LANES)));
    pairs v;
    memcpy(&v, line + part * TK_LANES, sizeof v);
    v = (p == 0 ? v << 8 : v) >> 8;
    VI numbers;
    memcpy(&numbers, &v, sizeof numbers);
    return numbers;
}

/// Adds the products of the lower halves and of the upper halves.
INLINE VI TK_FN(add)(VI sum, VI word, VI factor) {
#if TK_LANES == 16
    sum += (VI)TK_DOT_SHORTS_512((__m512i)word, (__m512i)factor);
#elif TK_WIDE
    sum += (VI)_mm256_madd_epi16((__m256i)word, (__m256i)factor);
    // Left to itself the compiler adds the products of two words first, for which there are not enough registers.
    __asm__("" : "+x"(sum));
#else
    sum += ((word << 16) >> 16) * ((factor << 16) >> 16) + (word >> 16) * (factor >> 16);
#endif
    return sum;
}

#include "packed_loops.h"

#undef SUMS
#undef WORDS

/// A row's greatest magnitude and the mean of its squares.
static void TK_FN(measure_row)(const float *x, int64_t count, float *greatest, float *mean_square) {
    V magnitudes = (V)0.0f, squares = (V)0.0f, odd = (V)0.0f;
    for (int64_t i = 0; i < count; i += TK_LANES) {
        V v = TK_FN(load_up_to)(x + i, count - i);
        magnitudes = TK_FN(larger)(TK_FN(absolute)(v), magnitudes);
        squares = v * v + squares;
        odd += v - v;  // NaN where there is an infinity or a NaN
    }
    *greatest = TK_FN(maximum)(magnitudes) + TK_FN(sum)(odd);
    *mean_square = TK_FN(sum)(squares) / (float)(count > 0 ? count : 1);
}

/// A row in units of its scale as 16-bit numbers, to nearest even, with zeros up to a whole number of lines.
static void TK_FN(round_row)(const float *x, int64_t count, float inverse, int16_t *y) {
    typedef int16_t shorts __attribute__((ext_vector_type(TK_LANES)));
    // Adding 1.5 * 2^23 rounds to the nearest whole number; not in one expression with the product, or some variants
    // would fuse the two.
    const float shift = 12582912.0f;
    for (int64_t i = 0; i < count; i += TK_LANES) {
        int64_t lanes = tk_min(TK_LANES, count - i);
        V v = TK_FN(load_up_to)(x + i, lanes);
        V scaled = v * inverse;
        VI whole = TK_FN(as_integers)(scaled + shift) - 0x4b400000;
        shorts narrow = __builtin_convertvector(whole, shorts);
        memcpy(y + i, &narrow, (size_t)tk_ceil_divide(lanes, 4) * 4 * sizeof(int16_t));
    }
}

/// Numbers as the words that `factor` wants: 0 and 2, then 1 and 3 of each line.
static void TK_FN(number_words)(const int16_t *numbers, int64_t lines, uint32_t *words) {
    for (int64_t i = 0; i < lines; i++, numbers += 4, words += 2) {
        words[0] = (uint16_t)numbers[0] | (uint32_t)(uint16_t)numbers[2] << 16;
        words[1] = (uint16_t)numbers[1] | (uint32_t)(uint16_t)numbers[3] << 16;
    }
}

/// Numbers for the instructions that multiply levels by unsigned bytes: moved up by `offset` and a multiple of 256.
static void TK_FN(low_bytes)(const int16_t *numbers, int64_t count, int16_t offset, uint8_t *bytes) {
    for (int64_t i = 0; i < count; i++) bytes[i] = (uint8_t)(numbers[i] + offset);
}

/// The upper halves, moved up by 128.
static void TK_FN(high_bytes)(const int16_t *numbers, int64_t count, uint8_t *bytes) {
    for (int64_t i = 0; i < count; i++) bytes[i] = (uint8_t)((numbers[i] >> 8) + 128);
}

/// Sums with the numbers of a row from those with its bytes: one row that was moved up by 128, or the upper and the
/// lower half. The true sums fit 32 bits, whatever happens on the way.
static void TK_FN(fold_bytes)(int64_t rows, const int32_t *level_sums, int64_t columns, int32_t *sums) {
    uint32_t *upper = (uint32_t *)sums;
    const uint32_t *lower = upper + columns;
    for (int64_t j = 0; j < columns; j++) {
        upper[j] -= 128u * (uint32_t)level_sums[j];
        if (rows == 2) upper[j] = upper[j] * 256u + lower[j];
    }
}

/// The elements of lines, a column of the panel after the other.
static void TK_FN(widen_int8_lines)(const uint32_t *lines, int64_t count, const float *scales, float *y,
                                    int64_t y_row) {
    for (int64_t i = 0; i < count; i++, lines += TK_LINE_WORDS) {
        for (int p = 0; p < 4; p++, y += y_row) {
            for (int j = 0; j < TK_PANEL_ROWS; j += TK_LANES) {
                VI levels = (TK_FN(load_words)(lines + j) << (24 - 8 * p)) >> 24;
                TK_FN(store)(y + j, __builtin_convertvector(levels, V) * TK_FN(load)(scales + j));
            }
        }
    }
}

/// y (+)= sums * (scale of the row * scales of the columns) + bias.
static void TK_FN(finish_numbers)(const tk_finish *f) {
    const uint32_t *sums = f->sums;
    const float row_scale = f->row_scale;
    for (int64_t j = 0; j < f->columns; j += TK_LANES) {
        V v = __builtin_convertvector(TK_FN(load_words)(sums + j), V);
        TK_FN(finish)(f, j, v * (row_scale * TK_FN(load_up_to)(f->scales + j, f->columns - j)));
    }
}
