// The twin of erase.rs. Words: left, top, width and height of the rectangle that is painted; from one such rectangle to the next, 0
// where there is but one; the level.

fn painted(at: u32, first: u32, length: u32, spacing: u32) -> bool {
    if (spacing == 0u) { return at >= first && at - first < length; }
    return (at + spacing - first) % spacing < length;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if (!inside(at)) { return; }
    let place = at.y * words[0] + at.x;
    let own = source[place];
    let both = painted(at.x, words[2], words[4], words[6]) && painted(at.y, words[3], words[5], words[6]);
    result[place] = opaque_as(own, select(own, words[7] * 0x010101u, both));
}
