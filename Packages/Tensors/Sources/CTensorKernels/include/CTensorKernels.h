// The loops under Tensors: every function here runs its work over the thread pool in tiles that follow from the
// shape alone, so that the bits of a result do not depend on the number of threads.
//
// Matrices are row-major and contiguous unless a stride is given. `rows` and `width` name a [rows, width] matrix.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Thread pool (pool.c)

typedef void (*tk_tile)(void *context, int64_t tile);

/// Runs `body` for each tile of 0..<tiles on the pool. A call from inside a tile, or while the pool is busy, runs
/// the same tiles inline on the caller.
void tk_parallel(int64_t tiles, tk_tile body, void *context);
void tk_set_thread_count(int32_t count);
int32_t tk_thread_count(void);

// MARK: Processor variants (variant.c)

typedef enum { TK_PORTABLE = 0, TK_AVX2 = 1, TK_AVX512 = 2 } tk_variant;

/// The best variant of this processor, limited by BLIP_SIMD=portable|avx2|avx512, read once.
tk_variant tk_best_variant(void);
tk_variant tk_current_variant(void);
/// Limits the kernels to a variant; for tests. Returns the variant really in force.
tk_variant tk_limit_variant(tk_variant variant);

// MARK: Elementwise (elementwise.c)

typedef enum { TK_IDENTITY, TK_RELU, TK_GELU, TK_GELU_TANH, TK_SILU, TK_TANH } tk_activation;
typedef enum { TK_EXP, TK_LOG, TK_SQRT, TK_SQUARE, TK_RECIPROCAL } tk_map;
typedef enum { TK_ADD, TK_SUBTRACT, TK_MULTIPLY, TK_DIVIDE } tk_binary;

void tk_map_apply(tk_map map, const float *x, float *y, int64_t count);
void tk_activate(tk_activation activation, const float *x, float *y, int64_t count);
/// dx = dy * activation'(x), where x is the input of the activation.
void tk_activate_backward(tk_activation activation, const float *x, const float *dy, float *dx, int64_t count);
void tk_binary_apply(tk_binary op, const float *a, const float *b, float *y, int64_t count);
/// y[i...] = a[i . a_strides] op b[i . b_strides]; strides in elements, 0 where an operand is broadcast; rank <= 8.
void tk_binary_broadcast(tk_binary op, const float *a, const int64_t *a_strides, const float *b,
                         const int64_t *b_strides, float *y, const int64_t *shape, int32_t rank);
/// y = factor * x + offset.
void tk_affine(float factor, float offset, const float *x, float *y, int64_t count);
/// y += factor * x.
void tk_accumulate(float factor, const float *x, float *y, int64_t count);
void tk_fill(float value, float *y, int64_t count);
void tk_copy(const float *x, float *y, int64_t count);

// MARK: Reductions (reductions.c); fixed trees

/// [outer, axis, inner] -> [outer, inner].
void tk_sum_axis(const float *x, float *y, int64_t outer, int64_t axis, int64_t inner);
void tk_max_axis(const float *x, float *y, int64_t outer, int64_t axis, int64_t inner);
/// dx[o, i of the first maximum, n] += dy[o, n]; dx is zeroed first.
void tk_max_axis_backward(const float *x, const float *dy, float *dx, int64_t outer, int64_t axis, int64_t inner);
double tk_sum_of_squares(const float *x, int64_t count);
bool tk_all_finite(const float *x, int64_t count);
/// First extreme of each row.
void tk_argmax_rows(const float *x, int32_t *y, int64_t rows, int64_t width);
void tk_argmin_rows(const float *x, int32_t *y, int64_t rows, int64_t width);

// MARK: Softmax and cross-entropy (softmax.c)

void tk_softmax_rows(const float *x, float *y, int64_t rows, int64_t width);
void tk_softmax_rows_backward(const float *y, const float *dy, float *dx, int64_t rows, int64_t width);
void tk_log_softmax_rows(const float *x, float *y, int64_t rows, int64_t width);
void tk_log_softmax_rows_backward(const float *y, const float *dy, float *dx, int64_t rows, int64_t width);
/// Loss and log-sum-exp of each row; 0 where the label is `ignored`. Smoothing as PyTorch's label_smoothing.
void tk_cross_entropy_rows(const float *logits, const int32_t *labels, int64_t rows, int64_t classes, int32_t ignored,
                           float smoothing, float *row_loss, float *row_log_sum_exp);
/// dlogits = scale * d(loss of the row)/dlogits; rows whose label is ignored are set to 0.
void tk_cross_entropy_rows_backward(const float *logits, const int32_t *labels, const float *row_log_sum_exp,
                                    int64_t rows, int64_t classes, int32_t ignored, float smoothing, float scale,
                                    float *dlogits);

