#include "variant.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t detected = PTHREAD_ONCE_INIT;
static tk_variant best = TK_PORTABLE;
/// -1 until the processor has been asked.
static atomic_int current = -1;

static tk_variant of_processor(void) {
#if TK_HAS_X86
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) {
        return TK_PORTABLE;
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
        return TK_AVX512;
    }
    return TK_AVX2;
#else
    return TK_PORTABLE;
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
