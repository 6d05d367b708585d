// simdjson's document object model, handed over as its flat tape of 64-bit words.
//
// A word has its kind, an ASCII character, in the top byte and a payload in the other 56 bits:
//   r          the root; payload: index of the closing root
//   { [        payload: bits 0-31 the index after the closing bracket, bits 32-55 the count (saturating)
//   } ]        payload: index of the opening bracket
//   "          payload: offset in `strings` of a 32-bit length, the UTF-8 bytes and a NUL
//   l u d      a signed, unsigned or floating-point number, whose bits are the next word
//   t f n      true, false, null
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parsed document; it owns its tape and strings and keeps nothing of the text it came from.
typedef struct json_tape json_tape;

typedef enum {
    JSON_TAPE_OK = 0,
    JSON_TAPE_MALFORMED = 1,     // not JSON, deeper than allowed, not UTF-8, a number out of range
    JSON_TAPE_DUPLICATE_KEY = 2, // `place` is the tape index of the second key
    JSON_TAPE_MEMORY = 3
} json_tape_result;

/// Parses `length` bytes of text, which json_tape_padding() more readable bytes follow. `document` is set, and must be
/// freed, when the result is OK or a duplicate key; `reason` is simdjson's own sentence when malformed.
json_tape_result json_tape_parse(const uint8_t *text, int64_t length, int64_t depth, json_tape **document,
                                 int64_t *place, const char **reason);
int64_t json_tape_padding(void);
const uint64_t *json_tape_words(const json_tape *document);
const uint8_t *json_tape_strings(const json_tape *document);
void json_tape_free(json_tape *document);

#ifdef __cplusplus
}
#endif
