// What the published tokenizers' Python knows of Unicode, as sorted tables. See Tools/oracles/unicode_tables.py.
#ifndef C_UNICODE_TABLES_H
#define C_UNICODE_TABLES_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint32_t *values;
    size_t count;
} UnicodeTable;

/// Runs of scalars with equal properties: first scalar << 8 | properties, where the properties are
/// bits 0-1 class in GPT-2's pattern (1 letter, 2 number, 3 space), bits 2-3 class in BERT's words (1 space,
/// 2 removed, 3 punctuation), bit 4 non-spacing mark, bit 5 ideograph.
UnicodeTable unicode_property_runs(void);

/// Runs of scalars with equal canonical combining class: first scalar << 8 | class.
UnicodeTable unicode_combining_class_runs(void);

/// Pairs of a scalar and its lower case; U+0130, whose lower case has two scalars, is left out.
UnicodeTable unicode_lower_case_pairs(void);

/// Pairs of a scalar and its full canonical decomposition, offset << 3 | count in the scalars; Hangul is left out.
UnicodeTable unicode_decomposition_index(void);

/// The scalars that the decomposition index points into.
UnicodeTable unicode_decomposition_scalars(void);

#endif
