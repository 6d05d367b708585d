// Scaled dot-product attention, a tile per batch entry and head; the backward recomputes the probabilities.
#include "attention.h"
#include "blocks.h"
#include "parallel.h"
#include "random.h"

#define TK_LOOPS "attention_loops.h"
#include "each_variant.h"

enum {
    QUERY_BLOCK = 96,  // queries whose scores are in scratch at a time
};

typedef struct {
    const tk_attention *a;
    float *output;
    float *log_sum_exp;
    const float *doutput;
    float *dquery, *dkey, *dvalue;
    float *dscores;  // [batch, heads, queries, keys], where the derivative of the bias is wanted
} task;

/// What a tile works on: one batch entry and head.
typedef struct {
    int64_t batch, head;
    const float *query, *key, *value;
    int64_t first, count;  // queries of the block
} block;

static const float *operand_head(const tk_attention_operand *o, int64_t batch, int64_t head, int64_t head_width) {
    return o->data + batch * o->batch_stride + head * head_width;
}

static block head_of(const tk_attention *a, int64_t batch, int64_t head) {
    return (block){.batch = batch,
                   .head = head,
                   .query = operand_head(&a->query, batch, head, a->head_width),
                   .key = operand_head(&a->key, batch, head, a->head_width),
                   .value = operand_head(&a->value, batch, head, a->head_width)};
}

static void multiply(const tk_attention *attention, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k,
                     const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc) {
    tk_block block = {.m = m, .n = n, .k = k, .a = a, .a_row = transpose_a ? 1 : lda, .a_step = transpose_a ? lda : 1,
                      .b = b, .b_row = transpose_b ? 1 : ldb, .b_step = transpose_b ? ldb : 1,
                      .operands = attention->operands, .alpha = 1.0f, .beta = beta, .c = c, .ldc = ldc};
    tk_multiply_block(&block);
}

/// scores = query block x keys.
static void raw_scores(const tk_attention *a, const block *b, float *scores) {
    if (a->queries <= TK_FEW_QUERIES && a->operands == TK_OPERANDS_FLOAT32) {
        for (int64_t i = 0; i < b->count; i++) {
            TK_PICK(query_row)(b->query + (b->first + i) * a->query.row_stride, b->key, a->key.row_stride, a->keys,
                               a->head_width, scores + i * a->keys);
        }
        return;
    }
    multiply(a, false, true, b->count, a->keys, a->head_width, b->query + b->first * a->query.row_stride,
             a->query.row_stride, b->key, a->key.row_stride, 0.0f, scores, a->keys);
}

static const float *bias_row(const tk_attention *a, int64_t entry, int64_t head, int64_t query) {
    if (a->bias == NULL) return NULL;
    const int64_t *s = a->bias_strides;
    return a->bias + entry * s[0] + head * s[1] + query * s[2];
}

static void drop(const tk_attention *a, const block *b, int64_t query, float *row) {
    uint64_t number = (uint64_t)(((a->first_sample + b->batch) * a->heads + b->head) * a->queries + query);
    float factor = a->dropout_rate < 1.0f ? 1.0f / (1.0f - a->dropout_rate) : 0.0f;
    tk_loop_of_dropout()(row, factor, tk_dropout_threshold(a->dropout_rate), a->dropout_key,
                         number * (uint64_t)a->keys, row, a->keys);
}

float tk_normalize_scores(const tk_attention *a, int64_t entry, int64_t head, int64_t query, float *row) {
    float largest = TK_PICK(score_row)(row, a->scale, bias_row(a, entry, head, query), a->bias_strides[3], a->keys);
    float sum = TK_PICK(exp_row)(row, largest, a->keys);
    TK_PICK(scale_row)(row, 1.0f / sum, a->keys);
    return largest + logf(sum);
}

static void forward_block(const task *t, const block *b, float *scores) {
    const tk_attention *a = t->a;
    raw_scores(a, b, scores);
    for (int64_t i = 0; i < b->count; i++) {
        float *row = scores + i * a->keys;
        int64_t query = b->first + i;
        t->log_sum_exp[(b->batch * a->heads + b->head) * a->queries + query] =
            tk_normalize_scores(a, b->batch, b->head, query, row);
        if (a->dropout_rate > 0.0f) drop(a, b, query, row);
    }
    int64_t width = a->heads * a->head_width;
    multiply(a, false, false, b->count, a->head_width, a->keys, scores, a->keys, b->value, a->value.row_stride, 0.0f,
             t->output + (b->batch * a->queries + b->first) * width + b->head * a->head_width, width);
}

static void forward_tile(void *context, int64_t tile) {
    const task *t = context;
    const tk_attention *a = t->a;
    int64_t blocks = tk_ceil_divide(a->queries, QUERY_BLOCK);
    int64_t entry = tile / blocks;
    block b = head_of(a, entry / a->heads, entry % a->heads);
    b.first = tile % blocks * QUERY_BLOCK;
    b.count = tk_min(QUERY_BLOCK, a->queries - b.first);
    forward_block(t, &b, tk_scratch(TK_SCRATCH_TILE, b.count * a->keys));
}

void tk_attention_forward(const tk_attention *attention, float *output, float *log_sum_exp) {
    task t = {.a = attention, .output = output, .log_sum_exp = log_sum_exp};
    int64_t blocks = tk_ceil_divide(attention->queries, QUERY_BLOCK);
    tk_parallel(attention->batch * attention->heads * blocks, forward_tile, &t);
}

/// Probabilities of one row from its scores. Where the log-sum-exp is so large that it has lost the logarithm, as in
/// a row that is masked everywhere, the sum is taken again.
static void probabilities(float *row, float largest, float log_sum_exp, int64_t keys) {
    if (log_sum_exp > -64.0f && log_sum_exp < 64.0f) {
        TK_PICK(exp_row)(row, log_sum_exp, keys);
    } else {
        TK_PICK(scale_row)(row, 1.0f / TK_PICK(exp_row)(row, largest, keys), keys);
    }
}

