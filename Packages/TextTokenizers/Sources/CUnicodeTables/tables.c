#include "CUnicodeTables.h"

#include "tables.inc"

#define TABLE(name) ((UnicodeTable){name, sizeof(name) / sizeof(name[0])})

UnicodeTable unicode_property_runs(void) { return TABLE(property_runs); }

UnicodeTable unicode_combining_class_runs(void) { return TABLE(combining_class_runs); }

UnicodeTable unicode_lower_case_pairs(void) { return TABLE(lower_case_pairs); }

UnicodeTable unicode_decomposition_index(void) { return TABLE(decomposition_index); }

UnicodeTable unicode_decomposition_scalars(void) { return TABLE(decomposition_scalars); }
