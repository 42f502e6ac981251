#!/usr/bin/env python3
"""Writes what torchvision's functions make of two small pictures.

    python make_augmentations.py          needs torch and torchvision

augmentations.json  sizes of the pictures; the cases, in order, each with what was done; strengths
augmentations.bin   the two pictures, then the result of each case, as RGB bytes
"""
import json
from pathlib import Path

import numpy as np
import torch
from torchvision.transforms.v2 import RandAugment, TrivialAugmentWide
from torchvision.transforms.v2 import functional as F

HERE = Path(__file__).resolve().parent
random = np.random.default_rng(11)


def scene(height, width, low, high):
    """Waves and noise within low...high; one pixel of each primary colour, one black, one grey."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = [
        np.sin(x / (3.1 + c) + c) + np.cos(y / (2.3 + c) + x / 9) + random.normal(0, 0.3, (height, width))
        for c in range(3)
    ]
    values = np.stack(planes) / 6 + 0.5
    picture = np.clip(low + values * (high - low), 0, 255).astype(np.uint8)
    if low == 0:
        picture[:, 0, :5] = np.array([[255, 0, 0, 0, 77], [0, 255, 0, 0, 77], [0, 0, 255, 0, 77]])
    return torch.from_numpy(picture)


PICTURES = [scene(19, 24, 0, 255), scene(24, 18, 60, 140)]
cases, output = [], bytearray()


def put(picture):
    output.extend(picture.permute(1, 2, 0).contiguous().numpy().tobytes())


for picture in PICTURES:
    put(picture)


def case(picture, operation, result, **values):
    cases.append({"picture": picture, "operation": operation, **values})
    put(result)


for number, picture in enumerate(PICTURES):
    for factor in (0.0, 0.37, 1.0, 1.63, 1.99):
        case(number, "brightness", F.adjust_brightness(picture, factor), value=factor)
        case(number, "contrast", F.adjust_contrast(picture, factor), value=factor)
        case(number, "saturation", F.adjust_saturation(picture, factor), value=factor)
        case(number, "sharpness", F.adjust_sharpness(picture, factor), value=factor)
    for shift in (-0.5, -0.31, -0.02, 0.0, 0.11, 0.27, 0.5):
        case(number, "hue", F.adjust_hue(picture, shift), value=shift)
    for bits in (1, 3, 8):
        case(number, "posterize", F.posterize(picture, bits), value=bits)
    for threshold in (0.0, 100.5, 255.0):
        case(number, "solarize", F.solarize(picture, threshold), value=threshold)
    case(number, "autocontrast", F.autocontrast(picture))
    case(number, "equalize", F.equalize(picture))
    case(number, "greyscale", F.rgb_to_grayscale(picture, 3))
    # Where the centre of a turned pixel lies halfway between two, it is chance which of them torchvision
    # takes. So it is with quarter turns if the sides differ by an odd number, and on the diagonals of
    # eighths of a turn if both are even.
    for degrees in (-33.0, 4.5, 180.0) + ((-90.0, 90.0) if number else (-135.0, 45.0)):
        case(number, "rotate", F.rotate(picture, degrees), value=degrees)

# The policies: what their own code makes of a picture, for some strengths and both directions.
SIGNED = {"ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Brightness", "Color", "Contrast", "Sharpness"}
strengths = {}
for name, policy, bins in (("wide", TrivialAugmentWide(), (3, 22, 30)), ("standard", RandAugment(), (9,))):
    picture = PICTURES[0]
    height, width = picture.shape[-2:]
    strengths[name] = {}
    for operation, (magnitudes, signed) in policy._AUGMENTATION_SPACE.items():
        table = magnitudes(31, height, width)
        strengths[name][operation] = None if table is None else [float(v) for v in table]
        assert signed == (operation in SIGNED)
        for bin in bins if table is not None else (0,):
            for sign in (1, -1) if signed else (1,):
                magnitude = 0.0 if table is None else sign * float(table[bin])
                result = policy._apply_image_or_video_transform(
                    picture, operation, magnitude, interpolation=policy.interpolation, fill=policy._fill
                )
                case(0, operation, result, policy=name, bin=bin, negative=sign < 0)

(HERE / "augmentations.bin").write_bytes(output)
(HERE / "augmentations.json").write_text(
    json.dumps({"sizes": [list(p.shape[-2:]) for p in PICTURES], "cases": cases, "strengths": strengths}) + "\n"
)
print(len(cases), "cases,", len(output), "bytes")
