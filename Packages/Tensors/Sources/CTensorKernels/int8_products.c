// Products with packed weights in int8. The first operand is rounded to whole numbers with a scale for each row, the
// same whatever the processor, and sums are exact: 8-bit numbers, or as large ones as 32-bit sums allow in rows whose
// greatest magnitude is far above the others, and where rows are so few that memory bounds the product anyway.
#include "packed.h"
#include "parallel.h"

#define TK_LOOPS "int8_loops.h"
#include "each_variant.h"

/// A row is taken in larger numbers if its greatest magnitude is this many times the root of its mean square.
static const float FAR = 10.0f;

tk_line_loop tk_loop_of_int8_lines(void) { return TK_PICK(widen_int8_lines); }

typedef struct {
    tk_packed_product *product;
    bool splits;     // rows of large numbers into their upper and lower bytes
    float *inverse;  // [rows]
} rounding;

/// The greatest number that a sum of products with int8 levels has room for.
static float largest(int64_t inputs, float wanted) {
    return (float)tk_min((int64_t)wanted, INT32_MAX / (127 * tk_max(1, inputs)));
}

/// The scale of each row; `first` becomes how many rows of the operand each takes.
static void measure_range(void *context, int64_t first, int64_t last) {
    const rounding *r = context;
    tk_packed_product *p = r->product;
    int64_t inputs = p->weights->inputs;
    for (int64_t row = first; row < last; row++) {
        float greatest, mean_square;
        TK_PICK(measure_row)(p->x + row * inputs, inputs, &greatest, &mean_square);
        bool is_large = p->is_few || greatest * greatest > FAR * FAR * mean_square;
        float levels = largest(inputs, is_large ? 32767.0f : 127.0f);
        // A row of zeros, or of numbers that no float divides, counts as zeros; one that is not finite stays so.
        bool is_zero = greatest <= 0x1p-100f;
        r->inverse[row] = is_zero || greatest != greatest ? 0.0f : levels / greatest;
        p->row_scales[row] = is_zero ? 0.0f : greatest / levels;
        p->first[row] = is_large && r->splits ? 2 : 1;
    }
}

static void round_range(void *context, int64_t first, int64_t last) {
    const rounding *r = context;
    const tk_packed_product *p = r->product;
    int64_t inputs = p->weights->inputs, lines = tk_line_count(p->weights);
    // The numbers in the first half of the room, words of the operand in the second.
    int16_t *numbers = (int16_t *)tk_scratch(TK_SCRATCH_TILE, 4 * lines);
    uint32_t *words = (uint32_t *)(numbers + 4 * lines);
    for (int64_t row = first; row < last; row++) {
        TK_PICK(round_row)(p->x + row * inputs, inputs, r->inverse[row], numbers);
        bool is_split = p->first[row + 1] - p->first[row] == 2;
        if (!r->splits) {
            TK_PICK(number_words)(numbers, lines, words);
        } else if (is_split) {
            TK_PICK(high_bytes)(numbers, 4 * lines, (uint8_t *)words);
        } else {
            TK_PICK(low_bytes)(numbers, 4 * lines, 128, (uint8_t *)words);
        }
        tk_place_row(p, row, 0, words);
        if (!is_split) continue;
        TK_PICK(low_bytes)(numbers, 4 * lines, 0, (uint8_t *)words);
        tk_place_row(p, row, 1, words);
    }
}

void tk_prepare_int8(tk_packed_product *product) {
    const tk_way *digits = tk_way_of_int8_digits();
    product->words_per_line = digits != NULL ? 1 : 2;
    product->way = digits != NULL ? *digits : TK_PICK(way);
    product->finish = TK_PICK(finish_numbers);
    product->fold = digits != NULL ? TK_PICK(fold_bytes) : NULL;
    tk_make_room(product, product->rows * (digits != NULL ? 2 : 1));
    rounding r = {product, digits != NULL, product->row_scales + product->rows};
    int64_t grain = tk_rows_per_tile(product->weights->inputs);
    tk_parallel_ranges(product->rows, grain, measure_range, &r);
    int64_t before = 0;
    for (int64_t row = 0; row <= product->rows; row++) {
        int64_t own = row < product->rows ? product->first[row] : 0;
        product->first[row] = before;
        before += own;
    }
    tk_parallel_ranges(product->rows, grain, round_range, &r);
}
