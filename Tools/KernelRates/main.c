// Rates of the product kernels of CTensorKernels, in float32 and with operands rounded to bfloat16, beside what registers
// alone reach and beside OpenBLAS on one thread, as Markdown. Argument: the number of threads.
#include "CCeilings.h"
#include "CTensorKernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 7 };

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static float *numbers(int64_t count, uint64_t seed) {
    float *x = aligned_alloc(64, ((size_t)count * sizeof(float) + 63) / 64 * 64);
    if (x == NULL) abort();
    tk_random_uniform(seed, 0, x, count);
    for (int64_t i = 0; i < count; i++) x[i] -= 0.5f;
    return x;
}

/// A side of a comparison.
typedef void (*side)(void *context);

/// Median seconds of sides that take turns, each as often as takes about 20 ms; fewer rounds where once takes long.
static void take_turns(int sides, const side *run, void *context, double *median) {
    double times[sides][ROUNDS];
    int repetitions[sides], rounds = ROUNDS;
    for (int s = 0; s < sides; s++) {
        run[s](context);
        double began = seconds();
        run[s](context);
        double once = seconds() - began;
        repetitions[s] = 1 + (int)(0.02 / (once + 1e-7));
        if (once > 0.1) rounds = 3;
    }
    for (int round = 0; round < rounds; round++) {
        for (int s = 0; s < sides; s++) {
            double began = seconds();
            for (int i = 0; i < repetitions[s]; i++) run[s](context);
            times[s][round] = (seconds() - began) / repetitions[s];
        }
    }
    for (int s = 0; s < sides; s++) {
        qsort(times[s], (size_t)rounds, sizeof(double), ascending);
        median[s] = times[s][rounds / 2];
    }
}

static void multiply(const ceiling_product *p, tk_operands operands) {
    tk_product(operands, p->transpose_a, p->transpose_b, p->m, p->n, p->k, 1.0f, p->a, p->transpose_a ? p->m : p->k,
               p->b, p->transpose_b ? p->k : p->n, 0.0f, p->c, p->n);
}

static void multiply_float32(void *p) { multiply(p, TK_OPERANDS_FLOAT32); }
static void multiply_bfloat16(void *p) { multiply(p, TK_OPERANDS_BFLOAT16); }
static void multiply_blas(void *p) { ceiling_blas_product(p); }

typedef struct {
    int threads;
    double float32, bfloat16;  // operations a second in registers
} ceilings;

/// Forward Y[M, N] = X W^T, by the input dX[M, K] = dY W, by the weight dW[N, K] = dY^T X.
static void measure_products(const ceilings *c, int64_t m, int64_t n, int64_t k) {
    static const char *const names[] = {"forward", "by input", "by weight"};
    static const side sides[] = {multiply_float32, multiply_bfloat16, multiply_blas};
    const ceiling_product products[] = {{false, true, m, n, k}, {false, false, m, k, n}, {true, false, n, k, m}};
    for (int i = 0; i < 3; i++) {
        ceiling_product p = products[i];
        float *a = numbers(p.m * p.k, 1), *b = numbers(p.k * p.n, 2);
        p.a = a, p.b = b, p.c = numbers(p.m * p.n, 3);
        double time[3], work = 2.0 * (double)p.m * (double)p.n * (double)p.k;
        take_turns(3, sides, &p, time);
        printf("| %lld x %lld x %lld, %s | %.1f | %.2f | %.1f | %.2f | %.2f |\n", (long long)m, (long long)n, (long long)k,
               names[i], work / time[0] / 1e9, time[2] / time[0] / c->threads, work / time[1] / 1e9,
               work / time[1] / c->bfloat16, time[0] / time[1]);
        fflush(stdout);
        free(a), free(b), free(p.c);
    }
}

typedef struct {
    tk_attention attention;
    float *output, *sums, *doutput, *gradients[3];
} attending;

static void attend(attending *a, tk_operands operands, bool backward) {
    a->attention.operands = operands;
    if (backward) {
        tk_attention_backward(&a->attention, a->output, a->sums, a->doutput, a->gradients[0], a->gradients[1],
                              a->gradients[2], NULL, 0);
    } else {
        tk_attention_forward(&a->attention, a->output, a->sums);
    }
}

