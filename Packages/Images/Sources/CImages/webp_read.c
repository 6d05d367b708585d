#include <webp/decode.h>
#include <webp/demux.h>

#include "report.h"

// MARK: Status

static img_status leave(VP8StatusCode code, img_report *report) {
    switch (code) {
        case VP8_STATUS_OK: return IMG_OK;
        case VP8_STATUS_OUT_OF_MEMORY: return IMG_OUT_OF_MEMORY;
        case VP8_STATUS_SUSPENDED:
        case VP8_STATUS_NOT_ENOUGH_DATA: return IMG_TRUNCATED;
        case VP8_STATUS_UNSUPPORTED_FEATURE: img_note(report, "an unknown WebP feature"); return IMG_UNSUPPORTED;
        case VP8_STATUS_BITSTREAM_ERROR: img_note(report, "the WebP bitstream is damaged"); return IMG_CORRUPT;
        default: img_note(report, "libwebp refused it"); return IMG_CORRUPT;
    }
}

/// The RIFF header says how long the file is.
static bool is_cut_off(const uint8_t *bytes, size_t count) {
    if (count < 12) return true;
    uint64_t size = bytes[4] | bytes[5] << 8 | bytes[6] << 16 | (uint64_t)bytes[7] << 24;
    return size + 8 > count;
}

static img_status measure(const uint8_t *bytes, size_t count, const img_limits *limits,
                          WebPBitstreamFeatures *features, img_report *report) {
    *report = (img_report){0};
    if (is_cut_off(bytes, count)) return IMG_TRUNCATED;
    img_status status = leave(WebPGetFeatures(bytes, count, features), report);
    if (status != IMG_OK) return status;
    report->width = features->width;
    report->height = features->height;
    return img_check_pixels(report->width, report->height, limits);
}

// MARK: Pixels

/// Decodes a picture of exactly this size to `rgb`, in rows of `stride` bytes; alpha is dropped.
static img_status decode(const uint8_t *bytes, size_t count, int width, int height, uint8_t *rgb, int stride,
                         img_report *report) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return IMG_UNSUPPORTED;
    img_status status = leave(WebPGetFeatures(bytes, count, &config.input), report);
    if (status != IMG_OK) return status;
    if (config.input.width != width || config.input.height != height) {
        img_note(report, "the sizes in the container and in the bitstream differ");
        return IMG_CORRUPT;
    }
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = rgb;
    config.output.u.RGBA.stride = stride;
    config.output.u.RGBA.size = (size_t)stride * (size_t)(height - 1) + (size_t)width * 3;
    status = leave(WebPDecode(bytes, count, &config), report);
    WebPFreeDecBuffer(&config.output);
    return status;
}

/// The first frame of an animation, on black, as Pillow opens one.
static img_status decode_first_frame(const uint8_t *bytes, size_t count, uint8_t *rgb, img_report *report) {
    WebPData data = {bytes, count};
    WebPDemuxer *container = WebPDemux(&data);
    WebPIterator frame = {0};
    img_status status = IMG_CORRUPT;
    if (!container || !WebPDemuxGetFrame(container, 1, &frame)) {
        img_note(report, "the animation holds no frame");
    } else if (frame.x_offset + frame.width > report->width || frame.y_offset + frame.height > report->height) {
        img_note(report, "the first frame does not lie on the canvas");
    } else {
        int stride = (int)report->width * 3;
        uint8_t *corner = rgb + (int64_t)frame.y_offset * stride + 3 * (int64_t)frame.x_offset;
        status = decode(frame.fragment.bytes, frame.fragment.size, frame.width, frame.height, corner, stride, report);
    }
    WebPDemuxReleaseIterator(&frame);
    WebPDemuxDelete(container);
    return status;
}

// MARK: Entry

img_status img_webp_measure(const uint8_t *bytes, size_t count, const img_limits *limits, img_report *report) {
    WebPBitstreamFeatures features;
    return measure(bytes, count, limits, &features, report);
}

img_status img_webp_decode(const uint8_t *bytes, size_t count, const img_limits *limits, uint8_t *rgb,
                           img_report *report) {
    WebPBitstreamFeatures features;
    img_status status = measure(bytes, count, limits, &features, report);
    if (status != IMG_OK) return status;
    if (features.has_animation) return decode_first_frame(bytes, count, rgb, report);
    return decode(bytes, count, features.width, features.height, rgb, features.width * 3, report);
}
