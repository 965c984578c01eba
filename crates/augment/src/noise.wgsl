// The twin of noise.rs and of `words` in random.rs: Philox4x32-10.
//
// Words: 0 for noise, 1 for salt and pepper; the stream; channels of a pixel on the CPU, which numbers its bytes; the scale of noise in
// 2^-14 of a level, or the share of black and of white in 2^-32.

const BITS: u32 = 14u;
const PIXELS: u32 = 0x70697865u;

// The random word for the byte or the pixel of this number: 16 blocks of four words, all first words before all second ones.
fn random(number: u32) -> u32 {
    var counter = vec4<u32>(number / 64u * 16u + number % 16u, 0u, 0u, 0u);
    var key = vec2<u32>(words[3], PIXELS);
    for (var i = 0; i < 10; i++) {
        let one = product(counter.x, 0xd2511f53u);
        let other = product(counter.z, 0xcd9e8d57u);
        counter = vec4<u32>(other.x ^ counter.y ^ key.x, other.y, one.x ^ counter.w ^ key.y, one.y);
        key += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
    }
    return counter[number / 16u % 4u];
}

fn noisy(level: i32, number: u32) -> i32 {
    let word = random(number);
    // Bytes side by side: two sums in the halves, then their sum.
    let halves = (word & 0x00ff00ffu) + ((word >> 8u) & 0x00ff00ffu);
    let centred = i32((halves + (halves >> 16u)) & 0x7ffu) - 510;
    return ((level << BITS) + centred * bitcast<i32>(words[5]) + (1 << (BITS - 1u))) >> BITS;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if (!inside(at)) { return; }
    let place = at.y * words[0] + at.x;
    let own = source[place];
    var found = own;
    if (words[2] == 0u) {
        let color = levels(own);
        let first = place * words[4];
        found = pixel(vec4<i32>(noisy(color.r, first), noisy(color.g, first + 1u), noisy(color.b, first + 2u), 0));
    } else {
        let word = random(place);
        let part = words[5];
        if (word < part) { found = 0u; }
        if (part > 0u && word > 0xffffffffu - part) { found = 0xffffffffu; }
    }
    result[place] = opaque_as(own, found);
}
