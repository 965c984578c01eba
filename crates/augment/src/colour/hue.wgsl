// The twin of hue.rs.
//
// Words: the turn in sixths of the circle, as f32; 1 / chroma for each chroma, as f32 (1 for 0).
//
// Hues are f32 on the CPU. What follows adds and multiplies them as IEEE 754 does: 24 bits, the nearest, a half to even. From
// where all are multiples of 2^-24 they are counted in these.

// A mantissa of 24 bits from bit 29 down, over 2^29, times 2^exponent; 0 is zero.
struct Real {
    negative: bool,
    exponent: i32,
    mantissa: u32,
}

const TOP: u32 = 0x20000000u;
const ONE: i32 = 1 << 24u;

fn real(bits: u32) -> Real {
    let exponent = (bits >> 23u) & 255u;
    if (exponent == 0u) { return Real(false, 0, 0u); }
    return Real((bits >> 31u) == 1u, i32(exponent) - 127, ((bits & 0x7fffffu) | 0x800000u) << 6u);
}

fn whole(number: u32) -> Real {
    return rounded(false, 29, number);
}

fn rounded(negative: bool, exponent: i32, mantissa: u32) -> Real {
    if (mantissa == 0u) { return Real(false, 0, 0u); }
    let zeros = i32(countLeadingZeros(mantissa));
    var bits: u32;
    if (zeros < 2) {
        let by = u32(2 - zeros);
        bits = (mantissa >> by) | select(0u, 1u, (mantissa & ((1u << by) - 1u)) != 0u);
    } else {
        bits = mantissa << u32(zeros - 2);
    }
    // Six bits are behind the 24.
    let found = nearest(bits, 6u) << 6u;
    if (found == 2u * TOP) { return Real(negative, exponent + 3 - zeros, TOP); }
    return Real(negative, exponent + 2 - zeros, found);
}

// `number` / 2^`by`, the nearest, a half to even.
fn nearest(number: u32, by: u32) -> u32 {
    let found = number >> by;
    let rest = number & ((1u << by) - 1u);
    let half = 1u << (by - 1u);
    return found + select(0u, 1u, rest > half || (rest == half && (found & 1u) == 1u));
}

fn sum(a: Real, b: Real) -> Real {
    if (a.mantissa == 0u) { return b; }
    if (b.mantissa == 0u) { return a; }
    var large = a;
    var small = b;
    if (a.exponent < b.exponent || (a.exponent == b.exponent && a.mantissa < b.mantissa)) {
        large = b;
        small = a;
    }
    // The last bit is set where a bit was lost.
    let by = u32(min(large.exponent - small.exponent, 31));
    let moved = (small.mantissa >> by) | select(0u, 1u, (small.mantissa & ((1u << by) - 1u)) != 0u);
    let same = large.negative == small.negative;
    return rounded(large.negative, large.exponent, select(large.mantissa - moved, large.mantissa + moved, same));
}

// The difference of two levels, in parts of the chroma.
fn share(difference: i32, part: Real) -> Real {
    return rounded(difference < 0, part.exponent + 6, u32(abs(difference)) * (part.mantissa >> 6u));
}

// To 24 bits.
fn single(number: u32) -> u32 {
    let zeros = countLeadingZeros(number);
    if (zeros >= 8u) { return number; }
    return nearest(number, 8u - zeros) << (8u - zeros);
}

fn channel(first: u32, turned: Real, value: u32, chroma: u32) -> i32 {
    let place = sum(whole(first), turned);
    var k = i32(place.mantissa >> u32(min(5 - place.exponent, 31)));
    if (k >= 12 * ONE) { k -= 12 * ONE; }
    if (k >= 6 * ONE) { k -= 6 * ONE; }
    let near = u32(clamp(min(k, 4 * ONE - k), 0, ONE));
    return i32(nearest(single((value << 24u) - single(chroma * near)), 24u));
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if (!inside(at)) { return; }
    let place = at.y * words[0] + at.x;
    let color = levels(source[place]);
    let value = max(max(color.r, color.g), color.b);
    let chroma = u32(value - min(min(color.r, color.g), color.b));
    let part = real(words[3u + chroma]);
    var own: Real;
    if (value == color.r) {
        own = share(color.g - color.b, part);
    } else if (value == color.g) {
        own = sum(whole(2u), share(color.b - color.r, part));
    } else {
        own = sum(whole(4u), share(color.r - color.g, part));
    }
    let turned = sum(own, real(words[2]));
    let red = channel(5u, turned, u32(value), chroma);
    let green = channel(3u, turned, u32(value), chroma);
    let blue = channel(1u, turned, u32(value), chroma);
    result[place] = pixel(vec4<i32>(red, green, blue, color.a));
}
