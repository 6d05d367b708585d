// OpenBLAS finds its kernels in a list of processors. One that is newer than the list gets those for a processor of 2004:
// version 0.3.21 reaches 45 GFLOP/s in Debian 12 on an Emerald Rapids whose registers alone reach 340.
#include "blas.h"

#include "blocks.h"
#include "variant.h"

#include <cblas.h>
#include <pthread.h>
#include <string.h>

static pthread_once_t asked = PTHREAD_ONCE_INIT;
static bool knows_processor;

static void ask(void) {
    static const char *const wide[] = {"Haswell", "Zen", "SkylakeX", "Cooperlake", "SapphireRapids"};
    const char *core = openblas_get_corename();
    knows_processor = tk_best_variant() == TK_PORTABLE;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        knows_processor = knows_processor || strcmp(core, wide[i]) == 0;
    }
}

bool tk_blas_knows_processor(void) {
    pthread_once(&asked, ask);
    return knows_processor;
}

void tk_multiply_on_thread(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                           const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c,
                           int64_t ldc) {
    if (tk_blas_knows_processor()) {
        cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
                    (int)m, (int)n, (int)k, alpha, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
        return;
    }
    tk_block block = {.m = m, .n = n, .k = k,
                      .a = a, .a_row = transpose_a ? 1 : lda, .a_step = transpose_a ? lda : 1,
                      .b = b, .b_row = transpose_b ? 1 : ldb, .b_step = transpose_b ? ldb : 1,
                      .alpha = alpha, .beta = beta, .c = c, .ldc = ldc};
    tk_multiply_block(&block);
}
