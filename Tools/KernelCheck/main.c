// Checks the kernels of CTensorKernels: each variant that this processor has against the portable one, and products
// with packed weights against sums in double precision. Exits with 1 if one differs.
#include "check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int64_t comparisons, failures;

float *numbers(int64_t count, uint64_t seed) {
    float *x = malloc((size_t)(count > 0 ? count : 1) * sizeof(float));
    if (x == NULL) abort();
    tk_random_uniform(seed, 0, x, count);
    for (int64_t i = 0; i < count; i++) x[i] = 2.0f * x[i] - 1.0f;
    return x;
}

void compare(const char *name, const float *actual, const float *expected, int64_t count, double limit) {
    double difference = 0.0, norm = 0.0;
    bool matches = true;
    for (int64_t i = 0; i < count; i++) {
        if (isfinite(actual[i]) && isfinite(expected[i])) {
            double d = (double)actual[i] - (double)expected[i];
            difference += d * d;
            norm += (double)expected[i] * (double)expected[i];
        } else {
            matches = matches && (isnan(actual[i]) ? isnan(expected[i]) : actual[i] == expected[i]);
        }
    }
    comparisons++;
    if (matches && sqrt(difference) <= limit * sqrt(norm)) return;
    failures++;
    printf("%s: differs by %.3g of its norm, %.3g allowed\n", name, sqrt(difference / norm), limit);
}

int main(void) {
    static const char *const names[] = {"portable", "AVX2", "AVX-512"};
    printf("best variant: %s\n", names[tk_best_variant()]);
    check_variants();
    check_packed_products();
    check_large_products();
    check_rounded_products();
    printf("%lld comparisons, %lld failed\n", (long long)comparisons, (long long)failures);
    return failures == 0 && comparisons > 0 ? 0 : 1;
}
