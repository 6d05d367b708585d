// The mixing of (key, counter) that all draws come from.
#pragma once

#include <stdint.h>

/// Draws made at a time.
enum { TK_DRAW_PIECE = 512 };

/// 64 well-mixed bits of (key, counter): the finaliser of splitmix64 (Steele, Lea, Flood, 2014, with the constants
/// of Stafford's variant 13) over counter * golden ratio, the key taken in twice, so that the streams of two keys
/// are not shifted copies of each other.
static inline uint64_t tk_mix(uint64_t key, uint64_t counter) {
    uint64_t z = counter * 0x9e3779b97f4a7c15u + key;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z ^= key;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/// 32 mixed bits of a counter, in half the time of `tk_mix`, for what is only compared with a rate: two rounds of
/// Wellons' hash-prospector (its best constants, 2018), the salt taken in twice.
static inline uint32_t tk_mix_short(uint64_t salt, uint32_t counter) {
    uint32_t x = counter + (uint32_t)salt;
    x = (x ^ (x >> 16)) * 0x21f0aaadu;
    x ^= (uint32_t)(salt >> 32);
    x = (x ^ (x >> 15)) * 0xd35a2d97u;
    return x ^ (x >> 15);
}

/// Draws below it are dropped: a draw d of 24 bits is kept where d * 2^-24 >= rate.
uint32_t tk_dropout_threshold(float rate);

typedef void (*tk_dropout_loop)(const float *x, float factor, uint32_t threshold, uint64_t key, uint64_t first,
                                float *y, int64_t count);
tk_dropout_loop tk_loop_of_dropout(void);
