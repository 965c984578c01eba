import { WindowshopError } from "./errors";

/** Photos are first reduced to this longest side, in pixels: networks read far fewer. */
const LONGEST_SIDE = 2048;
/** Largest number of pixels, 4,096 x 4,096: every browser's canvas supports it. */
const MAX_PIXELS = 1 << 24;

/** A decoded photo. */
export interface DecodedPhoto {
  /** `[height, width, 3]` */
  rgb: Uint8Array;
  width: number;
  height: number;
}

/**
 * Decodes a photo with the browser's decoder, applies its EXIF orientation and puts it on white. It is reduced so that its longer
 * side is at most `longestSide` pixels.
 */
export async function decode(photo: ImageBitmapSource, longestSide = Infinity): Promise<ImageData> {
  const bitmap = await bitmapOf(photo);
  const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  if (width * height > MAX_PIXELS) {
    bitmap.close();
    throw new WindowshopError("image_too_large", `photo: ${width} x ${height} pixels, at most ${MAX_PIXELS} are allowed: make it smaller with \`maxSide\``);
  }
  const canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!canvas) throw new WindowshopError("image_unreadable", "photo: this browser has no OffscreenCanvas with a 2D context");
  canvas.fillStyle = "white";
  canvas.fillRect(0, 0, width, height);
  canvas.imageSmoothingQuality = "high";
  canvas.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return canvas.getImageData(0, 0, width, height);
}

/** A photo in a form that can be posted to a worker; elements cannot. */
export async function portable(photo: ImageBitmapSource): Promise<Blob | ImageBitmap> {
  return photo instanceof Blob ? photo : bitmapOf(photo);
}

async function bitmapOf(photo: ImageBitmapSource): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(photo, { imageOrientation: "from-image" });
  } catch (reason) {
    throw new WindowshopError("image_unreadable", `photo: this browser cannot decode it (${String(reason)}): expected a Blob of an image, an image element, a canvas or ImageData`);
  }
}

/** The RGB pixels of a photo. */
export async function pixels(photo: ImageBitmapSource, longestSide = LONGEST_SIDE): Promise<DecodedPhoto> {
  return withoutOpacity(await decode(photo, longestSide));
}

/** RGB pixels from RGBA pixels. */
export function withoutOpacity({ data, width, height }: Pick<ImageData, "data" | "width" | "height">): DecodedPhoto {
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from]!;
    rgb[to + 1] = data[from + 1]!;
    rgb[to + 2] = data[from + 2]!;
  }
  return { rgb, width, height };
}
