import { WindowshopError } from "./errors";

/** A photo with a longer side is made smaller first: no network looks that closely. */
const LONGEST_SIDE = 2048;

/** A decoded photo. */
export interface DecodedPhoto {
  /** Red, green and blue of each pixel, row by row. */
  rgb: Uint8Array;
  width: number;
  height: number;
}

/** Decodes a photo with the browser's own decoder; what is transparent is white, as on a product page. */
export async function pixels(photo: ImageBitmapSource): Promise<DecodedPhoto> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(photo);
  } catch (reason) {
    throw new WindowshopError("image_unreadable", `photo: this browser cannot decode it (${String(reason)}): expected a Blob of an image, an image element, a canvas or ImageData`);
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  const canvas = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!canvas) throw new WindowshopError("image_unreadable", "photo: this browser gives no canvas to read its pixels from");
  canvas.fillStyle = "white";
  canvas.fillRect(0, 0, width, height);
  canvas.imageSmoothingQuality = "high";
  canvas.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = canvas.getImageData(0, 0, width, height);
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from]!;
    rgb[to + 1] = data[from + 1]!;
    rgb[to + 2] = data[from + 2]!;
  }
  return { rgb, width, height };
}
