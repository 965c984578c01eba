// The twin of warp.rs, blend.rs, bicubic.rs and copy.rs.
//
// Words: columns and rows of the source; border (0 mirrored, 1 edge, 2 a colour) and that colour; whether 16 pixels are read a
// place; the map. For 16 pixels the weights of four for each 64th. Then for each column and for each row:
// map 0, which turns nothing: its own 64ths;
// map 1 and 2: what it adds to x, to y and, in a perspective, to the divisor of both: numbers of 64 bits, the low word first.
//
// Places are f64 on the CPU. What follows adds and divides them as IEEE 754 does: 53 bits, the nearest, a half to even.

// A mantissa of 53 bits from bit 61 down, over 2^61, times 2^exponent; all 0 is zero.
struct Real {
    negative: bool,
    exponent: i32,
    high: u32,
    low: u32,
}

const TOP: u32 = 0x20000000u;
// An exponent above those of all places: what a division by zero gives.
const INFINITE: i32 = 4096;
// No place is looked for farther out; in 64ths.
const FARTHEST: i32 = 640000000;

fn real(at: u32) -> Real {
    let low = words[at];
    let high = words[at + 1u];
    let exponent = (high >> 20u) & 0x7ffu;
    let negative = (high >> 31u) == 1u;
    // The least numbers that there are count as zero: added to any place they are lost.
    if (exponent == 0u) { return Real(negative, 0, 0u, 0u); }
    let mantissa = (high & 0xfffffu) | 0x100000u;
    return Real(negative, i32(exponent) - 1023, (mantissa << 9u) | (low >> 23u), low << 9u);
}

// The last bit of what is returned is set where a bit was lost.
fn shifted_right(high: u32, low: u32, by: u32) -> vec2<u32> {
    if (by == 0u) { return vec2<u32>(high, low); }
    if (by >= 64u) { return vec2<u32>(0u, select(0u, 1u, (high | low) != 0u)); }
    if (by >= 32u) {
        let rest = by - 32u;
        let lost = low | select(high << (32u - rest), 0u, rest == 0u);
        return vec2<u32>(0u, (high >> rest) | select(0u, 1u, lost != 0u));
    }
    let lost = low << (32u - by);
    return vec2<u32>(high >> by, (low >> by) | (high << (32u - by)) | select(0u, 1u, lost != 0u));
}

fn shifted_left(high: u32, low: u32, by: u32) -> vec2<u32> {
    if (by == 0u) { return vec2<u32>(high, low); }
    if (by >= 32u) { return vec2<u32>(low << (by - 32u), 0u); }
    return vec2<u32>((high << by) | (low >> (32u - by)), low << by);
}

fn rounded(negative: bool, exponent: i32, high: u32, low: u32) -> Real {
    if ((high | low) == 0u) { return Real(false, 0, 0u, 0u); }
    let zeros = i32(select(countLeadingZeros(high), 32u + countLeadingZeros(low), high == 0u));
    var bits: vec2<u32>;
    if (zeros < 2) {
        bits = shifted_right(high, low, u32(2 - zeros));
    } else {
        bits = shifted_left(high, low, u32(zeros - 2));
    }
    var found = Real(negative, exponent + 2 - zeros, bits.x, bits.y & 0xfffffe00u);
    // Nine bits are behind the 53.
    let rest = bits.y & 511u;
    if (rest > 256u || (rest == 256u && (bits.y & 512u) != 0u)) {
        found.low += 512u;
        if (found.low == 0u) { found.high += 1u; }
        if (found.high == 2u * TOP) {
            found.high = TOP;
            found.exponent += 1;
        }
    }
    return found;
}

fn less(a: vec2<u32>, b: vec2<u32>) -> bool {
    return a.x < b.x || (a.x == b.x && a.y < b.y);
}

fn minus(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    return vec2<u32>(a.x - b.x - select(0u, 1u, a.y < b.y), a.y - b.y);
}

fn sum(a: Real, b: Real) -> Real {
    if (a.high == 0u && b.high == 0u) { return Real(a.negative && b.negative, 0, 0u, 0u); }
    if (a.high == 0u) { return b; }
    if (b.high == 0u) { return a; }
    var large = a;
    var small = b;
    if (a.exponent < b.exponent || (a.exponent == b.exponent && less(vec2<u32>(a.high, a.low), vec2<u32>(b.high, b.low)))) {
        large = b;
        small = a;
    }
    let moved = shifted_right(small.high, small.low, u32(large.exponent - small.exponent));
    if (large.negative == small.negative) {
        let low = large.low + moved.y;
        return rounded(large.negative, large.exponent, large.high + moved.x + select(0u, 1u, low < moved.y), low);
    }
    let difference = minus(vec2<u32>(large.high, large.low), moved);
    return rounded(large.negative, large.exponent, difference.x, difference.y);
}

