// The twin of `saturate` in luma.rs. Word: the factor in 4096ths.

const BITS: u32 = 12u;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if (!inside(at)) { return; }
    let place = at.y * words[0] + at.x;
    let color = levels(source[place]);
    let luma = (77 * color.r + 150 * color.g + 29 * color.b + 128) >> 8u;
    let base = (luma << BITS) + (1 << (BITS - 1u));
    let stretched = (vec4<i32>(base) + (color - vec4<i32>(luma)) * bitcast<i32>(words[2])) >> vec4<u32>(BITS);
    result[place] = opaque_as(source[place], pixel(stretched));
}
