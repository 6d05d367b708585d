// Shared by the codecs: filling a report, and the checks on a declared size.
#pragma once

#include <stdio.h>
#include <string.h>

#include "CImages.h"

/// Keeps the first message: later ones are mostly its consequences.
static inline void img_note(img_report *report, const char *message) {
    if (report->message[0] == 0) snprintf(report->message, sizeof report->message, "%s", message);
}

static inline img_status img_check_pixels(int64_t width, int64_t height, const img_limits *limits) {
    if (width <= 0 || height <= 0) return IMG_CORRUPT;
    return width > limits->maximum_pixels / height ? IMG_TOO_MANY_PIXELS : IMG_OK;
}

/// Appends to a growing buffer; false when memory is out.
bool img_buffer_append(img_buffer *buffer, const uint8_t *bytes, size_t count);
