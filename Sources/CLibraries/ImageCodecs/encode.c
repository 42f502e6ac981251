#include "reader.h"

#include <stdlib.h>
#include <string.h>

enum { message_size = 240 };

// ---- PNG ----------------------------------------------------------------------------------------

typedef struct {
    uint8_t *bytes;
    size_t count, capacity;
    char *message;
    png_structp encoder;
    png_infop header;
} PngSink;

static void png_fail(png_structp encoder, png_const_charp text) {
    PngSink *sink = png_get_error_ptr(encoder);
    snprintf(sink->message, message_size, "%s", text);
    png_longjmp(encoder, 1);
}

static void png_ignore(png_structp encoder, png_const_charp text) {
    (void)encoder;
    (void)text;
}

static void png_append(png_structp encoder, png_bytep bytes, size_t count) {
    PngSink *sink = png_get_io_ptr(encoder);
    if (count > sink->capacity - sink->count) {
        size_t capacity = sink->capacity * 2 + count + 4096;
        uint8_t *grown = realloc(sink->bytes, capacity);
        if (grown == NULL) png_error(encoder, "out of memory");
        sink->bytes = grown;
        sink->capacity = capacity;
    }
    memcpy(sink->bytes + sink->count, bytes, count);
    sink->count += count;
}

static void png_nothing_to_flush(png_structp encoder) { (void)encoder; }

static int png_write(PngSink *sink, const uint8_t *pixels, uint32_t width, uint32_t height,
                     int channels, int compression) {
    if (setjmp(png_jmpbuf(sink->encoder))) return 0;
    int type = channels == 1   ? PNG_COLOR_TYPE_GRAY
               : channels == 3 ? PNG_COLOR_TYPE_RGB
                               : PNG_COLOR_TYPE_RGB_ALPHA;
    png_set_write_fn(sink->encoder, sink, png_append, png_nothing_to_flush);
    png_set_compression_level(sink->encoder, compression);
    png_set_IHDR(sink->encoder, sink->header, width, height, 8, type, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(sink->encoder, sink->header);
    for (uint32_t y = 0; y < height; y++) {
        png_write_row(sink->encoder, pixels + (size_t)y * width * (size_t)channels);
    }
    png_write_end(sink->encoder, sink->header);
    return 1;
}

CodecStatus codec_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                             int compression, uint8_t **encoded, size_t *count, char *message) {
    *encoded = NULL;
    *count = 0;
    snprintf(message, message_size, "out of memory");
    PngSink *sink = calloc(1, sizeof *sink);
    if (sink == NULL) return CODEC_OUT_OF_MEMORY;
    sink->message = message;
    sink->encoder = png_create_write_struct(PNG_LIBPNG_VER_STRING, sink, png_fail, png_ignore);
    if (sink->encoder != NULL) sink->header = png_create_info_struct(sink->encoder);
    CodecStatus status = CODEC_OUT_OF_MEMORY;
    if (sink->header != NULL) {
        int written = png_write(sink, pixels, width, height, channels, compression);
        status = written ? CODEC_OK : CODEC_UNSUPPORTED;
    }
    png_destroy_write_struct(&sink->encoder, &sink->header);
    if (status == CODEC_OK) {
        *encoded = sink->bytes;
        *count = sink->count;
    } else {
        free(sink->bytes);
    }
    free(sink);
    return status;
}

// ---- JPEG ---------------------------------------------------------------------------------------

typedef struct {
    struct jpeg_error_mgr fault;  // first, so that libjpeg's pointer to it is a pointer to this
    jmp_buf escape;
    struct jpeg_compress_struct encoder;
    unsigned char *bytes;
    unsigned long count;
    char *message;
} JpegSink;

static void jpeg_fail(j_common_ptr common) {
    JpegSink *sink = (JpegSink *)common->err;
    (*common->err->format_message)(common, sink->message);
    longjmp(sink->escape, 1);
}

static void jpeg_ignore(j_common_ptr common) { (void)common; }

static int jpeg_write(JpegSink *sink, const uint8_t *pixels, uint32_t width, uint32_t height,
                      int channels, int quality) {
    if (setjmp(sink->escape)) return 0;
    struct jpeg_compress_struct *encoder = &sink->encoder;
    jpeg_create_compress(encoder);
    jpeg_mem_dest(encoder, &sink->bytes, &sink->count);
    encoder->image_width = width;
    encoder->image_height = height;
    encoder->input_components = channels;
    encoder->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(encoder);
    jpeg_set_quality(encoder, quality, TRUE);
    jpeg_start_compress(encoder, TRUE);
    while (encoder->next_scanline < height) {
        size_t offset = (size_t)encoder->next_scanline * width * (size_t)channels;
        JSAMPROW row = (JSAMPROW)(pixels + offset);  // libjpeg only reads it
        jpeg_write_scanlines(encoder, &row, 1);
    }
    jpeg_finish_compress(encoder);
    return 1;
}

CodecStatus codec_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                              int quality, uint8_t **encoded, size_t *count, char *message) {
    *encoded = NULL;
    *count = 0;
    snprintf(message, message_size, "out of memory");
    JpegSink *sink = calloc(1, sizeof *sink);
    if (sink == NULL) return CODEC_OUT_OF_MEMORY;
    sink->message = message;
    sink->encoder.err = jpeg_std_error(&sink->fault);
    sink->fault.error_exit = jpeg_fail;
    sink->fault.output_message = jpeg_ignore;
    int written = jpeg_write(sink, pixels, width, height, channels, quality);
    jpeg_destroy_compress(&sink->encoder);
    if (written) {
        *encoded = sink->bytes;
        *count = sink->count;
    }  // else the block is libjpeg's: it may have moved it without saying, so it is left alone
    free(sink);
    return written ? CODEC_OK : CODEC_UNSUPPORTED;
}
