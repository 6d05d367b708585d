#include "CCeilings.h"

#include <cblas.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

enum { CHAINS = 12, ROUNDS = 100000 };

/// Does many operations and returns how many.
typedef double (*loop)(void);

/// Chains of multiply-adds that do not wait for each other; returns the operations done.
#define MULTIPLY_ADD_LOOP(name, lanes, attribute)                                        \
    attribute static double name(void) {                                                 \
        typedef float vector __attribute__((ext_vector_type(lanes)));                    \
        vector x[CHAINS], factor = (vector)0.999f, offset = (vector)0.001f;              \
        for (int i = 0; i < CHAINS; i++) x[i] = (vector)(float)i;                        \
        for (int round = 0; round < ROUNDS; round++) {                                   \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) {        \
                x[i] = x[i] * factor + offset;                                           \
                __asm__ volatile("" : "+x"(x[i]));                                       \
            }                                                                            \
        }                                                                                \
        return 2.0 * lanes * CHAINS * ROUNDS;                                            \
    }

/// The same with dot products of `depth` narrow elements in each lane, by an instruction of the processor's.
#define DOT_PRODUCT_LOOP(name, vector, operand, instruction, depth, features)            \
    __attribute__((target(features))) static double name(void) {                         \
        vector x[CHAINS];                                                                \
        operand factor, other;                                                           \
        memset(x, 0, sizeof x);                                                          \
        memset(&factor, 0, sizeof factor);                                               \
        memset(&other, 0, sizeof other);                                                 \
        for (int round = 0; round < ROUNDS; round++) {                                   \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) {        \
                x[i] = instruction(x[i], factor, other);                                 \
                __asm__ volatile("" : "+v"(x[i]));                                       \
            }                                                                            \
        }                                                                                \
        return 2.0 * depth * 16 * CHAINS * ROUNDS;                                       \
    }

#if defined(__x86_64__)
MULTIPLY_ADD_LOOP(multiply_add_512, 16, __attribute__((target("avx512f"))))
MULTIPLY_ADD_LOOP(multiply_add_256, 8, __attribute__((target("avx2,fma"))))
MULTIPLY_ADD_LOOP(multiply_add_128, 4, )

static double multiply_add(void) {
    if (__builtin_cpu_supports("avx512f")) return multiply_add_512();
    return __builtin_cpu_supports("fma") ? multiply_add_256() : multiply_add_128();
}

DOT_PRODUCT_LOOP(dot_bfloat16, __m512, __m512bh, _mm512_dpbf16_ps, 2, "avx512f,avx512bf16")
DOT_PRODUCT_LOOP(dot_int8, __m512i, __m512i, _mm512_dpbusd_epi32, 4, "avx512f,avx512vnni")

static loop bfloat16_loop(void) { return __builtin_cpu_supports("avx512bf16") ? dot_bfloat16 : NULL; }
static loop int8_loop(void) { return __builtin_cpu_supports("avx512vnni") ? dot_int8 : NULL; }
#else
static loop bfloat16_loop(void) { return NULL; }
static loop int8_loop(void) { return NULL; }

static double multiply_add(void) {
    volatile float x = 1.0f;
    for (int i = 0; i < ROUNDS; i++) x = x * 0.999f + 0.001f;
    return 2.0 * ROUNDS;
}
#endif

typedef struct {
    pthread_barrier_t *barrier;
    loop operations_loop;
    ceiling_product product;
    int64_t repetitions;
    const char *source;
    char *target;
    size_t bytes;
    double started, ended, operations;
} share;

static void *operation_share(void *context) {
    share *s = context;
    s->operations_loop();
    pthread_barrier_wait(s->barrier);
    s->started = seconds();
    while (seconds() - s->started < 0.1) s->operations += s->operations_loop();
    s->ended = seconds();
    return NULL;
}

