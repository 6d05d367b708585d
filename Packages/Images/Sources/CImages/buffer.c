#include <stdlib.h>

#include "report.h"

bool img_buffer_append(img_buffer *buffer, const uint8_t *bytes, size_t count) {
    if (buffer->count + count > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity : 4096;
        while (capacity < buffer->count + count) capacity *= 2;
        uint8_t *grown = realloc(buffer->bytes, capacity);
        if (!grown) return false;
        buffer->bytes = grown;
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
    return true;
}

void img_buffer_free(img_buffer *buffer) {
    free(buffer->bytes);
    *buffer = (img_buffer){0};
}
