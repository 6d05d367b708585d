// The processor variants the loops are compiled for, and the choice between them at run time.
#pragma once

#include "CTensorKernels.h"

#if defined(__x86_64__)
#define TK_HAS_X86 1
#define TK_TARGET_AVX2 "avx2,fma,f16c"
#ifndef TK_TARGET_AVX512
#define TK_TARGET_AVX512 "avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,f16c"
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
