#include "reader.h"

#include <jerror.h>
#include <stdlib.h>
#include <string.h>

// A progressive file of a few kilobytes can ask for thousands of passes over a huge picture.
enum { maximum_scans = 500 };

static void fail(j_common_ptr common) {
    JpegFault *fault = (JpegFault *)common->err;
    (*common->err->format_message)(common, fault->info->message);  // at most JMSG_LENGTH_MAX = 200
    if (common->err->msg_code == JERR_OUT_OF_MEMORY) fault->status = CODEC_OUT_OF_MEMORY;
    longjmp(fault->escape, 1);
}

static void emit(j_common_ptr common, int level) {
    if (level >= 0) return;  // traces
    JpegFault *fault = (JpegFault *)common->err;
    char text[JMSG_LENGTH_MAX];
    (*common->err->format_message)(common, text);
    if (common->err->msg_code == JWRN_JPEG_EOF) {
        // libjpeg would go on with grey; a picture with its end missing is an error instead.
        codec_note(fault->info, "the file ends early");
        longjmp(fault->escape, 1);
    }
    codec_warn(fault->info, text);
}

static void ignore_message(j_common_ptr common) { (void)common; }

static void watch_scans(j_common_ptr common) {
    j_decompress_ptr decoder = (j_decompress_ptr)common;
    if (decoder->is_decompressor && decoder->input_scan_number > maximum_scans) {
        JpegFault *fault = (JpegFault *)common->err;
        codec_note(fault->info, "more than 500 progressive scans");
        longjmp(fault->escape, 1);
    }
}

static int orientation_of(const struct jpeg_decompress_struct *decoder) {
    for (jpeg_saved_marker_ptr m = decoder->marker_list; m != NULL; m = m->next) {
        if (m->marker == JPEG_APP0 + 1 && m->data_length > 6 && memcmp(m->data, "Exif\0", 6) == 0) {
            return codec_exif_orientation(m->data + 6, m->data_length - 6);
        }
    }
    return 1;
}

static void close_jpeg(CodecReader *reader) {
    jpeg_destroy_decompress(&reader->as.jpeg.decoder);
    free(reader->as.jpeg.row);
}

// a * b / 255, rounded, for bytes.
static unsigned scaled(unsigned a, unsigned b) {
    unsigned product = a * b + 128;
    return ((product >> 8) + product) >> 8;
}

// Adobe programs, which write nearly all four-channel files, store the inks inverted.
static void inverted_cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, size_t width) {
    for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
        unsigned light = cmyk[3];
        for (int c = 0; c < 3; c++) rgb[c] = (uint8_t)(light - scaled(255u - cmyk[c], light));
    }
}

static CodecStatus read_jpeg(CodecReader *reader, uint8_t *rgb) {
    struct jpeg_decompress_struct *decoder = &reader->as.jpeg.decoder;
    size_t width = reader->info.width;
    if (setjmp(reader->as.jpeg.fault.escape)) return reader->as.jpeg.fault.status;
    if (decoder->out_color_space == JCS_CMYK) {
        reader->as.jpeg.row = malloc(width * 4);
        if (reader->as.jpeg.row == NULL) {
            codec_note(&reader->info, "out of memory");
            return CODEC_OUT_OF_MEMORY;
        }
    }
    jpeg_start_decompress(decoder);
    while (decoder->output_scanline < decoder->output_height) {
        uint8_t *target = rgb + (size_t)decoder->output_scanline * width * 3;
        JSAMPROW row = reader->as.jpeg.row != NULL ? reader->as.jpeg.row : target;
        jpeg_read_scanlines(decoder, &row, 1);
        if (reader->as.jpeg.row != NULL) inverted_cmyk_to_rgb(row, target, width);
    }
    return CODEC_OK;  // what follows the last row does not matter
}

static CodecStatus read_header(CodecReader *reader, const uint8_t *bytes, size_t count,
                               CodecLimits limits) {
    struct jpeg_decompress_struct *decoder = &reader->as.jpeg.decoder;
    if (setjmp(reader->as.jpeg.fault.escape)) return reader->as.jpeg.fault.status;
    jpeg_create_decompress(decoder);
    decoder->progress = &reader->as.jpeg.progress;
    jpeg_save_markers(decoder, JPEG_APP0 + 1, 0xFFFF);
    jpeg_mem_src(decoder, bytes, (unsigned long)count);
    jpeg_read_header(decoder, TRUE);
    CodecInfo *info = &reader->info;
    info->width = decoder->image_width;
    info->height = decoder->image_height;
    info->orientation = orientation_of(decoder);
    if (info->width > limits.maximum_side || info->height > limits.maximum_side ||
        (uint64_t)info->width * info->height > limits.maximum_pixels) {
        return CODEC_TOO_LARGE;
    }
    switch (decoder->num_components) {
    case 1:
    case 3:
        decoder->out_color_space = JCS_RGB;
        return CODEC_OK;
    case 4:
        decoder->out_color_space = JCS_CMYK;
        return CODEC_OK;
    default:
        snprintf(info->message, sizeof info->message, "a JPEG of %d channels",
                 decoder->num_components);
        return CODEC_UNSUPPORTED;
    }
}

CodecStatus codec_jpeg_open(const uint8_t *bytes, size_t count, CodecLimits limits,
                            CodecReader **result, CodecInfo *info) {
    *result = NULL;
    memset(info, 0, sizeof *info);
    info->orientation = 1;
    CodecReader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        codec_note(info, "out of memory");
        return CODEC_OUT_OF_MEMORY;
    }
    reader->read = read_jpeg;
    reader->close = close_jpeg;
    reader->info = *info;
    JpegFault *fault = &reader->as.jpeg.fault;
    reader->as.jpeg.decoder.err = jpeg_std_error(&fault->base);
    fault->base.error_exit = fail;
    fault->base.emit_message = emit;
    fault->base.output_message = ignore_message;
    fault->info = &reader->info;
    fault->status = CODEC_DAMAGED;
    reader->as.jpeg.progress.progress_monitor = watch_scans;
    CodecStatus status = read_header(reader, bytes, count, limits);
    *info = reader->info;
    if (status == CODEC_OK) {
        *result = reader;
    } else {
        codec_close(reader);
    }
    return status;
}
