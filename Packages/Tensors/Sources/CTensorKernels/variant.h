// The processor variants the loops are compiled for, and the choice between them at run time.
#pragma once

#include "CTensorKernels.h"

#if defined(__x86_64__)
#define TK_HAS_X86 1
#define TK_TARGET_AVX2 "avx2,fma,f16c"
// The check of kernels that this processor lacks defines these itself.
#ifndef TK_TARGET_AVX512
#define TK_TARGET_AVX512 "avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,f16c"
#define TK_TARGET_BFLOAT16 TK_TARGET_AVX512 ",avx512bf16"
#define TK_TARGET_VNNI TK_TARGET_AVX512 ",avx512vnni"
#define TK_TARGET_AVX_VNNI TK_TARGET_AVX2 ",avxvnni"
#define TK_SUPPORTS(feature) __builtin_cpu_supports(feature)
#define TK_IS_EMULATED false
#endif
#else
#define TK_HAS_X86 0
#endif

/// The compilation of a loop that belongs to the variant in force.
#if TK_HAS_X86
#define TK_PICK(name)                                   \
    (tk_current_variant() == TK_AVX512 ? name##_avx512  \
     : tk_current_variant() == TK_AVX2 ? name##_avx2    \
                                       : name##_portable)
#else
#define TK_PICK(name) name##_portable
#endif

/// Instructions beyond a variant's that some of its processors have.
typedef enum { TK_BFLOAT16_PAIRS, TK_INT8_DIGITS_512, TK_INT8_DIGITS_256 } tk_extension;

/// Whether the processor has the instructions and the variant in force allows them.
bool tk_has_extension(tk_extension extension);
