// libjpeg calls `error_exit` and expects never to return from it: we jump back to the entry function.
#pragma once

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>
#include <jerror.h>

#include "report.h"

typedef struct {
    struct jpeg_error_mgr base;  // first: libjpeg knows the whole by this address
    jmp_buf escape;
    img_status status;
    img_report *report;
} img_jpeg_errors;

/// Installs handlers that fill `report` and print nothing. The caller sets `escape` with setjmp.
void img_jpeg_errors_install(img_jpeg_errors *errors, img_report *report);

/// Leaves the library with a status of our own.
_Noreturn void img_jpeg_fail(j_common_ptr codec, img_status status, const char *message);
