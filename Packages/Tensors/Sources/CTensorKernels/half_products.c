// Products with packed weights in bfloat16. The first operand is rounded to bfloat16 as well, whatever the processor,
// except where rows are so few that memory bounds the product anyway. Sums are in float32.
#include "packed.h"
#include "parallel.h"

#define TK_LOOPS "bfloat16_loops.h"
#include "each_variant.h"

tk_line_loop tk_loop_of_bfloat16_lines(void) { return TK_PICK(widen_bfloat16_lines); }

static void operand_range(void *context, int64_t first, int64_t last) {
    const tk_packed_product *p = context;
    int64_t inputs = p->weights->inputs;
    uint32_t *words = (uint32_t *)tk_scratch(TK_SCRATCH_TILE, inputs + 1);
    for (int64_t row = first; row < last; row++) {
        const float *x = p->x + row * inputs;
        if (p->words_per_line == 1) {
            TK_PICK(pair_words)(x, inputs, words);
        } else {
            TK_PICK(float_words)(x, inputs, !p->is_few, words);
        }
        tk_place_row(p, row, 0, words);
    }
}

void tk_prepare_bfloat16(tk_packed_product *product) {
    const tk_way *pairs = product->is_few ? NULL : tk_way_of_bfloat16_pairs();
    product->words_per_line = pairs != NULL ? 1 : 2;
    product->way = pairs != NULL ? *pairs : TK_PICK(way);
    product->finish = TK_PICK(finish_floats);
    tk_make_room(product, product->rows);
    for (int64_t row = 0; row <= product->rows; row++) product->first[row] = row;
    tk_parallel_ranges(product->rows, tk_rows_per_tile(product->weights->inputs), operand_range, product);
}
