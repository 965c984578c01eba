// The twin of separable.rs (columns and rows are two passes) and motion.rs.
//
// Words: number of taps; for each how far to the right and down it is, and its weight in 256ths.

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if (!inside(at)) { return; }
    let size = vec2<i32>(i32(words[0]), i32(words[1]));
    var sums = vec4<i32>(128);
    for (var tap = 0u; tap < words[2]; tap++) {
        let column = mirrored(i32(at.x) + bitcast<i32>(words[3u + 3u * tap]), size.x);
        let row = mirrored(i32(at.y) + bitcast<i32>(words[4u + 3u * tap]), size.y);
        sums += levels(source[u32(row * size.x + column)]) * i32(words[5u + 3u * tap]);
    }
    let place = at.y * words[0] + at.x;
    result[place] = opaque_as(source[place], pixel(sums >> vec4<u32>(8u)));
}
