// What every shader begins with. An image has a word for each pixel: red in the low byte, then green, blue and opacity.
//
// There are integers only: every device computes them alike, and the pixels are those of the CPU, bit for bit.

@group(0) @binding(0) var<storage, read> source: array<u32>;
// Columns and rows of the result, then what each shader says.
@group(0) @binding(1) var<storage, read> words: array<u32>;
@group(0) @binding(2) var<storage, read_write> result: array<u32>;

fn inside(at: vec3<u32>) -> bool {
    return at.x < words[0] && at.y < words[1];
}

fn levels(pixel: u32) -> vec4<i32> {
    return vec4<i32>((vec4<u32>(pixel) >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(255u));
}

fn pixel(levels: vec4<i32>) -> u32 {
    let bytes = vec4<u32>(clamp(levels, vec4<i32>(0), vec4<i32>(255))) << vec4<u32>(0u, 8u, 16u, 24u);
    return bytes.x | bytes.y | bytes.z | bytes.w;
}

// A colour with the opacity that the pixel had.
fn opaque_as(own: u32, color: u32) -> u32 {
    return (own & 0xff000000u) | (color & 0x00ffffffu);
}

fn mirrored(at: i32, length: i32) -> i32 {
    let last = length - 1;
    let period = max(2 * last, 1);
    let place = ((at % period) + period) % period;
    return max(min(place, 2 * last - place), 0);
}

// All 64 bits of a product, the high word first.
fn product(a: u32, b: u32) -> vec2<u32> {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let across = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
    let other = (a & 0xffffu) * (b >> 16u) + (across & 0xffffu);
    return vec2<u32>((a >> 16u) * (b >> 16u) + (across >> 16u) + (other >> 16u), (other << 16u) | (low & 0xffffu));
}
