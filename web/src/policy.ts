// Written by the tests of crates/augment: UPDATE_GOLDEN=1 rewrites it. What operators do is said in its operators.rs.

/** How likely a step is, and how far it may go. */
export interface Magnitude {
  /** 0 to 1; 1 by default. */
  probability?: number;
  /** 0 to 1, 0 changes nothing. */
  strength?: number;
}

/** Turns the image about its centre, either way. */
export interface Rotate extends Magnitude {
  operator: "rotate";
  /** Degrees at strength 1. (0 to 180, 180 by default) */
  max_degrees?: number;
}

/** Enlarges or shrinks the content about its centre; the image keeps its size. */
export interface Scale extends Magnitude {
  operator: "scale";
  /** Factor at strength 1; as often its inverse. (1 to 16, 2 by default) */
  max_factor?: number;
}

/** Cuts a window of the image's proportions from a random place; the image becomes smaller. */
export interface Crop extends Magnitude {
  operator: "crop";
  /** Share of each side that is cut off at strength 1. (0 to 0.99, 0.5 by default) */
  max_fraction?: number;
}

/** Shows a random part at a given size (Szegedy et al. 2015). */
export interface RandomResizedCrop extends Magnitude {
  operator: "random_resized_crop";
  /** Columns of the result; 0 keeps the image's. (a whole number, 0 to 16384, 0 by default) */
  width?: number;
  /** Rows of the result; 0 keeps the image's. (a whole number, 0 to 16384, 0 by default) */
  height?: number;
  /** Least share of the area that is shown at strength 1. (0.0001 to 1, 0.08 by default) */
  min_area?: number;
  /** Greatest change of the proportions at strength 1, either way. (1 to 16, 1.3333333333333333 by default) */
  max_ratio?: number;
}

/** Mirrors left and right. */
export interface HorizontalFlip extends Magnitude {
  operator: "horizontal_flip";
}

/** Mirrors top and bottom. */
export interface VerticalFlip extends Magnitude {
  operator: "vertical_flip";
}

/** Moves the content. */
export interface Translate extends Magnitude {
  operator: "translate";
  /** Share of the width at strength 1, either way. (0 to 1, 0.5 by default) */
  max_x?: number;
  /** Share of the height at strength 1, either way. (0 to 1, 0.5 by default) */
  max_y?: number;
  /** Pixels that the shift is a multiple of; 0: any part of a pixel. Whole pixels blur nothing. (a whole number, 0 to 64, 0 by default) */
  step?: number;
}

/** Slants the content about its centre. */
export interface Shear extends Magnitude {
  operator: "shear";
  /** Columns a row at strength 1, either way. (0 to 2, 0.5 by default) */
  max_x?: number;
  /** Rows a column at strength 1, either way. (0 to 2, 0.5 by default) */
  max_y?: number;
}

/** Looks at the image from the side: each corner moves inwards by itself. */
export interface Perspective extends Magnitude {
  operator: "perspective";
  /** Share of half a side that a corner moves at strength 1. (0 to 0.9, 0.5 by default) */
  max_fraction?: number;
}

/** Bends the image by a smooth random field (Simard et al. 2003), a B-spline over a coarse grid. */
export interface Elastic extends Magnitude {
  operator: "elastic";
  /** Shift at strength 1, as a share of the shorter side. (0 to 0.5, 0.1 by default) */
  max_fraction?: number;
  /** Distance of the grid's points, as a share of the shorter side. (0.02 to 1, 0.2 by default) */
  spacing?: number;
}

/** Brings the image to a given size, whatever its proportions. */
export interface Resize extends Magnitude {
  operator: "resize";
  /** Columns of the result. (a whole number, 1 to 16384, 224 by default) */
  width?: number;
  /** Rows of the result. (a whole number, 1 to 16384, 224 by default) */
  height?: number;
}