fn quotient(a: Real, b: Real) -> Real {
    let negative = a.negative != b.negative;
    // What is no number is looked for at the far left and the far top, as on the CPU.
    if (b.high == 0u) { return Real(negative || a.high == 0u, INFINITE, TOP, 0u); }
    if (a.high == 0u) { return Real(negative, 0, 0u, 0u); }
    var exponent = a.exponent - b.exponent;
    var rest = shifted_right(a.high, a.low, 9u);
    let divisor = shifted_right(b.high, b.low, 9u);
    if (less(rest, divisor)) {
        rest = shifted_left(rest.x, rest.y, 1u);
        exponent -= 1;
    }
    // 53 bits, one to round by and one more; what is left over tells a half from more than a half.
    var found = vec2<u32>(0u);
    for (var i = 0; i < 55; i++) {
        found = shifted_left(found.x, found.y, 1u);
        if (!less(rest, divisor)) {
            rest = minus(rest, divisor);
            found.y |= 1u;
        }
        rest = shifted_left(rest.x, rest.y, 1u);
    }
    found = shifted_left(found.x, found.y, 7u);
    return rounded(negative, exponent, found.x, found.y | select(0u, 1u, (rest.x | rest.y) != 0u));
}

// 64ths of a pixel from the middle of the first pixel.
fn place(at: Real) -> i32 {
    let value = sum(at, Real(true, -1, TOP, 0u));
    if (value.exponent >= 24) { return select(FARTHEST, -FARTHEST, value.negative); }
    // Below a 256th.
    if (value.exponent < -8) { return 0; }
    let by = u32(23 - value.exponent);
    var whole = value.high >> by;
    let rest = vec2<u32>(value.high & ((1u << by) - 1u), value.low);
    var half = vec2<u32>(0u, 0x80000000u);
    if (by > 0u) { half = vec2<u32>(1u << (by - 1u), 0u); }
    if (less(half, rest) || (all(half == rest) && (whole & 1u) == 1u)) { whole += 1u; }
    let found = min(i32(whole), FARTHEST);
    return select(found, -found, value.negative);
}

fn locate(at: vec2<u32>, table: u32) -> vec2<i32> {
    let map = words[7];
    if (map == 0u) { return bitcast<vec2<i32>>(vec2<u32>(words[table + at.x], words[table + words[0] + at.y])); }
    let perspective = map == 2u;
    let each = select(4u, 6u, perspective);
    let column = table + at.x * each;
    let row = table + (words[0] + at.y) * each;
    var x = sum(real(column), real(row));
    var y = sum(real(column + 2u), real(row + 2u));
    if (perspective) {
        let divisor = sum(real(column + 4u), real(row + 4u));
        x = quotient(x, divisor);
        y = quotient(y, divisor);
    }
    return vec2<i32>(place(x), place(y));
}

// The pixel that stands for the one at `at` of `length`; -1 where that is a colour.
fn within(at: i32, length: i32) -> i32 {
    if (at >= 0 && at < length) { return at; }
    switch words[4] {
        case 0u: { return mirrored(at, length); }
        case 1u: { return clamp(at, 0, length - 1); }
        default: { return -1; }
    }
}

fn pixel_at(column: i32, row: i32) -> vec4<i32> {
    if (column < 0 || row < 0) { return levels(words[5]); }
    return levels(source[u32(row) * words[2] + u32(column)]);
}

fn bilinear(corner: vec2<i32>, part: vec2<i32>) -> vec4<i32> {
    let size = vec2<i32>(i32(words[2]), i32(words[3]));
    let left = within(corner.x, size.x);
    let right = within(corner.x + 1, size.x);
    let top = within(corner.y, size.y);
    let bottom = within(corner.y + 1, size.y);
    let upper = pixel_at(left, top) * (64 - part.x) + pixel_at(right, top) * part.x;
    let lower = pixel_at(left, bottom) * (64 - part.x) + pixel_at(right, bottom) * part.x;
    return (upper * (64 - part.y) + lower * part.y + vec4<i32>(2048)) >> vec4<u32>(12u);
}

fn bicubic(corner: vec2<i32>, part: vec2<i32>) -> vec4<i32> {
    var sums = vec4<i32>(1 << 19u);
    for (var k = 0; k < 4; k++) {
        let row = within(corner.y - 1 + k, i32(words[3]));
        let down = bitcast<i32>(words[u32(8 + 4 * part.y + k)]);
        for (var i = 0; i < 4; i++) {
            let column = within(corner.x - 1 + i, i32(words[2]));
            sums += pixel_at(column, row) * (bitcast<i32>(words[u32(8 + 4 * part.x + i)]) * down);
        }
    }
    return sums >> vec4<u32>(20u);
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if (!inside(at)) { return; }
    let sixteen = words[6] != 0u;
    let place = locate(at.xy, select(8u, 8u + 256u, sixteen));
    let corner = place >> vec2<u32>(6u);
    let part = place & vec2<i32>(63);
    var found: vec4<i32>;
    if (sixteen) {
        found = bicubic(corner, part);
    } else {
        found = bilinear(corner, part);
    }
    result[at.y * words[0] + at.x] = pixel(found);
}
