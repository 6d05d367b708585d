#include "CJSONTape.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <simdjson.h>
#include <string_view>
#include <vector>

struct json_tape {
    simdjson::dom::document document;
};

namespace {

/// Objects up to this many keys are compared pair by pair, which is faster than sorting.
constexpr size_t pairwise_limit = 12;

struct key {
    std::string_view text;
    int64_t place;
};

char kind(uint64_t word) { return char(word >> 56); }

uint64_t payload(uint64_t word) { return word & 0x00FFFFFFFFFFFFFFULL; }

std::string_view text_at(const json_tape &tape, uint64_t word) {
    const uint8_t *start = tape.document.string_buf.get() + payload(word);
    uint32_t length;
    std::memcpy(&length, start, sizeof length);
    return {reinterpret_cast<const char *>(start + sizeof length), length};
}

/// Index of the value after the one at `place`.
int64_t after(const uint64_t *words, int64_t place) {
    switch (kind(words[place])) {
    case '{':
    case '[':
        return int64_t(words[place] & 0xFFFFFFFF);
    case 'l':
    case 'u':
    case 'd':
        return place + 2;
    default:
        return place + 1;
    }
}

/// Tape index of the first key of `keys` that an earlier one equals, or -1.
int64_t first_duplicate(std::vector<key> &keys) {
    if (keys.size() <= pairwise_limit) {
        for (size_t i = 1; i < keys.size(); i++)
            for (size_t j = 0; j < i; j++)
                if (keys[i].text == keys[j].text) return keys[i].place;
        return -1;
    }
    std::sort(keys.begin(), keys.end(),
              [](const key &a, const key &b) { return a.text != b.text ? a.text < b.text : a.place < b.place; });
    int64_t found = -1;
    for (size_t i = 1; i < keys.size(); i++)
        if (keys[i].text == keys[i - 1].text && (found < 0 || keys[i].place < found)) found = keys[i].place;
    return found;
}

int64_t duplicate_in_object(const json_tape &tape, int64_t object, std::vector<key> &keys) {
    const uint64_t *words = tape.document.tape.get();
    keys.clear();
    for (int64_t place = object + 1; kind(words[place]) != '}'; place = after(words, place + 1))
        keys.push_back({text_at(tape, words[place]), place});
    return first_duplicate(keys);
}

/// Tape index of the first key found to repeat, which simdjson does not look for, or -1.
int64_t duplicate_key(const json_tape &tape) {
    const uint64_t *words = tape.document.tape.get();
    int64_t end = int64_t(payload(words[0])) - 1;
    std::vector<key> keys;
    for (int64_t index = 1; index < end; index++) {
        char word_kind = kind(words[index]);
        if (word_kind == '{') {
            int64_t duplicate = duplicate_in_object(tape, index, keys);
            if (duplicate >= 0) return duplicate;
        } else if (word_kind == 'l' || word_kind == 'u' || word_kind == 'd') {
            index++;
        }
    }
    return -1;
}

} // namespace

int64_t json_tape_padding(void) { return int64_t(simdjson::SIMDJSON_PADDING); }

json_tape_result json_tape_parse(const uint8_t *text, int64_t length, int64_t depth, json_tape **document,
                                 int64_t *place, const char **reason) try {
    auto tape = std::make_unique<json_tape>();
    simdjson::dom::parser parser;
    simdjson::error_code error = parser.allocate(size_t(length), size_t(depth));
    if (!error) error = parser.parse_into_document(tape->document, text, size_t(length), false).error();
    if (error) {
        *reason = simdjson::error_message(error);
        return error == simdjson::MEMALLOC ? JSON_TAPE_MEMORY : JSON_TAPE_MALFORMED;
    }
    *place = duplicate_key(*tape);
    *document = tape.release();
    return *place < 0 ? JSON_TAPE_OK : JSON_TAPE_DUPLICATE_KEY;
} catch (const std::bad_alloc &) {
    return JSON_TAPE_MEMORY;
}

const uint64_t *json_tape_words(const json_tape *document) { return document->document.tape.get(); }

const uint8_t *json_tape_strings(const json_tape *document) { return document->document.string_buf.get(); }

void json_tape_free(json_tape *document) { delete document; }