static void *copy_share(void *context) {
    share *s = context;
    pthread_barrier_wait(s->barrier);
    s->started = seconds();
    memcpy(s->target, s->source, s->bytes);
    s->ended = seconds();
    return NULL;
}

/// Runs a share on each thread, and returns the seconds from the first start to the last end.
static double run(int32_t threads, share *shares, void *(*body)(void *)) {
    pthread_barrier_t barrier;
    pthread_t handles[threads];
    pthread_barrier_init(&barrier, NULL, (unsigned)threads);
    for (int32_t i = 0; i < threads; i++) shares[i].barrier = &barrier;
    for (int32_t i = 1; i < threads; i++) {
        if (pthread_create(&handles[i], NULL, body, &shares[i]) != 0) abort();
    }
    body(&shares[0]);
    double started = shares[0].started, ended = shares[0].ended;
    for (int32_t i = 1; i < threads; i++) {
        pthread_join(handles[i], NULL);
        if (shares[i].started < started) started = shares[i].started;
        if (shares[i].ended > ended) ended = shares[i].ended;
    }
    pthread_barrier_destroy(&barrier);
    return ended - started;
}

static double rate(int32_t threads, loop body) {
    if (body == NULL) return 0.0;
    share shares[threads];
    memset(shares, 0, sizeof shares);
    for (int32_t i = 0; i < threads; i++) shares[i].operations_loop = body;
    double time = run(threads, shares, operation_share), operations = 0.0;
    for (int32_t i = 0; i < threads; i++) operations += shares[i].operations;
    return operations / time;
}

double ceiling_multiply_add_rate(int32_t threads) { return rate(threads, multiply_add); }
double ceiling_bfloat16_rate(int32_t threads) { return rate(threads, bfloat16_loop()); }
double ceiling_int8_rate(int32_t threads) { return rate(threads, int8_loop()); }

double ceiling_copy_seconds(int32_t threads, const void *source, void *target, int64_t bytes) {
    share shares[threads];
    memset(shares, 0, sizeof shares);
    int64_t part = (bytes / threads + 63) / 64 * 64;
    for (int32_t i = 0; i < threads; i++) {
        int64_t first = i * part < bytes ? i * part : bytes, last = first + part < bytes ? first + part : bytes;
        shares[i].source = (const char *)source + first;
        shares[i].target = (char *)target + first;
        shares[i].bytes = (size_t)(last - first);
    }
    return run(threads, shares, copy_share);
}

static void multiply(const ceiling_product *p) {
    cblas_sgemm(CblasRowMajor, p->transpose_a ? CblasTrans : CblasNoTrans, p->transpose_b ? CblasTrans : CblasNoTrans,
                (int)p->m, (int)p->n, (int)p->k, 1.0f, p->a, (int)(p->transpose_a ? p->m : p->k), p->b,
                (int)(p->transpose_b ? p->k : p->n), 0.0f, p->c, (int)p->n);
}

void ceiling_blas_product(const ceiling_product *product) {
    openblas_set_num_threads(1);
    multiply(product);
}

static void *product_share(void *context) {
    share *s = context;
    pthread_barrier_wait(s->barrier);
    s->started = seconds();
    for (int64_t i = 0; i < s->repetitions; i++) multiply(&s->product);
    s->ended = seconds();
    return NULL;
}

double ceiling_blas_seconds(int32_t threads, const ceiling_product *product) {
    enum { LEAST_OPERATIONS = 1000000000 };
    openblas_set_num_threads(1);
    share shares[threads];
    memset(shares, 0, sizeof shares);
    int64_t repetitions = LEAST_OPERATIONS / (2 * product->m * product->n * product->k) + 1;
    for (int32_t i = 0; i < threads; i++) {
        shares[i].product = *product;
        shares[i].product.c += i * product->m * product->n;
        shares[i].repetitions = repetitions;
    }
    return run(threads, shares, product_share) / (double)repetitions;
}

const char *ceiling_blas_name(void) { return openblas_get_corename(); }
