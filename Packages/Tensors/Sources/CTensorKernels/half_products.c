// Products with packed weights in bfloat16 and float16. Sums are in float32. For bfloat16 the first operand is rounded to
// bfloat16 as well, whatever the processor, except where rows are so few that memory bounds the product anyway. For
// float16 it stays as it is: rounding it would save nothing, because no instruction that is used here multiplies float16.
#include "packed.h"
#include "parallel.h"

#define TK_LOOPS "half_loops.h"
#include "each_variant.h"

static bool rounds_operand(const tk_packed_product *p) { return p->weights->element == TK_BFLOAT16 && !p->is_few; }

static void operand_range(void *context, int64_t first, int64_t last) {
    const tk_packed_product *p = context;
    int64_t inputs = p->weights->inputs;
    uint32_t *words = (uint32_t *)tk_scratch(TK_SCRATCH_TILE, inputs + 1);
    for (int64_t row = first; row < last; row++) {
        const float *x = p->x + row * inputs;
        if (p->words_per_line == 1) {
            TK_PICK(pair_words)(x, inputs, words);
        } else {
            TK_PICK(float_words)(x, inputs, rounds_operand(p), words);
        }
        tk_place_row(p, row, 0, words);
    }
}

static tk_way way_of_lines(tk_element element) {
    return element == TK_FLOAT16 ? tk_way_of_float16_lines() : tk_way_of_bfloat16_lines();
}

void tk_prepare_halves(tk_packed_product *product) {
    const tk_way *pairs = rounds_operand(product) ? tk_way_of_bfloat16_pairs() : NULL;
    product->words_per_line = pairs != NULL ? 1 : 2;
    product->way = pairs != NULL ? *pairs : way_of_lines(product->weights->element);
    product->finish = TK_PICK(finish_floats);
    tk_make_room(product, product->rows);
    for (int64_t row = 0; row <= product->rows; row++) product->first[row] = row;
    tk_parallel_ranges(product->rows, tk_rows_per_tile(product->weights->inputs), operand_range, product);
}
