// The twin of resize.rs: along rows, or along columns.
//
// Words: columns of the source, whether it goes along rows, the first row of the source that is needed (or that is there),
// pairs of weights a target. For each target its first source pixel and its number of weights; then the pairs, the first of two
// weights in the low half.

const BITS: u32 = 14u;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if (!inside(at)) { return; }
    let stride = words[2];
    let along_rows = words[3] != 0u;
    let target_at = select(at.y, at.x, along_rows);
    let targets = select(words[1], words[0], along_rows);
    let first = words[6u + 2u * target_at];
    let count = words[7u + 2u * target_at];
    let pairs = 6u + 2u * targets + target_at * words[5];
    var start: u32;
    var step = 1u;
    if (along_rows) {
        start = (at.y + words[4]) * stride + first;
    } else {
        start = (first - words[4]) * stride + at.x;
        step = stride;
    }
    let pair = bitcast<i32>(words[pairs]);
    let one = extractBits(pair, 0u, 16u);
    let other = extractBits(pair, 16u, 16u);
    var found: vec4<i32>;
    if (!along_rows && count == 2u && one > 0 && other > 0) {
        // Between two rows the CPU goes from one to the other, to a 64th of a level.
        let above = levels(source[start]);
        let below = levels(source[start + step]);
        let moved = (((below - above) << vec4<u32>(7u)) * (other * 2)) >> vec4<u32>(16u);
        found = above + ((moved + vec4<i32>(32)) >> vec4<u32>(6u));
    } else {
        found = vec4<i32>(1 << (BITS - 1u));
        for (var tap = 0u; tap < count; tap++) {
            let weight = extractBits(bitcast<i32>(words[pairs + tap / 2u]), 16u * (tap & 1u), 16u);
            found += levels(source[start + tap * step]) * weight;
        }
        found = found >> vec4<u32>(BITS);
    }
    result[at.y * words[0] + at.x] = pixel(found);
}