/** Adds a border of random width to each side; the policy's `border` fills it. */
export interface Pad extends Magnitude {
  operator: "pad";
  /** Share of the side that is added at each of its ends at strength 1. (0 to 1, 0.25 by default) */
  max_fraction?: number;
}

/** Adds a border to the shorter side, so that the image is a square; the policy's `border` fills it. */
export interface PadToSquare extends Magnitude {
  operator: "pad_to_square";
}

/** Multiplies every channel. */
export interface Brightness extends Magnitude {
  operator: "brightness";
  /** Change of the factor 1 at strength 1, either way. (0 to 1, 0.99 by default) */
  max_change?: number;
}

/** Stretches the distance to the image's mean luminance. */
export interface Contrast extends Magnitude {
  operator: "contrast";
  /** Change of the factor 1 at strength 1, either way. (0 to 1, 0.99 by default) */
  max_change?: number;
}

/** Stretches the distance of each pixel to its luminance. */
export interface Saturation extends Magnitude {
  operator: "saturation";
  /** Change of the factor 1 at strength 1, either way. (0 to 1, 0.99 by default) */
  max_change?: number;
}

/** Turns the hue in the HSV hexcone (Smith 1978). */
export interface Hue extends Magnitude {
  operator: "hue";
  /** Degrees at strength 1, either way. (0 to 180, 180 by default) */
  max_degrees?: number;
}

/** Raises every channel to a power. */
export interface Gamma extends Magnitude {
  operator: "gamma";
  /** Exponent at strength 1; as often its inverse. (1 to 10, 2.5 by default) */
  max_exponent?: number;
}

/** Mixes each pixel with its luminance; `strength` is the share. */
export interface Grayscale extends Magnitude {
  operator: "grayscale";
}

/** Brightness, contrast, saturation and hue in random order. */
export interface ColorJitter extends Magnitude {
  operator: "color_jitter";
  /** Change of the brightness at strength 1. (0 to 1, 0.4 by default) */
  brightness?: number;
  /** Change of the contrast at strength 1. (0 to 1, 0.4 by default) */
  contrast?: number;
  /** Change of the saturation at strength 1. (0 to 1, 0.4 by default) */
  saturation?: number;
  /** Degrees of hue at strength 1. (0 to 180, 36 by default) */
  hue?: number;
}

/** Keeps the high bits of every channel. */
export interface Posterize extends Magnitude {
  operator: "posterize";
  /** Bits that are kept at strength 1. (a whole number, 1 to 8, 2 by default) */
  min_bits?: number;
}

/** Inverts what is as bright as a threshold or brighter. */
export interface Solarize extends Magnitude {
  operator: "solarize";
  /** Threshold at strength 1. (a whole number, 0 to 255, 0 by default) */
  min_threshold?: number;
}

/** Flattens the histogram of each channel; `strength` is the share of the flattened image. */
export interface Equalize extends Magnitude {
  operator: "equalize";
}

/** Stretches each channel to the whole range; `strength` is the share of the stretched image. */
export interface Autocontrast extends Magnitude {
  operator: "autocontrast";
}

/** Strengthens edges: away from an image smoothed by 3 x 3 pixels. */
export interface Sharpen extends Magnitude {
  operator: "sharpen";
  /** Times the edges are added at strength 1. (0 to 10, 2 by default) */
  max_amount?: number;
}

/** Brings the channels into another order. */
export interface ChannelShuffle extends Magnitude {
  operator: "channel_shuffle";
}

/** Inverts every channel. */
export interface Invert extends Magnitude {
  operator: "invert";
}

/** Blurs by a Gaussian. */
export interface GaussianBlur extends Magnitude {
  operator: "gaussian_blur";
  /** Standard deviation in pixels at strength 1. (0 to 20, 3 by default) */
  max_sigma?: number;
}

/** Blurs along a line of random direction. */
export interface MotionBlur extends Magnitude {
  operator: "motion_blur";
  /** Length in pixels at strength 1. (0 to 100, 15 by default) */
  max_length?: number;
}

