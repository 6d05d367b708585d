// Random draws as functions of (key, counter): no state, so that any part of a tensor can be drawn by any thread.
#include "random.h"

#include "parallel.h"

#include <math.h>

#define TK_LOOPS "random_loops.h"
#include "each_variant.h"

// A fused product and sum would give other bits on other processors.
#pragma STDC FP_CONTRACT OFF

uint64_t tk_random_bits(uint64_t key, uint64_t counter) { return tk_mix(key, counter); }

uint64_t tk_random_child(uint64_t key, uint64_t number) {
    // Mixed once more with another constant, so that a child is not one of the parent's draws.
    return tk_mix(tk_mix(key, number) ^ 0xd1b54a32d192ed03u, 0x8cb92ba72f3d8dd7u);
}

typedef struct {
    const float *x;
    float *y;
    uint64_t key, first;
    float factor;
    uint32_t threshold;
} draws;

static void uniform_range(void *context, int64_t first, int64_t last) {
    const draws *d = context;
    TK_PICK(uniform_run)(d->key, d->first + (uint64_t)first, d->y + first, last - first);
}

void tk_random_uniform(uint64_t key, uint64_t first, float *y, int64_t count) {
    draws d = {.key = key, .first = first, .y = y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, uniform_range, &d);
}

uint32_t tk_dropout_threshold(float rate) { return (uint32_t)ceil((double)rate * 0x1p24); }

tk_dropout_loop tk_loop_of_dropout(void) { return TK_PICK(dropout_run); }

static void dropout_range(void *context, int64_t first, int64_t last) {
    const draws *d = context;
    TK_PICK(dropout_run)
    (d->x + first, d->factor, d->threshold, d->key, d->first + (uint64_t)first, d->y + first, last - first);
}

void tk_dropout(const float *x, float *y, int64_t count, float rate, uint64_t key, uint64_t first) {
    draws d = {.x = x, .y = y, .key = key, .first = first, .threshold = tk_dropout_threshold(rate)};
    d.factor = rate < 1.0f ? 1.0f / (1.0f - rate) : 0.0f;
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, dropout_range, &d);
}

/// Natural logarithm of u in (0, 1], by the series of artanh; no library function, because their bits differ.
static double logarithm(double u) {
    uint64_t bits;
    memcpy(&bits, &u, sizeof bits);
    uint64_t shifted = bits - 0x3fe6a09e667f3bcdu;  // the bits of sqrt(1/2)
    int64_t exponent = (int64_t)shifted >> 52;
    bits -= (uint64_t)exponent << 52;
    double m;
    memcpy(&m, &bits, sizeof m);
    double s = (m - 1.0) / (m + 1.0), square = s * s, series = 0.0;
    for (int k = 19; k >= 1; k -= 2) series = series * square + 1.0 / k;
    return (double)exponent * 0.69314718055994530942 + 2.0 * s * series;
}

/// Sine and cosine of 2 pi u for u in [0, 1), by Taylor series within an eighth of a turn.
static void turn(double u, double *sine, double *cosine) {
    int quadrant = (int)(u * 4.0 + 0.5);
    double x = (u - quadrant * 0.25) * 6.28318530717958647693, square = x * x;
    double s = 1.0, c = 1.0;
    for (int k = 16; k >= 2; k -= 2) s = 1.0 - s * square / (double)(k * (k + 1));
    for (int k = 15; k >= 1; k -= 2) c = 1.0 - c * square / (double)(k * (k + 1));
    s *= x;
    switch (quadrant & 3) {
    case 0: *sine = s; *cosine = c; break;
    case 1: *sine = c; *cosine = -s; break;
    case 2: *sine = -s; *cosine = -c; break;
    default: *sine = -c; *cosine = s; break;
    }
}

/// Box-Muller: element pair `pair` from the two halves of one word.
static void normal_pair(uint64_t key, uint64_t pair, double *first, double *second) {
    uint64_t word = tk_mix(key, pair);
    double radius = sqrt(-2.0 * logarithm(((double)(word >> 32) + 1.0) * 0x1p-32));
    double sine, cosine;
    turn((double)(word & 0xffffffffu) * 0x1p-32, &sine, &cosine);
    *first = radius * cosine;
    *second = radius * sine;
}

static void normal_range(void *context, int64_t first, int64_t last) {
    const draws *d = context;
    for (int64_t i = first; i < last;) {
        uint64_t counter = d->first + (uint64_t)i;
        double pair[2];
        normal_pair(d->key, counter >> 1, &pair[0], &pair[1]);
        d->y[i++] = (float)pair[counter & 1];
        if ((counter & 1) == 0 && i < last) d->y[i++] = (float)pair[1];
    }
}

void tk_random_normal(uint64_t key, uint64_t first, float *y, int64_t count) {
    draws d = {.key = key, .first = first, .y = y};
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE / 8, normal_range, &d);
}
