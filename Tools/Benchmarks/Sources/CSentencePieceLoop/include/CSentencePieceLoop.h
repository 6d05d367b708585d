// libsentencepiece called from C++, to see what calling it from Swift costs.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Loads the model of that path, or returns NULL.
void *sentencepiece_loop_open(const char *path);

/// Encodes lines, which lie one behind the other and end where `ends` says. Returns the seconds it took, and in
/// `checksum` what the benchmark's `checksum(of:)` makes of the ids.
double sentencepiece_loop(void *processor, const char *text, const int64_t *ends, int64_t count, int64_t *checksum);

#ifdef __cplusplus
}
#endif
