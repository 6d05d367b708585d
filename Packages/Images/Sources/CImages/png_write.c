#include <setjmp.h>
#include <stdlib.h>

#include <png.h>

#include "report.h"

typedef struct {
    png_structp codec;
    png_infop info;
    img_buffer *out;
    img_report *report;
    img_status status;
} writer;

static void take_error(png_structp codec, png_const_charp message) {
    writer *self = png_get_error_ptr(codec);
    if (self->status == IMG_OK) self->status = IMG_CORRUPT;
    img_note(self->report, message);
    png_longjmp(codec, 1);
}

static void take_warning(png_structp codec, png_const_charp message) {
    (void)codec;
    (void)message;
}

static void take_bytes(png_structp codec, png_bytep bytes, size_t count) {
    writer *self = png_get_io_ptr(codec);
    if (img_buffer_append(self->out, bytes, count)) return;
    self->status = IMG_OUT_OF_MEMORY;
    png_error(codec, "no memory for the encoded picture");
}

static void flush_nothing(png_structp codec) { (void)codec; }

static void writer_encode(writer *self, const uint8_t *rgb, int32_t width, int32_t height, int32_t level) {
    png_structp codec = self->codec;
    png_set_write_fn(codec, self, take_bytes, flush_nothing);
    png_set_user_limits(codec, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_compression_level(codec, level);
    png_set_IHDR(codec, self->info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(codec, self->info);
    for (int64_t y = 0; y < height; ++y) png_write_row(codec, rgb + y * width * 3);
    png_write_end(codec, NULL);
}

img_status img_png_encode(const uint8_t *rgb, int32_t width, int32_t height, int32_t level, img_buffer *out,
                          img_report *report) {
    *report = (img_report){0};
    *out = (img_buffer){0};
    writer *self = calloc(1, sizeof *self);
    if (!self) return IMG_OUT_OF_MEMORY;
    *self = (writer){.out = out, .report = report};
    self->codec = png_create_write_struct(PNG_LIBPNG_VER_STRING, self, take_error, take_warning);
    self->info = self->codec ? png_create_info_struct(self->codec) : NULL;
    if (!self->info) {
        self->status = IMG_OUT_OF_MEMORY;
    } else if (setjmp(png_jmpbuf(self->codec)) == 0) {
        writer_encode(self, rgb, width, height, level);
    }
    img_status status = self->status;
    png_destroy_write_struct(&self->codec, &self->info);
    free(self);
    if (status != IMG_OK) img_buffer_free(out);
    return status;
}
