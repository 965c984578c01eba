// The twin of tone.rs and of `mean_luma`: from how often each level occurs to the tables of a tone that depends on it.
//
// Words: columns and rows of the image; the tone (0 contrast, 1 equalize, 2 autocontrast); for the last two their share in
// 256ths and the table of what follows; for contrast, from which weighted sum of levels each mean luminance is reached, 64 bits,
// the low word first, and the table for each mean, four levels a word, what follows in it.
//
// The result begins as the words of table.wgsl do; the counts behind them are set back to 0 for the next time.

const COUNTS: u32 = 770u;

fn mean_luma() -> u32 {
    var weights = array<u32, 3>(299u, 587u, 114u);
    var weighted = vec2<u32>(0u);
    for (var i = 0u; i < 768u; i++) {
        let more = product(weights[i / 256u] * (i % 256u), result[COUNTS + i]);
        weighted.y += more.y;
        weighted.x += more.x + select(0u, 1u, weighted.y < more.y);
    }
    var mean = 0u;
    for (; mean < 255u; mean++) {
        let least = vec2<u32>(words[4u + 2u * mean], words[3u + 2u * mean]);
        if (weighted.x < least.x || (weighted.x == least.x && weighted.y < least.y)) { break; }
    }
    return mean;
}

fn mixed(level: u32, found: u32) -> u32 {
    let share = words[3];
    return words[4u + ((level * (256u - share) + found * share + 128u) >> 8u)];
}

fn contrast(channel: u32) {
    let mean = mean_luma();
    for (var level = 0u; level < 256u; level++) {
        result[2u + channel * 256u + level] = (words[513u + mean * 64u + level / 4u] >> (8u * (level & 3u))) & 255u;
    }
}

fn equalize(channel: u32) {
    let counts = COUNTS + channel * 256u;
    var pixels = 0u;
    var last = 0u;
    for (var level = 0u; level < 256u; level++) {
        let count = result[counts + level];
        pixels += count;
        if (count > 0u) { last = count; }
    }
    // With one level there is nothing to step over.
    let step = (pixels - last) / 255u;
    var below = step / 2u;
    for (var level = 0u; level < 256u; level++) {
        let found = select(level, min(below / max(step, 1u), 255u), step > 0u);
        below += result[counts + level];
        result[2u + channel * 256u + level] = mixed(level, found);
    }
}

fn autocontrast(channel: u32) {
    let counts = COUNTS + channel * 256u;
    var dark = 255u;
    var bright = 0u;
    for (var level = 0u; level < 256u; level++) {
        if (result[counts + level] > 0u) {
            dark = min(dark, level);
            bright = max(bright, level);
        }
    }
    for (var level = 0u; level < 256u; level++) {
        var found = level;
        if (dark < bright) {
            let above = clamp(level, dark, bright) - dark;
            found = (above * 255u + (bright - dark) / 2u) / (bright - dark);
        }
        result[2u + channel * 256u + level] = mixed(level, found);
    }
}

@compute @workgroup_size(3)
fn main(@builtin(local_invocation_index) channel: u32) {
    switch words[2] {
        case 0u: { contrast(channel); }
        case 1u: { equalize(channel); }
        default: { autocontrast(channel); }
    }
    // The mean is of all channels: none is set back before every one was read.
    storageBarrier();
    workgroupBarrier();
    if (channel < 2u) { result[channel] = words[channel]; }
    for (var level = 0u; level < 256u; level++) { result[COUNTS + channel * 256u + level] = 0u; }
}
