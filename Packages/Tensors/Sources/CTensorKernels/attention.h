// What the kernels of attention share.
#pragma once

#include "CTensorKernels.h"

/// Probabilities of a query of a batch entry and head in place of its scores; returns the log-sum-exp of the scores.
float tk_normalize_scores(const tk_attention *attention, int64_t entry, int64_t head, int64_t query, float *row);