/** Blurs by the mean of a square. */
export interface BoxBlur extends Magnitude {
  operator: "box_blur";
  /** Pixels on each side of the middle at strength 1. (a whole number, 0 to 60, 5 by default) */
  max_radius?: number;
}

/** Adds to each value a random one, nearly normal. */
export interface Noise extends Magnitude {
  operator: "noise";
  /** Standard deviation in levels (0 to 255) at strength 1. (0 to 127, 50 by default) */
  max_sigma?: number;
}

/** Makes some pixels black and some white. */
export interface SaltAndPepper extends Magnitude {
  operator: "salt_and_pepper";
  /** Share of the pixels at strength 1. (0 to 1, 0.1 by default) */
  max_fraction?: number;
}

/** Writes a JPEG file and reads it back. */
export interface Jpeg extends Magnitude {
  operator: "jpeg";
  /** Quality at strength 1; near strength 0 it is 95. (a whole number, 1 to 95, 10 by default) */
  min_quality?: number;
}

/** Erases a rectangle (DeVries and Taylor 2017, Zhong et al. 2020). */
export interface Cutout extends Magnitude {
  operator: "cutout";
  /** Share of the area at strength 1. (0 to 1, 0.25 by default) */
  max_area?: number;
  /** Greatest proportion of the sides, either way. (1 to 10, 2 by default) */
  max_ratio?: number;
  /** Level (0 to 255) of what is erased. (a whole number, 0 to 255, 127 by default) */
  fill?: number;
}

/** Erases squares on a grid (GridMask, Chen et al. 2020). */
export interface GridDropout extends Magnitude {
  operator: "grid_dropout";
  /** Distance of two squares, as a share of the shorter side. (0.01 to 1, 0.2 by default) */
  spacing?: number;
  /** Side of a square at strength 1, as a share of their distance. (0 to 1, 0.6 by default) */
  max_fraction?: number;
  /** Level (0 to 255) of what is erased. (a whole number, 0 to 255, 127 by default) */
  fill?: number;
}

/** Replaces the white around a product by a colour, a gradient or clouds; `strength` is how far it may be from white. */
export interface Background extends Magnitude {
  operator: "background";
  /** Least level (0 to 255) of every channel where the white is pure enough to be replaced as a whole. (a whole number, 1 to 255, 250 by default) */
  white?: number;
  /** Levels below `white` over which the replacement fades out, so that edges stay soft. (a whole number, 0 to 254, 40 by default) */
  softness?: number;
}

/** Every operator on one image. */
export type Operator =
  | Rotate
  | Scale
  | Crop
  | RandomResizedCrop
  | HorizontalFlip
  | VerticalFlip
  | Translate
  | Shear
  | Perspective
  | Elastic
  | Resize
  | Pad
  | PadToSquare
  | Brightness
  | Contrast
  | Saturation
  | Hue
  | Gamma
  | Grayscale
  | ColorJitter
  | Posterize
  | Solarize
  | Equalize
  | Autocontrast
  | Sharpen
  | ChannelShuffle
  | Invert
  | GaussianBlur
  | MotionBlur
  | BoxBlur
  | Noise
  | SaltAndPepper
  | Jpeg
  | Cutout
  | GridDropout
  | Background;

/** All of these, in order. */
export interface Compose {
  operator: "compose";
  probability?: number;
  transforms: Transform[];
}

/** One of these, each as likely. */
export interface OneOf {
  operator: "one_of";
  probability?: number;
  transforms: Transform[];
}

/** `count` of these, in their order here. */
export interface SomeOf {
  operator: "some_of";
  probability?: number;
  /** One by default. */
  count?: number;
  transforms: Transform[];
}

/** One random operator, of any strength up to `strength` (Müller and Hutter 2021). */
export interface TrivialAugment extends Magnitude {
  operator: "trivial_augment";
}

/** Random operators at magnitude `strength` (Cubuk et al. 2020). */
export interface RandAugment extends Magnitude {
  operator: "rand_augment";
  /** Two by default. */
  count?: number;
}

