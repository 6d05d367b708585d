#include <stdlib.h>

#include "jpeg_errors.h"

typedef struct {
    struct jpeg_compress_struct codec;
    struct jpeg_destination_mgr destination;
    img_jpeg_errors errors;
    img_buffer *out;
    JOCTET chunk[4096];
} writer;

static void start_chunk(j_compress_ptr codec) {
    writer *self = codec->client_data;
    codec->dest->next_output_byte = self->chunk;
    codec->dest->free_in_buffer = sizeof self->chunk;
}

static void take_bytes(writer *self, size_t count) {
    if (!img_buffer_append(self->out, self->chunk, count)) {
        img_jpeg_fail((j_common_ptr)&self->codec, IMG_OUT_OF_MEMORY, "no memory for the encoded picture");
    }
}

static boolean flush_chunk(j_compress_ptr codec) {
    take_bytes(codec->client_data, sizeof ((writer *)0)->chunk);
    start_chunk(codec);
    return TRUE;
}

static void finish_chunk(j_compress_ptr codec) {
    writer *self = codec->client_data;
    take_bytes(self, sizeof self->chunk - codec->dest->free_in_buffer);
}

static void writer_open(writer *self) {
    jpeg_create_compress(&self->codec);
    self->codec.client_data = self;
    self->destination = (struct jpeg_destination_mgr){
        .init_destination = start_chunk,
        .empty_output_buffer = flush_chunk,
        .term_destination = finish_chunk,
    };
    self->codec.dest = &self->destination;
}

static void writer_encode(writer *self, const uint8_t *rgb, int32_t width, int32_t height, int32_t quality,
                          bool full_chroma) {
    struct jpeg_compress_struct *codec = &self->codec;
    codec->image_width = (JDIMENSION)width;
    codec->image_height = (JDIMENSION)height;
    codec->input_components = 3;
    codec->in_color_space = JCS_RGB;
    jpeg_set_defaults(codec);
    jpeg_set_quality(codec, quality, TRUE);
    codec->dct_method = JDCT_ISLOW;
    if (full_chroma) codec->comp_info[0].h_samp_factor = codec->comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(codec, TRUE);
    while (codec->next_scanline < codec->image_height) {
        JSAMPROW row = (JSAMPROW)(rgb + (int64_t)codec->next_scanline * width * 3);
        jpeg_write_scanlines(codec, &row, 1);
    }
    jpeg_finish_compress(codec);
}

img_status img_jpeg_encode(const uint8_t *rgb, int32_t width, int32_t height, int32_t quality, bool full_chroma,
                           img_buffer *out, img_report *report) {
    *report = (img_report){0};
    *out = (img_buffer){0};
    writer *self = calloc(1, sizeof *self);
    if (!self) return IMG_OUT_OF_MEMORY;
    self->out = out;
    img_jpeg_errors_install(&self->errors, report);
    self->codec.err = &self->errors.base;
    if (setjmp(self->errors.escape) == 0) {
        writer_open(self);
        writer_encode(self, rgb, width, height, quality, full_chroma);
    }
    img_status status = self->errors.status;
    jpeg_destroy_compress(&self->codec);
    free(self);
    if (status != IMG_OK) img_buffer_free(out);
    return status;
}
