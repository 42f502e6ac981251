#include "reader.h"

#include <stdlib.h>
#include <string.h>

// Text, colour profiles and the like are never used, and compressed they can hide a bomb.
static const uint8_t ignored_chunks[] = "iCCP\0tEXt\0zTXt\0iTXt\0sPLT\0hIST";
enum { ignored_chunk_count = 6, maximum_chunk_bytes = 8 << 20 };

static void fail(png_structp decoder, png_const_charp text) {
    CodecReader *reader = png_get_error_ptr(decoder);
    if (reader->as.png.rows_are_complete) {
        codec_warn(&reader->info, text);
    } else {
        codec_note(&reader->info, text);
        if (strcmp(text, "Out of memory") == 0) reader->as.png.status = CODEC_OUT_OF_MEMORY;
    }
    png_longjmp(decoder, 1);
}

static void warn(png_structp decoder, png_const_charp text) {
    CodecReader *reader = png_get_error_ptr(decoder);
    codec_warn(&reader->info, text);
}

static void supply(png_structp decoder, png_bytep target, size_t count) {
    CodecReader *reader = png_get_io_ptr(decoder);
    if (count > reader->as.png.count - reader->as.png.offset) {
        png_error(decoder, "the file ends early");
    }
    memcpy(target, reader->as.png.bytes + reader->as.png.offset, count);
    reader->as.png.offset += count;
}

static void close_png(CodecReader *reader) {
    png_destroy_read_struct(&reader->as.png.decoder, &reader->as.png.header, NULL);
}

static void read_orientation(CodecReader *reader) {
    png_uint_32 count = 0;
    png_bytep exif = NULL;
    if (png_get_eXIf_1(reader->as.png.decoder, reader->as.png.header, &count, &exif) != 0) {
        reader->info.orientation = codec_exif_orientation(exif, count);
    }
}

static CodecStatus read_png(CodecReader *reader, uint8_t *rgb) {
    png_structp decoder = reader->as.png.decoder;
    size_t stride = (size_t)reader->info.width * 3;
    if (setjmp(png_jmpbuf(decoder))) {
        return reader->as.png.rows_are_complete ? CODEC_OK : reader->as.png.status;
    }
    png_set_expand(decoder);        // palettes and 1, 2, 4 bits to 8 bits
    png_set_strip_16(decoder);      // the high byte
    png_set_gray_to_rgb(decoder);
    png_set_strip_alpha(decoder);   // transparency is dropped, not blended with a background
    int passes = png_set_interlace_handling(decoder);
    png_read_update_info(decoder, reader->as.png.header);
    if (png_get_rowbytes(decoder, reader->as.png.header) != stride) {
        png_error(decoder, "unexpected row size");
    }
    for (int pass = 0; pass < passes; pass++) {
        for (size_t y = 0; y < reader->info.height; y++) {
            png_read_row(decoder, rgb + y * stride, NULL);
        }
    }
    reader->as.png.rows_are_complete = 1;
    png_read_end(decoder, reader->as.png.header);  // eXIf may follow the pixels
    read_orientation(reader);
    return CODEC_OK;
}

static CodecStatus read_header(CodecReader *reader, CodecLimits limits) {
    png_structp decoder = reader->as.png.decoder;
    if (setjmp(png_jmpbuf(decoder))) return reader->as.png.status;
    png_set_read_fn(decoder, reader, supply);
    png_set_user_limits(decoder, 0x7FFFFFFF, 0x7FFFFFFF);  // ours are checked below, with words
    png_set_chunk_malloc_max(decoder, maximum_chunk_bytes);
    png_set_keep_unknown_chunks(decoder, PNG_HANDLE_CHUNK_NEVER, ignored_chunks,
                                ignored_chunk_count);
    png_read_info(decoder, reader->as.png.header);
    CodecInfo *info = &reader->info;
    info->width = png_get_image_width(decoder, reader->as.png.header);
    info->height = png_get_image_height(decoder, reader->as.png.header);
    if (info->width > limits.maximum_side || info->height > limits.maximum_side ||
        (uint64_t)info->width * info->height > limits.maximum_pixels) {
        return CODEC_TOO_LARGE;
    }
    read_orientation(reader);
    return CODEC_OK;
}

CodecStatus codec_png_open(const uint8_t *bytes, size_t count, CodecLimits limits,
                           CodecReader **result, CodecInfo *info) {
    *result = NULL;
    memset(info, 0, sizeof *info);
    info->orientation = 1;
    CodecReader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        codec_note(info, "out of memory");
        return CODEC_OUT_OF_MEMORY;
    }
    reader->read = read_png;
    reader->close = close_png;
    reader->info = *info;
    reader->as.png.bytes = bytes;
    reader->as.png.count = count;
    reader->as.png.status = CODEC_DAMAGED;
    reader->as.png.decoder = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, fail, warn);
    CodecStatus status = CODEC_OUT_OF_MEMORY;
    if (reader->as.png.decoder != NULL) {
        reader->as.png.header = png_create_info_struct(reader->as.png.decoder);
        if (reader->as.png.header != NULL) status = read_header(reader, limits);
    }
    if (status == CODEC_OUT_OF_MEMORY) codec_note(&reader->info, "out of memory");
    *info = reader->info;
    if (status == CODEC_OK) {
        *result = reader;
    } else {
        codec_close(reader);
    }
    return status;
}
