// OpenCV's warpAffine (imgproc, 4.5.5) on 8-bit RGB: bilinear, a constant border, in its fixed point: places in
// 1/1024 pixel, rounded to 1/32, and weights in 15 bits, so that the sums are exact integers.
#include <math.h>

#include "CImages.h"

enum { PLACE_BITS = 10, STEP_BITS = 5, STEPS = 1 << STEP_BITS, SHIFT = PLACE_BITS - STEP_BITS, HALF = 1 << 14 };

typedef struct {
    const uint8_t *rgb;
    int64_t width;
    int64_t height;
    uint8_t border;
} source;

static int32_t sample(const source *from, int64_t x, int64_t y, int channel) {
    if (x < 0 || y < 0 || x >= from->width || y >= from->height) return from->border;
    return from->rgb[(y * from->width + x) * 3 + channel];
}

static void warp_pixel(const source *from, int64_t place_x, int64_t place_y, uint8_t *out) {
    int64_t x = place_x >> STEP_BITS, y = place_y >> STEP_BITS;
    int32_t right = (int32_t)(place_x & (STEPS - 1)), down = (int32_t)(place_y & (STEPS - 1));
    int32_t left = STEPS - right, up = STEPS - down;
    for (int channel = 0; channel < 3; ++channel) {
        int32_t sum = up * (left * sample(from, x, y, channel) + right * sample(from, x + 1, y, channel)) +
                      down * (left * sample(from, x, y + 1, channel) + right * sample(from, x + 1, y + 1, channel));
        out[channel] = (uint8_t)((sum * STEPS + HALF) >> 15);
    }
}

void img_warp_affine(const uint8_t *rgb, int32_t width, int32_t height, const double *inverse, uint8_t border,
                     uint8_t *out) {
#pragma STDC FP_CONTRACT OFF
    const double scale = 1 << PLACE_BITS;
    const source from = {rgb, width, height, border};
    const int64_t round = (1 << SHIFT) / 2;
    for (int32_t y = 0; y < height; ++y) {
        int64_t row_x = lrint((inverse[1] * y + inverse[2]) * scale) + round;
        int64_t row_y = lrint((inverse[4] * y + inverse[5]) * scale) + round;
        for (int32_t x = 0; x < width; ++x, out += 3) {
            int64_t place_x = (row_x + lrint(inverse[0] * x * scale)) >> SHIFT;
            int64_t place_y = (row_y + lrint(inverse[3] * x * scale)) >> SHIFT;
            warp_pixel(&from, place_x, place_y, out);
        }
    }
}
