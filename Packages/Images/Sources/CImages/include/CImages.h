// What Images needs from C: the codecs, whose libraries report errors by longjmp, and the resize kernels.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Codecs

typedef enum {
    IMG_OK,
    IMG_TRUNCATED,
    IMG_TOO_MANY_PIXELS,
    IMG_TOO_MANY_SCANS,
    IMG_IMPLAUSIBLE,  // the header declares more pixels than so few bytes can hold
    IMG_UNSUPPORTED,
    IMG_CORRUPT,
    IMG_OUT_OF_MEMORY,
} img_status;

typedef struct {
    int64_t maximum_pixels;
    int32_t maximum_scans;
    bool accepts_truncated;
} img_limits;

typedef struct {
    int64_t width;
    int64_t height;
    int64_t warnings;   // defects the library could pass over
    bool truncated;     // only with accepts_truncated
    char message[200];  // the library's words for an error or the first defect
} img_report;

/// Reads the size alone and checks it against the limits.
img_status img_jpeg_measure(const uint8_t *bytes, size_t count, const img_limits *limits, img_report *report);
img_status img_png_measure(const uint8_t *bytes, size_t count, const img_limits *limits, img_report *report);
img_status img_webp_measure(const uint8_t *bytes, size_t count, const img_limits *limits, img_report *report);

/// Decodes to `rgb`, [height, width, 3] of the size just measured; the caller has filled it with zeros.
img_status img_jpeg_decode(const uint8_t *bytes, size_t count, const img_limits *limits, uint8_t *rgb,
                           img_report *report);
img_status img_png_decode(const uint8_t *bytes, size_t count, const img_limits *limits, uint8_t *rgb,
                          img_report *report);
img_status img_webp_decode(const uint8_t *bytes, size_t count, const img_limits *limits, uint8_t *rgb,
                           img_report *report);

/// What an encoder wrote; give it back with img_buffer_free.
typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
} img_buffer;

img_status img_jpeg_encode(const uint8_t *rgb, int32_t width, int32_t height, int32_t quality, bool full_chroma,
                           img_buffer *out, img_report *report);
img_status img_png_encode(const uint8_t *rgb, int32_t width, int32_t height, int32_t level, img_buffer *out,
                          img_report *report);
void img_buffer_free(img_buffer *buffer);

// MARK: Resizing

typedef enum { IMG_PORTABLE = 0, IMG_AVX2 = 1 } img_variant;

/// The best variant of this processor, limited by BLIP_SIMD=portable|avx2|avx512, read once.
img_variant img_best_variant(void);

/// One axis of a separable resize: output i is the sum of weights[i * taps + t] * input[first[i] + t] over
/// t < taps_of[i], rounded from 22-bit fixed point and clipped to 8 bits.
typedef struct {
    int32_t outputs;
    int32_t taps;
    const int32_t *first;
    const int32_t *taps_of;
    const int32_t *weights;
} img_axis;

/// RGB rows of `source_width` pixels at `source_stride` bytes -> rows of axis->outputs pixels at `stride` bytes.
void img_resize_rows(img_variant variant, const uint8_t *source, int64_t source_stride, int32_t source_width,
                     int32_t rows, const img_axis *axis, uint8_t *out, int64_t stride);
/// Columns: rows of `row_bytes` bytes at `source_stride` -> axis->outputs rows at `stride`. `first_row` is the
/// number that source row 0 bears in the axis.
void img_resize_columns(img_variant variant, const uint8_t *source, int64_t source_stride, int64_t row_bytes,
                        int32_t first_row, const img_axis *axis, uint8_t *out, int64_t stride);

// MARK: Warping

/// Bilinear: pixel (x, y) of `out` comes from (inverse[0] x + inverse[1] y + inverse[2], inverse[3] x + inverse[4] y +
/// inverse[5]) of `rgb`; what lies outside is `border`.
void img_warp_affine(const uint8_t *rgb, int32_t width, int32_t height, const double *inverse, uint8_t border,
                     uint8_t *out);

#ifdef __cplusplus
}
#endif
