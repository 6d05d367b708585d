// Float32 products beyond the sizes that the other checks have, against OpenBLAS on one thread.
#include "check.h"

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>

static void check_product(bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k) {
    float *a = numbers(m * k, 31), *b = numbers(k * n, 32), *y = numbers(m * n, 33), *expected = numbers(m * n, 33);
    int64_t lda = transpose_a ? m : k, ldb = transpose_b ? k : n;
    cblas_sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans, (int)m,
                (int)n, (int)k, 0.5f, a, (int)lda, b, (int)ldb, 2.0f, expected, (int)n);
    tk_product(TK_OPERANDS_FLOAT32, transpose_a, transpose_b, m, n, k, 0.5f, a, lda, b, ldb, 2.0f, y, n);
    char name[96];
    snprintf(name, sizeof name, "product, %lld x %lld x %lld, transposed %d and %d, variant %d", (long long)m,
             (long long)n, (long long)k, transpose_a, transpose_b, (int)tk_current_variant());
    compare(name, y, expected, m * n, 2e-6);
    free(a), free(b), free(y), free(expected);
}

void check_large_products(void) {
    static const int64_t shapes[][3] = {{257, 1100, 1000}, {40, 1031, 1030}, {601, 389, 3152}, {7, 2000, 700}};
    for (int variant = TK_PORTABLE; variant <= TK_AVX512; variant++) {
        if (tk_limit_variant((tk_variant)variant) != (tk_variant)variant) continue;
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            for (int transposed = 0; transposed < 4; transposed++) {
                check_product(transposed % 2 != 0, transposed / 2 != 0, shapes[i][0], shapes[i][1], shapes[i][2]);
            }
        }
    }
    tk_limit_variant(tk_best_variant());
}
