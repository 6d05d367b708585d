#include "CSentencePiece.h"

#include <exception>
#include <memory>
#include <new>
#include <sentencepiece_processor.h>
#include <string>
#include <string_view>
#include <vector>

struct sentencepiece_model {
    sentencepiece::SentencePieceProcessor processor;
};

namespace {

thread_local std::string last_reason;

std::string_view view(const uint8_t *text, size_t length) {
    return {reinterpret_cast<const char *>(text), length};
}

} // namespace

sentencepiece_model *sentencepiece_load(const uint8_t *bytes, size_t count, const char **reason) try {
    auto model = std::make_unique<sentencepiece_model>();
    const auto status = model->processor.LoadFromSerializedProto(view(bytes, count));
    if (status.ok()) return model.release();
    last_reason = status.message();
    *reason = last_reason.c_str();
    return nullptr;
} catch (const std::bad_alloc &) {
    *reason = "not enough memory";
    return nullptr;
} catch (const std::exception &error) {
    last_reason = error.what();
    *reason = last_reason.c_str();
    return nullptr;
}

void sentencepiece_free(sentencepiece_model *model) { delete model; }

const int32_t *sentencepiece_encode(const sentencepiece_model *model, const uint8_t *text, size_t length,
                                    size_t *count) try {
    thread_local std::vector<int> ids;
    if (!model->processor.Encode(view(text, length), &ids).ok()) return nullptr;
    if (ids.empty()) ids.reserve(1); // NULL means failure
    *count = ids.size();
    return ids.data();
} catch (const std::exception &) {
    return nullptr;
}

const sentencepiece_span *sentencepiece_encode_spans(const sentencepiece_model *model, const uint8_t *text,
                                                     size_t length, size_t *count) try {
    thread_local std::vector<sentencepiece_span> spans;
    const auto pieces = model->processor.EncodeAsImmutableProto(view(text, length));
    spans.clear();
    spans.reserve(pieces.pieces_size() + 1);
    for (size_t index = 0; index < pieces.pieces_size(); index++) {
        const auto piece = pieces.pieces(static_cast<int>(index));
        spans.push_back({static_cast<int32_t>(piece.id()), piece.begin(), piece.end()});
    }
    *count = spans.size();
    return spans.data();
} catch (const std::exception &) {
    return nullptr;
}
