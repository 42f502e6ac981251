#!/usr/bin/env python3
"""Writes the pictures beside this script and, as raw RGB bytes, what Pillow reads from them.

    python make_fixtures.py          needs Pillow, numpy and torchvision

pictures/<name>.{png,jpg}  inputs
pictures.bin               what Pillow reads from each, one after another
resize.bin                 see `resize_cases`: what Image.resize gives for several size pairs
pictures.json              name, format, width and height of every picture; sizes of resize.bin
crops.json                 offsets of torchvision's center_crop
"""
import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from torchvision.transforms import functional

HERE = Path(__file__).resolve().parent
OUT = HERE / "pictures"
OUT.mkdir(exist_ok=True)
random = np.random.default_rng(5)


def scene(height, width, channels):
    """Smooth waves and a little noise: compresses like a photograph, has no symmetry."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = []
    for channel in range(channels):
        wave = np.sin(x / (3.1 + channel) + 0.4) + np.cos(y / (2.3 + channel) + x / 9)
        planes.append(127 + 55 * wave + random.normal(0, 6, (height, width)))
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_by_hand(width, height, depth, color, rows, interlace=0, extra=b""):
    """A PNG of filter-0 rows, for the kinds that Pillow does not write."""
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", body)
            + chunk(b"IEND", b""))


def adam7(image):
    """The rows of the seven passes of an 8-bit picture."""
    for y0, x0, dy, dx in [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2),
                           (0, 1, 2, 2), (1, 0, 2, 1)]:
        for row in image[y0::dy, x0::dx]:
            if row.size:
                yield row.tobytes()


pictures = []
decoded = []


def add(name, suffix, data, expected=None):
    if expected is None:
        expected = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    (OUT / f"{name}.{suffix}").write_bytes(data)
    decoded.append(np.ascontiguousarray(expected).tobytes())
    pictures.append({"name": name, "file": f"{name}.{suffix}",
                     "width": expected.shape[1], "height": expected.shape[0]})


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def pngs():
    rgb, rgba = scene(7, 11, 3), scene(9, 5, 4)
    grey = Image.fromarray(scene(6, 13, 1)[..., 0])
    add("rgb", "png", saved(Image.fromarray(rgb), "PNG"))
    add("rgba", "png", saved(Image.fromarray(rgba), "PNG"))
    add("grey", "png", saved(grey, "PNG"))
    add("grey-1bit", "png", saved(grey.convert("1"), "PNG"))
    add("grey-alpha", "png", saved(Image.fromarray(scene(5, 8, 2), "LA"), "PNG"))
    palette = Image.fromarray(rgb).quantize(13)
    add("palette", "png", saved(palette, "PNG"))
    add("palette-8bit", "png", saved(Image.fromarray(scene(15, 21, 3)).quantize(200), "PNG"))
    add("palette-transparent", "png", saved(palette, "PNG", transparency=bytes(range(0, 130, 10))))
    add("rgb-transparent", "png", saved(Image.fromarray(rgb), "PNG", transparency=(9, 8, 7)))
    add("interlaced", "png", png_by_hand(11, 7, 8, 2, adam7(rgb), interlace=1))
    deep = random.integers(0, 65536, (4, 6, 3)).astype(">u2")
    add("rgb-16bit", "png", png_by_hand(6, 4, 16, 2, [row.tobytes() for row in deep]))
    rows = [row.tobytes() for row in random.integers(0, 65536, (5, 3, 4)).astype(">u2")]
    add("rgba-16bit", "png", png_by_hand(3, 5, 16, 6, rows))
    # Pillow clips 16-bit grey at 255; the high byte is what is wanted.
    deep = random.integers(0, 65536, (5, 7)).astype(">u2")
    high = np.repeat((deep >> 8).astype(np.uint8)[..., None], 3, -1)
    add("grey-16bit", "png", png_by_hand(7, 5, 16, 0, [row.tobytes() for row in deep]), high)
    for depth in (2, 4):
        per_byte = 8 // depth
        values = random.integers(0, 1 << depth, (4, 3 * per_byte))
        packed = np.zeros((4, 3), np.uint8)
        for place in range(per_byte):
            packed |= (values[:, place::per_byte] << (8 - depth * (place + 1))).astype(np.uint8)
        rows = [row.tobytes() for row in packed]
        add(f"grey-{depth}bit", "png", png_by_hand(3 * per_byte, 4, depth, 0, rows))
    exif = Image.Exif()
    exif[0x0112] = 6
    add("exif-6", "png", saved(Image.fromarray(rgb), "PNG", exif=exif))


def jpegs():
    rgb = Image.fromarray(scene(37, 51, 3))
    add("baseline", "jpg", saved(rgb, "JPEG", quality=85))
    add("full-chroma", "jpg", saved(rgb, "JPEG", quality=95, subsampling=0))
    add("half-chroma", "jpg", saved(rgb, "JPEG", quality=90, subsampling=1))
    add("progressive", "jpg", saved(rgb, "JPEG", quality=80, progressive=True))
    add("restart", "jpg", saved(rgb, "JPEG", quality=75, restart_marker_rows=1))
    add("rgb-jpeg", "jpg", saved(rgb, "JPEG", quality=90, keep_rgb=True))
    add("grey-jpeg", "jpg", saved(Image.fromarray(scene(19, 23, 1)[..., 0]), "JPEG"))
    add("cmyk", "jpg", saved(Image.fromarray(scene(17, 29, 4), "CMYK"), "JPEG", quality=95))
    small = Image.fromarray(scene(9, 14, 3))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x010F] = "maker"
        exif[0x0112] = orientation
        add(f"exif-jpeg-{orientation}", "jpg", saved(small, "JPEG", exif=exif))


def resize_cases():
    """(kind, old height, old width, new height, new width), the source and result of each."""
    filters = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC}
    sizes = [(37, 53, 16, 24), (37, 53, 61, 80), (5, 41, 23, 7), (64, 48, 32, 32), (3, 2, 9, 11),
             (100, 75, 1, 1), (21, 33, 21, 10), (21, 33, 8, 33), (128, 96, 85, 64)]
    cases, blob = [], b""
    for height, width, new_height, new_width in sizes:
        source = random.integers(0, 256, (height, width, 3)).astype(np.uint8)
        if height == 5:
            source = np.where(source > 127, 255, 0).astype(np.uint8)  # makes the cubic overshoot
        blob += source.tobytes()
        for name, kind in filters.items():
            result = Image.fromarray(source).resize((new_width, new_height), kind)
            blob += np.asarray(result).tobytes()
        cases.append([height, width, new_height, new_width])
    (HERE / "resize.bin").write_bytes(blob)
    return cases


def center_crops():
    """Pixel values tell where each came from: row + 1 and column + 1; 0 is padding."""
    cases = []
    for height, width, new_height, new_width in [
            (9, 12, 4, 5), (10, 7, 3, 4), (11, 13, 8, 8), (5, 6, 9, 11), (6, 20, 9, 4), (8, 8, 8, 8),
            (15, 14, 12, 11), (4, 9, 7, 10)]:
        y, x = np.mgrid[1:height + 1, 1:width + 1].astype(np.uint8)
        image = Image.fromarray(np.stack([y, x, np.zeros_like(x)], -1))
        crop = np.asarray(functional.center_crop(image, [new_height, new_width]))
        cases.append({"size": [height, width], "crop": [new_height, new_width],
                      "pixels": crop.reshape(-1).tolist()})
    return cases


def shorter_sides():
    cases = []
    for height, width, side in [(375, 500, 256), (500, 333, 224), (33, 1000, 20), (77, 77, 32)]:
        image = functional.resize(Image.new("RGB", (width, height)), side)
        cases.append([height, width, side, image.height, image.width])
    return cases


pngs()
jpegs()
(HERE / "pictures.bin").write_bytes(b"".join(decoded))
description = {"pictures": pictures, "resize": resize_cases(), "shorter_sides": shorter_sides()}
(HERE / "pictures.json").write_text(json.dumps(description, indent=1) + "\n")
(HERE / "crops.json").write_text(json.dumps(center_crops()) + "\n")
