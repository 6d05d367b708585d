// libsentencepiece as C functions. What they return as arrays belongs to the calling thread and lasts until its next
// call. Model bytes have to be checked before they come here: the library itself does not survive every file.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A loaded model, which any number of threads may use at once.
typedef struct sentencepiece_model sentencepiece_model;

/// A token and the bytes of the text that it stands for.
typedef struct {
    int32_t id;
    uint32_t start;
    uint32_t end;
} sentencepiece_span;

/// Loads a model from the bytes of its file. On failure the result is NULL and `*reason` a sentence.
sentencepiece_model *sentencepiece_load(const uint8_t *bytes, size_t count, const char **reason);
void sentencepiece_free(sentencepiece_model *model);

/// Encodes valid UTF-8. NULL when the library refuses, as it does when memory is short.
const int32_t *sentencepiece_encode(const sentencepiece_model *model, const uint8_t *text, size_t length,
                                    size_t *count);
const sentencepiece_span *sentencepiece_encode_spans(const sentencepiece_model *model, const uint8_t *text,
                                                     size_t length, size_t *count);

/// A name and a value of the trainer's options, as `spm_train --name=value` takes them.
typedef struct {
    const char *name;
    const char *value;
} sentencepiece_option;

/// Learns a model from sentences, which lie one behind the other and end where `ends` says. The result is the bytes of
/// its file, or NULL with a sentence in `*reason`.
const uint8_t *sentencepiece_train(const uint8_t *sentences, const size_t *ends, size_t sentence_count,
                                   const sentencepiece_option *options, size_t option_count, size_t *count,
                                   const char **reason);

#ifdef __cplusplus
}
#endif