static void forward_float32(void *a) { attend(a, TK_OPERANDS_FLOAT32, false); }
static void forward_bfloat16(void *a) { attend(a, TK_OPERANDS_BFLOAT16, false); }
static void backward_float32(void *a) { attend(a, TK_OPERANDS_FLOAT32, true); }
static void backward_bfloat16(void *a) { attend(a, TK_OPERANDS_BFLOAT16, true); }

static void measure_attention(const ceilings *c, int64_t batch, int64_t heads, int64_t queries, int64_t keys) {
    static const side sides[] = {forward_float32, forward_bfloat16, backward_float32, backward_bfloat16};
    const int64_t head_width = 64, width = heads * head_width;
    float *operands[4];
    attending a = {.sums = numbers(batch * heads * queries, 1), .output = numbers(batch * queries * width, 2)};
    for (int i = 0; i < 4; i++) operands[i] = numbers(batch * (i % 3 == 0 ? queries : keys) * width, 3 + (uint64_t)i);
    for (int i = 0; i < 3; i++) a.gradients[i] = numbers(batch * (i == 0 ? queries : keys) * width, 9);
    a.doutput = operands[3];
    a.attention = (tk_attention){.batch = batch, .heads = heads, .queries = queries, .keys = keys,
                                 .head_width = head_width, .query = {operands[0], queries * width, width},
                                 .key = {operands[1], keys * width, width}, .value = {operands[2], keys * width, width},
                                 .scale = 0.125f};
    double time[4], work = 4.0 * (double)(batch * heads) * (double)queries * (double)keys * (double)head_width;
    take_turns(4, sides, &a, time);
    for (int i = 0; i < 2; i++) {
        double done = i == 0 ? work : 2.5 * work;
        printf("| %lld x %lld heads x %lld x %lld, %s | %.1f | | %.1f | %.2f | %.2f |\n", (long long)batch,
               (long long)heads, (long long)queries, (long long)keys, i == 0 ? "forward" : "backward",
               done / time[2 * i] / 1e9, done / time[2 * i + 1] / 1e9, done / time[2 * i + 1] / c->bfloat16,
               time[2 * i] / time[2 * i + 1]);
    }
    for (int i = 0; i < 4; i++) free(operands[i]);
    for (int i = 0; i < 3; i++) free(a.gradients[i]);
    free(a.output), free(a.sums);
}

int main(int count, char **arguments) {
    static const char *const variants[] = {"portable", "AVX2", "AVX-512"};
    // ViT 384 x 12 layers, Q-Former and OPT-125m with batches of 16, the small world's models; then the published sizes.
    static const int64_t shapes[][3] = {
        {3152, 1152, 384}, {3152, 384, 384},   {3152, 1536, 384}, {3152, 384, 1536}, {512, 1152, 384},
        {512, 1536, 384},  {512, 384, 1536},   {512, 2304, 768},  {512, 768, 768},   {512, 3072, 768},
        {512, 768, 3072},  {512, 50272, 768},  {2080, 512, 128},  {2080, 128, 512},  {3152, 64, 384},
        {3152, 384, 64},   {257, 6144, 1408},  {2056, 6144, 1408},
    };
    ceilings c = {.threads = count > 1 ? atoi(arguments[1]) : tk_thread_count()};
    if (c.threads < 1) {
        fputs("usage: rates [THREADS]\n", stderr);
        return 2;
    }
    tk_set_thread_count(c.threads);
    c.float32 = ceiling_multiply_add_rate(c.threads);
    double pairs = ceiling_bfloat16_rate(c.threads);
    c.bfloat16 = pairs > c.float32 ? pairs : c.float32;
    printf("Kernels for %s, %d threads; in registers float32 %.1f GFLOP/s, dot products of bfloat16 %.1f; OpenBLAS %s.\n\n",
           variants[tk_current_variant()], c.threads, c.float32 / 1e9, pairs / 1e9, ceiling_blas_name());
    printf("| M x N x K | float32 | of OpenBLAS | bfloat16 | of registers | times float32 |\n");
    printf("| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        measure_products(&c, shapes[i][0], shapes[i][1], shapes[i][2]);
    }
    measure_attention(&c, 16, 6, 197, 197);
    measure_attention(&c, 16, 6, 32, 197);
    measure_attention(&c, 16, 12, 32, 32);
    return 0;
}
