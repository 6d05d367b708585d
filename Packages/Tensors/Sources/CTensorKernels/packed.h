// Stored weights in the order in which products read them.
//
// A row of the matrix is a run of 4-byte words: two elements in bfloat16 and float16, four in int8. Sixteen rows make a
// panel, and a panel is a run of lines of 64 bytes: one word of each of its rows. Products of any number of rows read
// panels from front to back, and some processors multiply and add the elements of a word at once. None does so with
// float16, whose lines hold the first elements of the words of all rows and then the second ones: runs that are widened
// at once.
#pragma once

#include "CTensorKernels.h"

enum {
    TK_PANEL_ROWS = 16,
    TK_LINE_WORDS = TK_PANEL_ROWS,
    TK_MOST_GROUP_ROWS = 12,  // of all ways of multiplying
};

static inline int64_t tk_panel_count(const tk_weights *w) { return (w->outputs + TK_PANEL_ROWS - 1) / TK_PANEL_ROWS; }

/// Elements of each row that a line holds.
static inline int64_t tk_line_elements(const tk_weights *w) { return w->element == TK_INT8 ? 4 : 2; }

/// Lines of a panel: words of a row.
static inline int64_t tk_line_count(const tk_weights *w) {
    return (w->inputs + tk_line_elements(w) - 1) / tk_line_elements(w);
}

static inline const uint32_t *tk_panel(const tk_weights *w, int64_t panel) {
    return (const uint32_t *)w->data + panel * tk_line_count(w) * TK_LINE_WORDS;
}

/// Some panels of a matrix in bfloat16 or float16 that lies row by row, on the calling thread.
void tk_pack_panels_of_halves(const tk_weights *rows, int64_t first, int64_t count, uint32_t *lines);

/// The sum of the levels of each row of packed int8 weights, [panels * 16].
static inline const int32_t *tk_level_sums(const tk_weights *w) {
    return (const int32_t *)tk_panel(w, tk_panel_count(w));
}

/// A share of a product: rows of the first operand in the form that a way of multiplying reads, and some panels, all
/// lines of them or a cut. The rows come in groups of about equal size, whose words lie in the order in which they are
/// read: those of all rows of the group for the first line, then for the second.
typedef struct {
    const uint32_t *words;  // of the first group
    int64_t rows, row_words;
    const uint32_t *lines;  // the cut of the first panel
    int64_t panel_stride, panels, first_line, depth;
    bool adds;   // to what is in the sums already
    void *sums;  // [rows, panels * 16], floats or whole numbers
} tk_share;

/// A way of multiplying.
typedef struct {
    void (*multiply)(const tk_share *share);
    int64_t group_rows;  // of the first operand, at most: as many as registers hold sums for
} tk_way;

/// Makes results of a row of sums.
typedef struct {
    const void *sums;
    int64_t columns;
    float row_scale;      // int8 only, like the next
    const float *scales;  // of the first column
    const float *bias;    // of the first column, or NULL
    bool adds;            // to what is in y already
    float *y;
} tk_finish;

/// y = activation(x w^T + bias) while it is computed.
typedef struct {
    const tk_weights *weights;
    const float *x;
    int64_t rows;
    bool is_few;  // so few rows that memory bounds the product: they are taken as exactly as it costs nothing
    int64_t row_tiles;
    // What the preparation for the storage type decides:
    int64_t words_per_line;  // of a row of the operand
    int64_t *first;          // rows of the operand before those of each row of x, [rows + 1]
    float *row_scales;       // [rows], int8 only
    uint32_t *words;         // the operand, tile after tile
    tk_way way;
    void (*fold)(int64_t rows, const int32_t *level_sums, int64_t columns, int32_t *sums);  // NULL: nothing to do
    void (*finish)(const tk_finish *finish);
} tk_packed_product;

/// Chooses the way of multiplying and brings x into its form.
void tk_prepare_halves(tk_packed_product *product);
void tk_prepare_int8(tk_packed_product *product);
/// Scratch for at most so many rows of the operand, for `first` and for twice the row scales.
void tk_make_room(tk_packed_product *product, int64_t operand_rows);
/// Puts a row of the operand, the `part`-th of a row of x, to its place.
void tk_place_row(const tk_packed_product *product, int64_t row, int64_t part, const uint32_t *words);

/// The elements of lines times the scales of their rows, column after column: y [elements of a line * count, 16].
typedef void (*tk_line_loop)(const uint32_t *lines, int64_t count, const float *scales, float *y, int64_t y_row);
tk_line_loop tk_loop_of_bfloat16_lines(void);
tk_line_loop tk_loop_of_float16_lines(void);
tk_line_loop tk_loop_of_int8_lines(void);

// By instructions of every processor, with an operand in float32.
tk_way tk_way_of_bfloat16_lines(void);
tk_way tk_way_of_float16_lines(void);

// By instructions that multiply and add the elements of words at once; NULL where they are missing or not allowed.
const tk_way *tk_way_of_bfloat16_pairs(void);
const tk_way *tk_way_of_int8_digits(void);
