// The twin of `Tables::apply` in table.rs. Words: the tables of red, green and blue, a word a level.

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if (!inside(at)) { return; }
    let place = at.y * words[0] + at.x;
    let own = source[place];
    let red = words[2u + (own & 255u)];
    let green = words[258u + ((own >> 8u) & 255u)];
    let blue = words[514u + ((own >> 16u) & 255u)];
    result[place] = opaque_as(own, red | (green << 8u) | (blue << 16u));
}
