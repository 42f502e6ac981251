// JPEG and PNG, from memory to 8-bit RGB and back.
//
// libjpeg and libpng report errors by longjmp, which Swift must never see: every function here
// sets its own jump target, keeps its state on the heap, and returns a plain code.

#ifndef IMAGE_CODECS_H
#define IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    CODEC_OK = 0,
    CODEC_DAMAGED = 1,      // the bytes are not a whole, valid picture
    CODEC_TOO_LARGE = 2,    // a side or the pixel count is over the limit; nothing was allocated
    CODEC_UNSUPPORTED = 3,  // valid, but of a kind that is not read (two-channel JPEG, …)
    CODEC_OUT_OF_MEMORY = 4
} CodecStatus;

// What may be allocated at most; checked against the header before any pixel memory exists.
typedef struct {
    uint64_t maximum_pixels;
    uint32_t maximum_side;
} CodecLimits;

typedef struct {
    uint32_t width, height;
    int orientation;       // EXIF orientation 1 … 8; 1 where the file says nothing
    int warning_count;     // complaints of the library that did not stop the decoding
    char message[240];     // the error, or else the first warning; empty if neither
} CodecInfo;

typedef struct CodecReader CodecReader;

// Reads the header. `bytes` must outlive the reader. On CODEC_OK `*reader` must be closed by
// codec_close; otherwise it is NULL. `info` is filled in either case: width and height also for
// CODEC_TOO_LARGE.
CodecStatus codec_jpeg_open(const uint8_t *bytes, size_t count, CodecLimits limits,
                            CodecReader **reader, CodecInfo *info);
CodecStatus codec_png_open(const uint8_t *bytes, size_t count, CodecLimits limits,
                           CodecReader **reader, CodecInfo *info);

// Decodes all pixels into `rgb`, 3 * width * height bytes, rows from the top. Once per reader.
CodecStatus codec_read(CodecReader *reader, uint8_t *rgb, CodecInfo *info);
void codec_close(CodecReader *reader);

// Writes `channels` (1 grey, 3 RGB, 4 RGBA for PNG; 1 or 3 for JPEG) interleaved 8-bit samples.
// On CODEC_OK `*encoded` is a block for codec_free; otherwise NULL. `message` holds 240 bytes.
CodecStatus codec_png_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                             int compression, uint8_t **encoded, size_t *count, char *message);
CodecStatus codec_jpeg_encode(const uint8_t *pixels, uint32_t width, uint32_t height, int channels,
                              int quality, uint8_t **encoded, size_t *count, char *message);
void codec_free(uint8_t *block);

// EXIF orientation (tag 0x0112 of the first directory) in a TIFF block; 1 if absent or invalid.
int codec_exif_orientation(const uint8_t *tiff, size_t count);

#ifdef __cplusplus
}
#endif
#endif
