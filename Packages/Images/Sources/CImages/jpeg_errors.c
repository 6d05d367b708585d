#include "jpeg_errors.h"

static img_jpeg_errors *errors_of(j_common_ptr codec) { return (img_jpeg_errors *)codec->err; }

_Noreturn void img_jpeg_fail(j_common_ptr codec, img_status status, const char *message) {
    img_jpeg_errors *errors = errors_of(codec);
    errors->status = status;
    errors->report->message[0] = 0;
    img_note(errors->report, message);
    longjmp(errors->escape, 1);
}

static void leave(j_common_ptr codec) {
    char message[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, message);
    switch (codec->err->msg_code) {
        case JERR_OUT_OF_MEMORY: img_jpeg_fail(codec, IMG_OUT_OF_MEMORY, message);
        case JERR_BAD_PRECISION:
        case JERR_COMPONENT_COUNT:
        case JERR_CONVERSION_NOTIMPL:
        case JERR_SOF_UNSUPPORTED:
        case JERR_ARITH_NOTIMPL:
        case JERR_FRACT_SAMPLE_NOTIMPL:
        case JERR_CCIR601_NOTIMPL: img_jpeg_fail(codec, IMG_UNSUPPORTED, message);
        default: img_jpeg_fail(codec, IMG_CORRUPT, message);
    }
}

static void take_message(j_common_ptr codec, int level) {
    if (level >= 0) return;
    char message[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, message);
    img_note(errors_of(codec)->report, message);
    codec->err->num_warnings += 1;
    errors_of(codec)->report->warnings += 1;
}

static void stay_silent(j_common_ptr codec) { (void)codec; }

void img_jpeg_errors_install(img_jpeg_errors *errors, img_report *report) {
    jpeg_std_error(&errors->base);
    errors->base.error_exit = leave;
    errors->base.emit_message = take_message;
    errors->base.output_message = stay_silent;
    errors->status = IMG_OK;
    errors->report = report;
}