// MARK: Norms (norms.c); gradients of weight and bias may be NULL

void tk_layer_norm(const float *x, const float *weight, const float *bias, float epsilon, float *y, float *mean,
                   float *inverse_deviation, int64_t rows, int64_t width);
void tk_layer_norm_backward(const float *x, const float *weight, const float *mean, const float *inverse_deviation,
                            const float *dy, float *dx, float *dweight, float *dbias, int64_t rows, int64_t width);
void tk_rms_norm(const float *x, const float *weight, float epsilon, float *y, float *inverse_rms, int64_t rows,
                 int64_t width);
void tk_rms_norm_backward(const float *x, const float *weight, const float *inverse_rms, const float *dy, float *dx,
                          float *dweight, int64_t rows, int64_t width);
/// y = x / max(|x|, epsilon) by rows; `norms` receives max(|x|, epsilon).
void tk_l2_normalize_rows(const float *x, float epsilon, float *y, float *norms, int64_t rows, int64_t width);
void tk_l2_normalize_rows_backward(const float *y, const float *norms, float epsilon, const float *dy, float *dx,
                                   int64_t rows, int64_t width);

// MARK: Matrix products (products.c)

/// What products take of their float operands: all of it, or each number rounded to bfloat16, to nearest even. Sums are
/// in float either way.
typedef enum { TK_OPERANDS_FLOAT32, TK_OPERANDS_BFLOAT16 } tk_operands;

/// C[m, n] = alpha * op(A) op(B) + beta * C.
void tk_product(tk_operands operands, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, float alpha,
                const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc);
/// The same for `batch` matrices that lie `stride` elements apart (0: the same matrix for all), with all of the operands.
void tk_product_batched(int64_t batch, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k,
                        float alpha, const float *a, int64_t lda, int64_t a_stride, const float *b, int64_t ldb,
                        int64_t b_stride, float beta, float *c, int64_t ldc, int64_t c_stride);
/// y = activation(x w^T + bias), x [rows, inputs], w [outputs, inputs]. bias may be NULL. `before` receives
/// x w^T + bias where the derivative needs it; NULL otherwise, and always for TK_IDENTITY.
void tk_linear(tk_operands operands, const float *x, const float *weight, const float *bias, tk_activation activation,
               float *before, float *y, int64_t rows, int64_t inputs, int64_t outputs);
/// y = x as the products take it.
void tk_round_bfloat16(const float *x, float *y, int64_t count);

// MARK: Products with stored weights (packing.c, packed_products.c)

typedef enum { TK_BFLOAT16, TK_FLOAT16, TK_INT8 } tk_element;

/// A weight matrix [outputs, inputs]; row i counts scales[i] times its elements, if there are scales. Products want it
/// packed.
typedef struct {
    tk_element element;
    const void *data;
    const float *scales;  // [outputs], or NULL
    int64_t outputs, inputs;
} tk_weights;

/// Bytes of a matrix when it is packed; its data may be NULL.
int64_t tk_packed_bytes(const tk_weights *weights);
/// Brings rows into the order in which products read them, and back; `packed` is aligned to 64.
void tk_pack_weights(const tk_weights *rows, void *packed);
void tk_unpack_weights(const tk_weights *packed, void *rows);

/// Rows of the first operand up to which memory bounds a product rather than arithmetic.
enum { TK_FEW_ROWS = 8 };

/// y = activation(x w^T + bias), x [rows, inputs], added to what is in y before bias and activation if `adds`. bias
/// may be NULL. float16 takes rows of x as they are; bfloat16 takes up to eight as they are and rounds more to bfloat16;
/// int8 rounds all rows to whole numbers with a scale for each: up to eight to as large ones as 32-bit sums allow, more
/// to 8 bits.
void tk_linear_stored(const float *x, const tk_weights *weights, const float *bias, tk_activation activation,
                      bool adds, float *y, int64_t rows);
/// The same with weights in bfloat16 or float16 that lie row by row: for a product or two of many rows, which are not
/// worth memory for packed ones. Equal bits.
void tk_linear_halves(const float *x, const tk_weights *weights, const float *bias, tk_activation activation, float *y,
                      int64_t rows);
/// dx = dy w.
void tk_linear_stored_backward(const float *dy, const tk_weights *weights, float *dx, int64_t rows);
/// y = one row of the weights, which need not be packed.
void tk_widen_row(const tk_weights *weights, bool is_packed, int64_t row, float *y);
/// Rounds rows to int8, to nearest even: the greatest magnitude of a row becomes 127 times its scale.
void tk_quantize_rows(const float *x, int8_t *y, float *scales, int64_t rows, int64_t width);
/// y[i] = max(y[i], the greatest magnitude of column i).
void tk_column_magnitudes(const float *x, float *y, int64_t rows, int64_t width);

