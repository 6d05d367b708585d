#include <stdlib.h>

#include "jpeg_errors.h"

typedef struct {
    struct jpeg_decompress_struct codec;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    img_jpeg_errors errors;
    const img_limits *limits;
    uint8_t *row;  // one CMYK row
} reader;

// MARK: Source

static reader *reader_of(void *codec) { return ((j_common_ptr)codec)->client_data; }

static void source_unused(j_decompress_ptr codec) { (void)codec; }

/// The bytes are all there from the beginning, so being asked for more means that the file ends too early. Where
/// that is accepted, an end marker follows, and libjpeg leaves the rest of the picture grey, as Pillow does.
static boolean source_refill(j_decompress_ptr codec) {
    static const JOCTET end_marker[2] = {0xFF, JPEG_EOI};
    reader *self = reader_of(codec);
    if (!self->limits->accepts_truncated) img_jpeg_fail((j_common_ptr)codec, IMG_TRUNCATED, "the data end too early");
    self->errors.report->truncated = true;
    codec->src->next_input_byte = end_marker;
    codec->src->bytes_in_buffer = 2;
    return TRUE;
}

static void source_skip(j_decompress_ptr codec, long count) {
    if (count <= 0) return;
    if ((size_t)count > codec->src->bytes_in_buffer) {
        source_refill(codec);
        return;
    }
    codec->src->next_input_byte += count;
    codec->src->bytes_in_buffer -= (size_t)count;
}

static void reader_open(reader *self, const uint8_t *bytes, size_t count, const img_limits *limits) {
    self->limits = limits;
    jpeg_create_decompress(&self->codec);
    self->codec.client_data = self;
    self->source = (struct jpeg_source_mgr){
        .next_input_byte = bytes,
        .bytes_in_buffer = count,
        .init_source = source_unused,
        .fill_input_buffer = source_refill,
        .skip_input_data = source_skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = source_unused,
    };
    self->codec.src = &self->source;
}

// MARK: Checks

/// A block of 64 samples takes a bit at the least (Huffman; in a progressive file the DC scan alone). Arithmetic
/// coding can go below that, so there the pixel limit must do.
static bool is_plausible(const struct jpeg_decompress_struct *codec, size_t count) {
    return codec->arith_code || (int64_t)codec->image_width * codec->image_height / 512 <= (int64_t)count;
}

static void reader_measure(reader *self, size_t count, img_report *report) {
    j_common_ptr codec = (j_common_ptr)&self->codec;
    jpeg_read_header(&self->codec, TRUE);
    report->width = self->codec.image_width;
    report->height = self->codec.image_height;
    img_status status = img_check_pixels(report->width, report->height, self->limits);
    if (status != IMG_OK) img_jpeg_fail(codec, status, "too many pixels");
    if (!self->limits->accepts_truncated && !is_plausible(&self->codec, count)) {
        img_jpeg_fail(codec, IMG_IMPLAUSIBLE, "too few bytes for the declared size");
    }
    int components = self->codec.num_components;
    if (components != 1 && components != 3 && components != 4) {
        img_jpeg_fail(codec, IMG_UNSUPPORTED, "neither 1, 3 nor 4 components");
    }
}

/// A few kilobytes can declare thousands of scans, each of which costs a pass over the whole picture.
static void check_scans(j_common_ptr codec) {
    reader *self = reader_of(codec);
    if (self->codec.input_scan_number > self->limits->maximum_scans) {
        img_jpeg_fail(codec, IMG_TOO_MANY_SCANS, "too many scans");
    }
}

// MARK: Rows

static uint8_t scale255(uint32_t a, uint32_t b) {
    uint32_t product = a * b + 128;
    return (uint8_t)(((product >> 8) + product) >> 8);
}

/// Quirk: Pillow takes every four-component JPEG for Adobe's inverted CMYK, whether marked so or not.
static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, int64_t width) {
    for (int64_t x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
        uint8_t white = cmyk[3];  // 255 - black, stored inverted
        for (int c = 0; c < 3; ++c) {
            int value = white - scale255(255 - cmyk[c], white);
            rgb[c] = (uint8_t)(value < 0 ? 0 : value);
        }
    }
}

static void reader_decode(reader *self, uint8_t *rgb) {
    struct jpeg_decompress_struct *codec = &self->codec;
    bool is_cmyk = codec->num_components == 4;
    codec->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    codec->dct_method = JDCT_ISLOW;
    self->progress.progress_monitor = check_scans;
    codec->progress = &self->progress;
    jpeg_start_decompress(codec);
    if (is_cmyk && !(self->row = malloc((size_t)codec->output_width * 4))) {
        img_jpeg_fail((j_common_ptr)codec, IMG_OUT_OF_MEMORY, "no memory for a row");
    }
    while (codec->output_scanline < codec->output_height) {
        uint8_t *out = rgb + (int64_t)codec->output_scanline * codec->output_width * 3;
        JSAMPROW row = is_cmyk ? self->row : out;
        jpeg_read_scanlines(codec, &row, 1);
        if (is_cmyk) cmyk_to_rgb(row, out, codec->output_width);
    }
    jpeg_finish_decompress(codec);
}

// MARK: Entry

static img_status run(const uint8_t *bytes, size_t count, const img_limits *limits, uint8_t *rgb,
                      img_report *report) {
    *report = (img_report){0};
    reader *self = calloc(1, sizeof *self);
    if (!self) return IMG_OUT_OF_MEMORY;
    img_jpeg_errors_install(&self->errors, report);
    self->codec.err = &self->errors.base;
    if (setjmp(self->errors.escape) == 0) {
        reader_open(self, bytes, count, limits);
        reader_measure(self, count, report);
        if (rgb) reader_decode(self, rgb);
    }
    img_status status = self->errors.status;
    jpeg_destroy_decompress(&self->codec);
    free(self->row);
    free(self);
    return status;
}

img_status img_jpeg_measure(const uint8_t *bytes, size_t count, const img_limits *limits, img_report *report) {
    return run(bytes, count, limits, NULL, report);
}

img_status img_jpeg_decode(const uint8_t *bytes, size_t count, const img_limits *limits, uint8_t *rgb,
                           img_report *report) {
    return run(bytes, count, limits, rgb, report);
}
