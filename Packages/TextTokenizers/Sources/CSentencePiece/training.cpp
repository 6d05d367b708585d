#include "CSentencePiece.h"

#include <exception>
#include <sentencepiece_trainer.h>
#include <string>
#include <unordered_map>

namespace {

/// The sentences of a buffer, handed to the trainer one after the other.
class Sentences : public sentencepiece::SentenceIterator {
public:
    Sentences(const uint8_t *bytes, const size_t *ends, size_t count) : bytes(bytes), ends(ends), count(count) {
        read();
    }

    bool done() const override { return index == count; }

    void Next() override {
        index++;
        read();
    }

    const std::string &value() const override { return sentence; }

    sentencepiece::util::Status status() const override { return {}; }

private:
    void read() {
        if (index == count) return;
        const size_t start = index == 0 ? 0 : ends[index - 1];
        sentence.assign(reinterpret_cast<const char *>(bytes) + start, ends[index] - start);
    }

    const uint8_t *bytes;
    const size_t *ends;
    size_t count;
    size_t index = 0;
    std::string sentence;
};

thread_local std::string last_model;
thread_local std::string last_reason;

} // namespace

const uint8_t *sentencepiece_train(const uint8_t *sentences, const size_t *ends, size_t sentence_count,
                                   const sentencepiece_option *options, size_t option_count, size_t *count,
                                   const char **reason) try {
    std::unordered_map<std::string, std::string> arguments;
    for (size_t index = 0; index < option_count; index++) arguments[options[index].name] = options[index].value;
    Sentences iterator(sentences, ends, sentence_count);
    last_model.clear();
    const auto status = sentencepiece::SentencePieceTrainer::Train(arguments, &iterator, &last_model);
    if (status.ok()) {
        *count = last_model.size();
        return reinterpret_cast<const uint8_t *>(last_model.data());
    }
    last_reason = status.message();
    *reason = last_reason.c_str();
    return nullptr;
} catch (const std::exception &error) {
    last_reason = error.what();
    *reason = last_reason.c_str();
    return nullptr;
}
