#include <setjmp.h>
#include <stdlib.h>

#include <png.h>

#include "report.h"

typedef struct {
    png_structp codec;
    png_infop info;
    const uint8_t *bytes;
    size_t left;
    const img_limits *limits;
    img_report *report;
    img_status status;
    bool bytewise;  // take compressed data byte by byte, so that the last of a cut-off file is used
} reader;

// MARK: Errors and bytes

_Noreturn static void fail(reader *self, img_status status, const char *message) {
    self->status = status;
    self->report->message[0] = 0;
    img_note(self->report, message);
    png_longjmp(self->codec, 1);
}

static void take_error(png_structp codec, png_const_charp message) {
    fail(png_get_error_ptr(codec), IMG_CORRUPT, message);
}

static void take_warning(png_structp codec, png_const_charp message) {
    reader *self = png_get_error_ptr(codec);
    img_note(self->report, message);
    self->report->warnings += 1;
}

static void take_bytes(png_structp codec, png_bytep out, size_t count) {
    reader *self = png_get_io_ptr(codec);
    if (count > self->left) fail(self, IMG_TRUNCATED, "the data end too early");
    memcpy(out, self->bytes, count);
    self->bytes += count;
    self->left -= count;
}

// MARK: Header

/// Deflate shrinks by a factor of 1032 at the best, so a short file cannot hold a large picture.
static bool is_plausible(const reader *self, size_t count) {
    int64_t row = (int64_t)png_get_rowbytes(self->codec, self->info);
    return row * (int64_t)png_get_image_height(self->codec, self->info) / 1032 <= (int64_t)count;
}

static void reader_measure(reader *self, size_t count) {
    // Nothing but the pixels is wanted: profiles and texts, which may inflate to anything, are passed over.
    png_set_keep_unknown_chunks(self->codec, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_user_limits(self->codec, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_read_fn(self->codec, self, take_bytes);
    if (self->bytewise) png_set_compression_buffer_size(self->codec, 1);
    png_read_info(self->codec, self->info);
    self->report->width = png_get_image_width(self->codec, self->info);
    self->report->height = png_get_image_height(self->codec, self->info);
    img_status status = img_check_pixels(self->report->width, self->report->height, self->limits);
    if (status != IMG_OK) fail(self, status, "too many pixels");
    if (!self->limits->accepts_truncated && !is_plausible(self, count)) {
        fail(self, IMG_IMPLAUSIBLE, "too few bytes for the declared size");
    }
}

// MARK: Pixels

/// Pillow leaves pixels that a cut-off file does not reach at index 0, which is the palette's first colour.
static void fill_with_first_color(reader *self, uint8_t *rgb) {
    png_colorp palette = NULL;
    int count = 0;
    if (!png_get_PLTE(self->codec, self->info, &palette, &count) || count < 1) return;
    for (int64_t pixel = 0; pixel < self->report->width * self->report->height; ++pixel) {
        rgb[3 * pixel] = palette[0].red;
        rgb[3 * pixel + 1] = palette[0].green;
        rgb[3 * pixel + 2] = palette[0].blue;
    }
}

/// Everything becomes 8-bit RGB: grey and palette are spread, of 16 bits the upper 8 stay, alpha is dropped and
/// not blended, gamma is left alone. Quirk of Pillow not kept: it clips 16-bit grey at 255, which turns nearly
/// every such picture white.
static void reader_decode(reader *self, uint8_t *rgb) {
    png_structp codec = self->codec;
    int color = png_get_color_type(codec, self->info);
    if (color == PNG_COLOR_TYPE_PALETTE) {
        if (self->bytewise) fill_with_first_color(self, rgb);
        png_set_palette_to_rgb(codec);
    }
    if (!(color & PNG_COLOR_MASK_COLOR)) {
        png_set_expand_gray_1_2_4_to_8(codec);
        png_set_gray_to_rgb(codec);
    }
    png_set_strip_16(codec);
    png_set_strip_alpha(codec);
    int passes = png_set_interlace_handling(codec);
    png_read_update_info(codec, self->info);
    if (png_get_rowbytes(codec, self->info) != (size_t)self->report->width * 3) {
        fail(self, IMG_CORRUPT, "rows of an unexpected size");
    }
    for (int pass = 0; pass < passes; ++pass) {
        for (int64_t y = 0; y < self->report->height; ++y) {
            png_read_row(codec, rgb + y * self->report->width * 3, NULL);
        }
    }
}

// MARK: Entry

static img_status run(const uint8_t *bytes, size_t count, const img_limits *limits, bool bytewise, uint8_t *rgb,
                      img_report *report) {
    *report = (img_report){0};
    reader *self = calloc(1, sizeof *self);
    if (!self) return IMG_OUT_OF_MEMORY;
    *self = (reader){.bytes = bytes, .left = count, .limits = limits, .report = report, .bytewise = bytewise};
    self->codec = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, take_error, take_warning);
    self->info = self->codec ? png_create_info_struct(self->codec) : NULL;
    if (!self->info) {
        self->status = IMG_OUT_OF_MEMORY;
    } else if (setjmp(png_jmpbuf(self->codec)) == 0) {
        reader_measure(self, count);
        if (rgb) reader_decode(self, rgb);
    }
    img_status status = self->status;
    png_destroy_read_struct(&self->codec, &self->info, NULL);
    free(self);
    return status;
}

img_status img_png_measure(const uint8_t *bytes, size_t count, const img_limits *limits, img_report *report) {
    return run(bytes, count, limits, false, NULL, report);
}

img_status img_png_decode(const uint8_t *bytes, size_t count, const img_limits *limits, uint8_t *rgb,
                          img_report *report) {
    img_status status = run(bytes, count, limits, false, rgb, report);
    if (status != IMG_TRUNCATED || !limits->accepts_truncated) return status;
    status = run(bytes, count, limits, true, rgb, report);
    report->truncated = status == IMG_TRUNCATED;
    return status == IMG_TRUNCATED ? IMG_OK : status;
}
