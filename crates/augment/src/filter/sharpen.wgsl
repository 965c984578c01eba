// The twin of sharpen.rs. Word: the factor in 4096ths.

const BITS: u32 = 12u;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if (!inside(at)) { return; }
    let size = vec2<i32>(i32(words[0]), i32(words[1]));
    let place = at.y * words[0] + at.x;
    let own = levels(source[place]);
    var sum = 4 * own;
    for (var i = 0; i < 9; i++) {
        let column = mirrored(i32(at.x) + i % 3 - 1, size.x);
        let row = mirrored(i32(at.y) + i / 3 - 1, size.y);
        sum += levels(source[u32(row * size.x + column)]);
    }
    let smooth_levels = (sum + vec4<i32>(6)) / vec4<i32>(13);
    let base = (smooth_levels << vec4<u32>(BITS)) + vec4<i32>(1 << (BITS - 1u));
    let found = (base + (own - smooth_levels) * bitcast<i32>(words[2])) >> vec4<u32>(BITS);
    result[place] = opaque_as(source[place], pixel(found));
}