/** A step of a policy. */
export type Transform = Operator | Compose | OneOf | SomeOf | TrivialAugment | RandAugment;

/** What mixes the images of a batch; a page, which has one image, leaves it out. */
export interface Mixer extends Magnitude {
  operator: "mix_up" | "cut_mix";
  alpha?: number;
}

/** What may be done to an image. The same file serves the trainer. */
export interface AugmentPolicy {
  /** Done in order. */
  transforms: Transform[];
  /** What is beyond the edge: the image mirrored (the default), its outermost pixels, or red, green and blue. */
  border?: "reflect" | "edge" | [number, number, number];
  /** How pixels are read between pixels; `bilinear` by default. */
  interpolation?: Interpolation;
  batch?: Mixer[];
}

/** Policies that are known by name. */
export type PresetName =
  /** A product before white: moved, turned, seen from the side, before another background, in another light. */
  | "product"
  /** A photo that fills its frame: another part of it, in another light. */
  | "photo"
  /** Small changes that leave the subject what it is: for averaging what a network says of several views. */
  | "views"
  /** TrivialAugment (Müller and Hutter 2021): one random operator, of any strength. */
  | "trivial_augment"
  /** RandAugment (Cubuk et al. 2020): two random operators at magnitude 9 of 30. */
  | "rand_augment";

/** Columns and rows. */
export type Size = { width: number, height: number, };

/** What is beyond the edge. */
export type RecordedBorder = "reflect" | "edge" | { "color": [number, number, number] };

/** How pixels are read between pixels. */
export type Interpolation = "bilinear" | "bicubic";

/** What holds for every geometric action. */
export type Sampling = { border: RecordedBorder, interpolation: Interpolation, };

/** What white is replaced by. */
export type Texture = "plain" | { "gradient": { degrees: number, } } | { "clouds": { stream: number, } };

/** One change with its sampled parameters; lengths are in pixels. */
export type Action =
  | { "action": "rotate", degrees: number, }
  | { "action": "scale", factor: number, }
  | { "action": "crop", left: number, top: number, width: number, height: number, }
  | { "action": "horizontal_flip" }
  | { "action": "vertical_flip" }
  | { "action": "translate", x: number, y: number, }
  | { "action": "shear", x: number, y: number, }
  | { "action": "perspective", corners: [[number, number], [number, number], [number, number], [number, number]], }
  | { "action": "elastic", shift: number, spacing: number, stream: number, }
  | { "action": "resize", width: number, height: number, }
  | { "action": "pad", left: number, top: number, right: number, bottom: number, }
  | { "action": "brightness", factor: number, }
  | { "action": "contrast", factor: number, }
  | { "action": "saturation", factor: number, }
  | { "action": "hue", degrees: number, }
  | { "action": "gamma", exponent: number, }
  | { "action": "grayscale", share: number, }
  | { "action": "posterize", bits: number, }
  | { "action": "solarize", threshold: number, }
  | { "action": "equalize", share: number, }
  | { "action": "autocontrast", share: number, }
  | { "action": "sharpness", factor: number, }
  | { "action": "channel_shuffle", order: [number, number, number], }
  | { "action": "invert" }
  | { "action": "gaussian_blur", sigma: number, }
  | { "action": "motion_blur", length: number, degrees: number, }
  | { "action": "box_blur", radius: number, }
  | { "action": "noise", sigma: number, stream: number, }
  | { "action": "salt_and_pepper", fraction: number, stream: number, }
  | { "action": "jpeg", quality: number, }
  | { "action": "cutout", left: number, top: number, width: number, height: number, fill: number, }
  | { "action": "grid_dropout", spacing: number, hole: number, left: number, top: number, fill: number, }
  | { "action": "background", colors: [[number, number, number], [number, number, number]], texture: Texture, white: number, softness: number, };

/** What was done to an image: enough to do it again. */
export type AugmentRecord = { size: Size, sampling: Sampling, actions: Array<Action>, };
