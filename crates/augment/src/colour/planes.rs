//! Red, green and blue apart, for arithmetic on many pixels at once.

/// Pixels that are taken apart together.
pub(crate) const BLOCK: usize = 64;

/// `[channels, pixels]`.
pub(crate) type Planes = [[u8; BLOCK]; 3];

/// A change of many pixels. A trait rather than a closure, because only a function can be made to be inlined, and only what
/// is inlined is compiled for the processor that was found.
pub(crate) trait Change {
    fn change(&self, planes: &mut Planes);
}

/// Takes pixels of `C` bytes apart, changes them and puts them together again; a fourth byte is not written.
#[inline(always)]
pub(crate) fn by_planes<const C: usize>(source: &[u8], change: &impl Change, out: &mut [u8]) {
    let mut planes = [[0; BLOCK]; 3];
    let (blocks, rest) = source.as_chunks::<C>().0.as_chunks::<BLOCK>();
    let (out_blocks, out_rest) = out.as_chunks_mut::<C>().0.as_chunks_mut::<BLOCK>();
    for (out, source) in out_blocks.iter_mut().zip(blocks) {
        split(source, &mut planes);
        change.change(&mut planes);
        join(&planes, out);
    }
    if !rest.is_empty() {
        let mut block = [[0; C]; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        split(&block, &mut planes);
        change.change(&mut planes);
        join(&planes, &mut block);
        out_rest.copy_from_slice(&block[..rest.len()]);
    }
}

#[inline(always)]
fn split<const C: usize>(source: &[[u8; C]; BLOCK], planes: &mut Planes) {
    let [red, green, blue] = planes;
    for i in 0..BLOCK {
        red[i] = source[i][0];
        green[i] = source[i][1];
        blue[i] = source[i][2];
    }
}

#[inline(always)]
fn join<const C: usize>(planes: &Planes, out: &mut [[u8; C]; BLOCK]) {
    let [red, green, blue] = planes;
    for i in 0..BLOCK {
        out[i][0] = red[i];
        out[i][1] = green[i];
        out[i][2] = blue[i];
    }
}
