#include "variant.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#if TK_HAS_X86
#include <cpuid.h>
#endif

static pthread_once_t detected = PTHREAD_ONCE_INIT;
static tk_variant best = TK_PORTABLE;
static bool extensions[3];
/// -1 until the processor has been asked.
static atomic_int current = -1;

static tk_variant of_processor(void) {
#if TK_HAS_X86
    __builtin_cpu_init();
    if (!TK_SUPPORTS("avx2") || !TK_SUPPORTS("fma") || !TK_SUPPORTS("f16c")) {
        return TK_PORTABLE;
    }
    if (TK_SUPPORTS("avx512f") && TK_SUPPORTS("avx512dq") &&
        TK_SUPPORTS("avx512bw") && TK_SUPPORTS("avx512vl")) {
        return TK_AVX512;
    }
    return TK_AVX2;
#else
    return TK_PORTABLE;
#endif
}

#if TK_HAS_X86
/// Processors with AMX have the products of pairs as well, but at half the rate of multiply-adds in float32 (measured:
/// 168 beside 340 GFLOP/s on two threads of an Emerald Rapids), which do without.
static bool has_slow_pairs(void) {
    enum { AMX_BF16 = 1 << 22 };
    unsigned a, b, c, d;
    return !TK_IS_EMULATED && __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & AMX_BF16) != 0;
}
#endif

/// The extensions of the best variant.
static void find_extensions(void) {
#if TK_HAS_X86
    extensions[TK_BFLOAT16_PAIRS] = best == TK_AVX512 && TK_SUPPORTS("avx512bf16") && !has_slow_pairs();
    extensions[TK_INT8_DIGITS_512] = best == TK_AVX512 && TK_SUPPORTS("avx512vnni");
    extensions[TK_INT8_DIGITS_256] = best >= TK_AVX2 && TK_SUPPORTS("avxvnni");
#endif
}

/// The variant named by BLIP_SIMD; an unset or unknown name limits nothing.
static tk_variant of_environment(void) {
    const char *name = getenv("BLIP_SIMD");
    if (name != NULL && strcmp(name, "portable") == 0) return TK_PORTABLE;
    if (name != NULL && strcmp(name, "avx2") == 0) return TK_AVX2;
    return TK_AVX512;
}

static void detect(void) {
    tk_variant processor = of_processor();
    tk_variant limit = of_environment();
    best = processor < limit ? processor : limit;
    find_extensions();
    atomic_store(&current, (int)best);
}

tk_variant tk_best_variant(void) {
    pthread_once(&detected, detect);
    return best;
}

tk_variant tk_current_variant(void) {
    int known = atomic_load_explicit(&current, memory_order_relaxed);
    if (known >= 0) return (tk_variant)known;
    return tk_best_variant();
}

tk_variant tk_limit_variant(tk_variant variant) {
    tk_variant limit = tk_best_variant();
    tk_variant chosen = variant < limit ? variant : limit;
    atomic_store(&current, (int)chosen);
    return chosen;
}

bool tk_has_extension(tk_extension extension) {
    tk_variant variant = tk_current_variant();
    return extensions[extension] && variant >= (extension == TK_INT8_DIGITS_256 ? TK_AVX2 : TK_AVX512);
}
