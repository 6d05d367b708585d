// AdamW (Loshchilov and Hutter, 2019) in PyTorch's order of operations.
#include "parallel.h"

#include <math.h>

typedef struct {
    float first_share, beta2, second_share;
    float second_root;  // sqrt(1 - beta2^step)
    float epsilon;
    float kept;       // 1 - rate * decay
    float step_size;  // rate / (1 - beta1^step)
} tk_adamw_factors;

#define TK_LOOPS "optimizer_loops.h"
#include "each_variant.h"

typedef struct {
    tk_adamw_factors factors;
    const float *gradient;
    float *parameter, *first_moment, *second_moment;
} step_run;

static void step_range(void *context, int64_t first, int64_t last) {
    const step_run *s = context;
    TK_PICK(adamw_run)
    (&s->factors, s->gradient + first, s->parameter + first, s->first_moment + first, s->second_moment + first,
     last - first);
}

void tk_adamw(float *parameter, const float *gradient, float *first_moment, float *second_moment, int64_t count,
              float rate, float beta1, float beta2, float epsilon, float decay, int64_t step) {
    step_run s = {.gradient = gradient,
                  .parameter = parameter,
                  .first_moment = first_moment,
                  .second_moment = second_moment};
    // In double, because 1 - beta^step cancels while the step is small.
    s.factors.first_share = (float)(1.0 - (double)beta1);
    s.factors.beta2 = beta2;
    s.factors.second_share = (float)(1.0 - (double)beta2);
    s.factors.second_root = (float)sqrt(1.0 - pow((double)beta2, (double)step));
    s.factors.epsilon = epsilon;
    s.factors.kept = (float)(1.0 - (double)rate * (double)decay);
    s.factors.step_size = (float)((double)rate / (1.0 - pow((double)beta1, (double)step)));
    tk_parallel_ranges(count, TK_ELEMENTS_PER_TILE, step_range, &s);
}
