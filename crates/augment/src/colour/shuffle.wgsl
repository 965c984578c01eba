// The twin of `shuffle` in luma.rs. Words: which channel red, green and blue are taken from.

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if (!inside(at)) { return; }
    let place = at.y * words[0] + at.x;
    let own = source[place];
    let color = levels(own);
    result[place] = opaque_as(own, pixel(vec4<i32>(color[words[2]], color[words[3]], color[words[4]], 0)));
}
