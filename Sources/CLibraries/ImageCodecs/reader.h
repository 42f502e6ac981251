// What both decoders share: one heap object per picture being read.

#ifndef IMAGE_CODECS_READER_H
#define IMAGE_CODECS_READER_H

#include <stdio.h>

#include <jpeglib.h>
#include <png.h>
#include <setjmp.h>

#include "ImageCodecs.h"

typedef struct {
    struct jpeg_error_mgr base;  // first, so that libjpeg's pointer to it is a pointer to this
    jmp_buf escape;
    CodecInfo *info;
    CodecStatus status;
} JpegFault;

struct CodecReader {
    CodecStatus (*read)(CodecReader *reader, uint8_t *rgb);
    void (*close)(CodecReader *reader);
    CodecInfo info;
    union {
        struct {
            struct jpeg_decompress_struct decoder;
            struct jpeg_progress_mgr progress;
            JpegFault fault;
            uint8_t *row;  // one row of CMYK
        } jpeg;
        struct {
            png_structp decoder;
            png_infop header;
            const uint8_t *bytes;
            size_t count, offset;
            CodecStatus status;
            int rows_are_complete;
        } png;
    } as;
};

void codec_note(CodecInfo *info, const char *text);
void codec_warn(CodecInfo *info, const char *text);

#endif
