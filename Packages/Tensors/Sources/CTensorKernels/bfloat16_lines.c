// Multiplying weights in bfloat16 that are widened in registers.
#include "packed.h"
#include "parallel.h"

#define TK_LOOPS "bfloat16_loops.h"
#include "each_variant.h"

tk_way tk_way_of_bfloat16_lines(void) { return TK_PICK(way); }
tk_line_loop tk_loop_of_bfloat16_lines(void) { return TK_PICK(widen_lines); }
