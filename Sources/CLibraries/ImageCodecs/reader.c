#include "reader.h"

#include <stdlib.h>
#include <string.h>

void codec_note(CodecInfo *info, const char *text) {
    snprintf(info->message, sizeof info->message, "%s", text);
}

void codec_warn(CodecInfo *info, const char *text) {
    if (info->warning_count++ == 0) codec_note(info, text);
}

CodecStatus codec_read(CodecReader *reader, uint8_t *rgb, CodecInfo *info) {
    CodecStatus status = reader->read(reader, rgb);
    *info = reader->info;
    return status;
}

void codec_close(CodecReader *reader) {
    if (reader == NULL) return;
    reader->close(reader);
    free(reader);
}

void codec_free(uint8_t *block) { free(block); }

static uint32_t read_number(const uint8_t *p, int size, int big_endian) {
    uint32_t value = 0;
    for (int i = 0; i < size; i++) {
        value |= (uint32_t)p[big_endian ? i : size - 1 - i] << (8 * (size - 1 - i));
    }
    return value;
}

int codec_exif_orientation(const uint8_t *tiff, size_t count) {
    enum { header_size = 8, entry_size = 12, orientation_tag = 0x0112, short_type = 3 };
    if (count < header_size) return 1;
    int big_endian;
    if (memcmp(tiff, "MM\0*", 4) == 0) {
        big_endian = 1;
    } else if (memcmp(tiff, "II*\0", 4) == 0) {
        big_endian = 0;
    } else {
        return 1;
    }
    size_t offset = read_number(tiff + 4, 4, big_endian);
    if (offset > count - 2) return 1;
    size_t entries = read_number(tiff + offset, 2, big_endian);
    offset += 2;
    for (size_t i = 0; i < entries && count - offset >= entry_size; i++, offset += entry_size) {
        const uint8_t *entry = tiff + offset;
        if (read_number(entry, 2, big_endian) != orientation_tag) continue;
        uint32_t type = read_number(entry + 2, 2, big_endian);
        uint32_t value = read_number(entry + 8, type == short_type ? 2 : 4, big_endian);
        return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}
