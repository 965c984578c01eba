"""Images per second of common Albumentations operators on one core, as JSON; compare with crates/augment/benches/speed.rs."""

import json
import time

import cv2
import numpy as np

import albumentations as A

SIDE, BATCHES, SECONDS = 256, 15, 0.03

POLICIES = {
    "horizontal_flip": [A.HorizontalFlip(p=1)],
    "rotate_15": [A.Rotate(limit=15, border_mode=cv2.BORDER_REFLECT_101, p=1)],
    "random_resized_crop_224": [A.RandomResizedCrop(size=(224, 224), p=1)],
    "brightness_contrast": [A.RandomBrightnessContrast(brightness_limit=0.2, contrast_limit=0.2, p=1)],
    "hue_saturation": [A.HueSaturationValue(hue_shift_limit=20, sat_shift_limit=30, val_shift_limit=0, p=1)],
    "gamma": [A.RandomGamma(gamma_limit=(80, 125), p=1)],
    "gaussian_blur": [A.GaussianBlur(blur_limit=0, sigma_limit=(0.01, 3), p=1)],
    "equalize": [A.Equalize(mode="pil", p=1)],
    "cutout": [A.CoarseDropout(num_holes_range=(1, 1), fill=127, p=1)],
    "noise": [A.GaussNoise(std_range=(0.0, 0.2), p=1)],
}
POLICIES["training_policy"] = [
    A.RandomResizedCrop(size=(224, 224), p=1),
    A.HorizontalFlip(p=0.5),
    A.Rotate(limit=15, border_mode=cv2.BORDER_REFLECT_101, p=1),
    A.ColorJitter(brightness=(0.6, 1.4), contrast=(0.6, 1.4), saturation=(0.6, 1.4), hue=(-0.1, 0.1), p=1),
    A.GaussianBlur(blur_limit=0, sigma_limit=(0.01, 3), p=0.5),
    A.CoarseDropout(num_holes_range=(1, 1), fill=127, p=1),
]


def test_image():
    y, x = np.indices((SIDE, SIDE)).astype(np.uint32)
    return np.stack([x, y, (x * y) >> 8 ^ (x // 32 % 2 * 60)], axis=-1).astype(np.uint8)


def rate(apply, image):
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for _ in range(8):
            apply(image=image)
        count += 8
    return count / (time.perf_counter() - start)


def main():
    cv2.setNumThreads(1)
    image = test_image()
    rows = []
    for name, transforms in POLICIES.items():
        # A single operator is called without the overhead of a composition.
        apply = transforms[0] if len(transforms) == 1 else A.Compose(transforms)
        rate(apply, image)
        rates = sorted(rate(apply, image) for _ in range(BATCHES))
        rows.append({"name": name, "images_per_second": round(rates[BATCHES // 2])})
    print(json.dumps({"albumentations": A.__version__, "opencv": cv2.__version__, "rows": rows}))


if __name__ == "__main__":
    main()
