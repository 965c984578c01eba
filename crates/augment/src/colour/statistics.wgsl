// The twin of `histograms` in statistics.rs: adds how often each level occurs to what is behind the tables.
//
// Words: columns and rows of the source.

@group(0) @binding(2) var<storage, read_write> all: array<atomic<u32>>;

var<workgroup> own: array<atomic<u32>, 768>;

// Sixteen pixels an invocation: a tile of 64 x 64, counted apart.
@compute @workgroup_size(16, 16)
fn main(
    @builtin(workgroup_id) tile: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) number: u32,
) {
    for (var i = 0u; i < 16u; i++) {
        let at = 64u * tile + local + 16u * vec3<u32>(i & 3u, i >> 2u, 0u);
        if (inside(at)) {
            let color = vec3<u32>(levels(source[at.y * words[0] + at.x]).rgb);
            atomicAdd(&own[color.r], 1u);
            atomicAdd(&own[256u + color.g], 1u);
            atomicAdd(&own[512u + color.b], 1u);
        }
    }
    workgroupBarrier();
    for (var i = number; i < 768u; i += 256u) {
        let count = atomicLoad(&own[i]);
        if (count > 0u) { atomicAdd(&all[770u + i], count); }
    }
}