/// p: probabilities; kept: the same after dropout; g: derivative of the loss by `kept`, then by the scores.
static void backward_block(const task *t, const block *b, float *p, float *kept, float *g) {
    const tk_attention *a = t->a;
    int64_t keys = a->keys, width = a->heads * a->head_width;
    int64_t start = (b->batch * a->queries + b->first) * width + b->head * a->head_width;
    const float *doutput = t->doutput + start, *output = t->output + start;
    int64_t rows = (b->batch * a->heads + b->head) * a->queries + b->first;
    raw_scores(a, b, p);
    multiply(a, false, true, b->count, keys, a->head_width, doutput, width, b->value, a->value.row_stride, 0.0f, g,
             keys);
    for (int64_t i = 0; i < b->count; i++) {
        float *row = p + i * keys;
        const float *bias = bias_row(a, b->batch, b->head, b->first + i);
        float largest = TK_PICK(score_row)(row, a->scale, bias, a->bias_strides[3], keys);
        probabilities(row, largest, t->log_sum_exp[rows + i], keys);
        if (a->dropout_rate > 0.0f) {
            memcpy(kept + i * keys, row, (size_t)keys * sizeof(float));
            drop(a, b, b->first + i, kept + i * keys);
            drop(a, b, b->first + i, g + i * keys);
        }
        // The mean of g under p is the product of the output with its derivative.
        float mean = TK_PICK(dot_row)(doutput + i * width, output + i * width, a->head_width);
        TK_PICK(score_gradient_row)(row, mean, g + i * keys, keys);
        if (t->dscores != NULL) memcpy(t->dscores + (rows + i) * keys, g + i * keys, (size_t)keys * sizeof(float));
        TK_PICK(scale_row)(g + i * keys, a->scale, keys);
    }
    float *dquery = t->dquery + b->batch * a->query.batch_stride + b->first * a->query.row_stride +
                    b->head * a->head_width;
    float *dkey = t->dkey + b->batch * a->key.batch_stride + b->head * a->head_width;
    float *dvalue = t->dvalue + b->batch * a->value.batch_stride + b->head * a->head_width;
    float beta = b->first == 0 ? 0.0f : 1.0f;
    multiply(a, false, false, b->count, a->head_width, keys, g, keys, b->key, a->key.row_stride, 0.0f, dquery,
             a->query.row_stride);
    multiply(a, true, false, keys, a->head_width, b->count, g, keys, b->query + b->first * a->query.row_stride,
             a->query.row_stride, beta, dkey, a->key.row_stride);
    multiply(a, true, false, keys, a->head_width, b->count, kept, keys, doutput, width, beta, dvalue,
             a->value.row_stride);
}

static void backward_tile(void *context, int64_t tile) {
    const task *t = context;
    const tk_attention *a = t->a;
    int64_t rows = tk_min(QUERY_BLOCK, a->queries), size = rows * a->keys;
    float *p = tk_scratch(TK_SCRATCH_TILE, 3 * size);
    block b = head_of(a, tile / a->heads, tile % a->heads);
    for (b.first = 0; b.first < a->queries; b.first += QUERY_BLOCK) {
        b.count = tk_min(QUERY_BLOCK, a->queries - b.first);
        backward_block(t, &b, p, a->dropout_rate > 0.0f ? p + 2 * size : p, p + size);
    }
}

/// dbias = dscores summed over the axes along which the bias is broadcast.
static void reduce_bias(const tk_attention *a, float *dscores, float *dbias, int64_t bias_count) {
    int64_t shape[4] = {a->batch, a->heads, a->queries, a->keys};
    const int64_t *s = a->bias_strides;
    memset(dbias, 0, (size_t)bias_count * sizeof(float));
    for (int axis = 0; axis < 4; axis++) {
        if (s[axis] != 0 || shape[axis] == 1) continue;
        int64_t outer = 1, inner = 1;
        for (int i = 0; i < axis; i++) outer *= shape[i];
        for (int i = axis + 1; i < 4; i++) inner *= shape[i];
        float *sums = tk_scratch(TK_SCRATCH_TILE, outer * inner);
        tk_sum_axis(dscores, sums, outer, shape[axis], inner);
        memcpy(dscores, sums, (size_t)(outer * inner) * sizeof(float));
        shape[axis] = 1;
    }
    for (int64_t b = 0; b < shape[0]; b++) {
        for (int64_t h = 0; h < shape[1]; h++) {
            for (int64_t q = 0; q < shape[2]; q++) {
                for (int64_t k = 0; k < shape[3]; k++) {
                    dbias[b * s[0] + h * s[1] + q * s[2] + k * s[3]] += *dscores++;
                }
            }
        }
    }
}

void tk_attention_backward(const tk_attention *attention, const float *output, const float *log_sum_exp,
                           const float *doutput, float *dquery, float *dkey, float *dvalue, float *dbias,
                           int64_t bias_count) {
    const tk_attention *a = attention;
    task t = {.a = a, .output = (float *)output, .log_sum_exp = (float *)log_sum_exp, .doutput = doutput,
              .dquery = dquery, .dkey = dkey, .dvalue = dvalue};
    // Not the shared slot: the sums over axes use it.
    if (dbias != NULL) t.dscores = tk_scratch(TK_SCRATCH_PRODUCT, a->batch * a->heads * a->queries * a->keys);
    tk_parallel(a->batch * a->heads, backward_tile, &t);
    if (dbias != NULL) reduce_bias(a, t.dscores, dbias, bias_count);
}
