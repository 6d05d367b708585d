// Attention to rows of tables; included once per variant.

#include "query_loops.h"

/// y = the products of a query with the rows of a table that `rows` names.
static void TK_FN(query_rows)(const float *query, table_head table, const int32_t *rows, int64_t count, int64_t width,
                              float *y) {
    int64_t j = 0;
    for (; j + 4 <= count; j += 4) {
        const float *four[4];
        for (int k = 0; k < 4; k++) four[k] = table_row(table, rows[j + k]);
        TK_FN(query_four)(query, four, width, y + j);
    }
    for (; j < count; j++) y[j] = TK_FN(dot_row)(query, table_row(table, rows[j]), width);
}

/// y = the sum of the rows of a table that `rows` names, each times its weight.
static void TK_FN(weigh_rows)(const float *weights, table_head table, const int32_t *rows, int64_t count,
                              int64_t width, float *y) {
    int64_t i = 0;
    for (; i + 4 * TK_LANES <= width; i += 4 * TK_LANES) {
        V sums[4] = {(V)0.0f, (V)0.0f, (V)0.0f, (V)0.0f};
        for (int64_t j = 0; j < count; j++) {
            const float *row = table_row(table, rows[j]) + i;
#pragma clang loop unroll(full)
            for (int k = 0; k < 4; k++) sums[k] = weights[j] * TK_FN(load)(row + k * TK_LANES) + sums[k];
        }
        for (int k = 0; k < 4; k++) TK_FN(store)(y + i + k * TK_LANES, sums[k]);
    }
    for (; i < width; i += TK_LANES) {
        V sum = (V)0.0f;
        for (int64_t j = 0; j < count; j++) {
            sum = weights[j] * TK_FN(load_up_to)(table_row(table, rows[j]) + i, width - i) + sum;
        }
        TK_FN(store_up_to)(y + i, sum, width - i);
    }
}