// MARK: Attention (attention.c, table_attention.c)

/// A [batch, rows, heads * head_width] operand, as strides in elements of a batch entry and of a row.
typedef struct {
    const float *data;
    int64_t batch_stride;
    int64_t row_stride;
} tk_attention_operand;

typedef struct {
    int64_t batch, heads, queries, keys, head_width;
    tk_attention_operand query, key, value;
    tk_operands operands;     // of its products
    float scale;
    const float *bias;        // NULL: none
    int64_t bias_strides[4];  // of batch, head, query and key; 0 where broadcast
    float dropout_rate;       // on the probabilities; 0: none
    uint64_t dropout_key;
    int64_t first_sample;     // number of the first batch entry in the draws
} tk_attention;

/// output [batch, queries, heads * head_width]; log_sum_exp [batch, heads, queries] is what the backward needs.
void tk_attention_forward(const tk_attention *attention, float *output, float *log_sum_exp);
/// dquery, dkey and dvalue have the strides of query, key and value, and are overwritten. dbias has the bias's
/// strides, its `bias_count` elements are zeroed first; NULL: not wanted.
void tk_attention_backward(const tk_attention *attention, const float *output, const float *log_sum_exp,
                           const float *doutput, float *dquery, float *dkey, float *dvalue, float *dbias,
                           int64_t bias_count);

/// Queries up to which keys are multiplied as they lie: bringing them side by side would cost more.
enum { TK_FEW_QUERIES = 4 };

/// Rows of a table, [rows, heads * head_width], that lie together.
enum { TK_CHUNK_ROWS = 32 };

/// The output of as few queries whose keys and values are rows of tables in chunks, in any order: `rows` [batch, keys]
/// names them. The attention's own key and value, dropout and the type of operands do not count.
void tk_attend_rows(const tk_attention *attention, const float *const *keys, const float *const *values,
                    const int32_t *rows, float *output);

// MARK: Rows and layout (layout.c)

/// y[i] = table[rows[i]]; ids must lie in range.
void tk_gather_rows(const float *table, const int32_t *ids, float *y, int64_t count, int64_t width);
/// dtable[ids[i]] += dy[i], in the order of i.
void tk_scatter_add_rows(const float *dy, const int32_t *ids, float *dtable, int64_t count, int64_t width);
/// y is x with its axes in the order `axes`; rank <= 8.
void tk_permute(const float *x, float *y, const int64_t *shape, const int32_t *axes, int32_t rank);
/// `blocks` runs of `length` elements, from every x_stride-th to every y_stride-th element.
void tk_copy_blocks(const float *x, int64_t x_stride, float *y, int64_t y_stride, int64_t blocks, int64_t length);
/// The same, added: y += x.
void tk_add_blocks(const float *x, int64_t x_stride, float *y, int64_t y_stride, int64_t blocks, int64_t length);

// MARK: Random draws (random.c): each a function of (key, counter)

uint64_t tk_random_bits(uint64_t key, uint64_t counter);
uint64_t tk_random_child(uint64_t key, uint64_t number);
/// Uniform in [0, 1) with 24 bits, the same for every variant.
void tk_random_uniform(uint64_t key, uint64_t first, float *y, int64_t count);
void tk_random_normal(uint64_t key, uint64_t first, float *y, int64_t count);
/// y = x * kept / (1 - rate), where element i is kept if its uniform draw (key, first + i) is >= rate.
void tk_dropout(const float *x, float *y, int64_t count, float rate, uint64_t key, uint64_t first);

// MARK: Codebook, optimizer, storage types (codebook.c, optimizer.c, conversion.c)

/// Index of the codebook row nearest to each row of x in squared Euclidean distance, the lowest where equal.
void tk_nearest_rows(const float *x, int64_t rows, const float *codebook, int64_t codebook_rows, int64_t width,
                     int32_t *y);
/// One AdamW step with decoupled decay: p *= 1 - rate*decay; then p -= rate * m_hat / (sqrt(v_hat) + epsilon).
void tk_adamw(float *parameter, const float *gradient, float *first_moment, float *second_moment, int64_t count,
              float rate, float beta1, float beta2, float epsilon, float decay, int64_t step);
void tk_widen_bfloat16(const uint16_t *x, float *y, int64_t count);
void tk_widen_float16(const uint16_t *x, float *y, int64_t count);
/// Round to nearest even.
void tk_narrow_bfloat16(const float *x, uint16_t *y, int64_t count);
void tk_narrow_float16(const float *x, uint16_t *y, int64_t count);

#ifdef __cplusplus
}
#endif
