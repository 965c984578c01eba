// Parses the weights of a bundle: `{ name: { shape, data: Float32Array } }`.

export function parse(buffer) {
  const view = new DataView(buffer);
  const headerBytes = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, headerBytes)));
  delete header.__metadata__;
  const tensor = ({ dtype, shape, data_offsets: [from, to] }) => {
    const at = 8 + headerBytes + from;
    if (dtype === "F32") return { shape, data: new Float32Array(buffer.slice(at, at + to - from)) };
    if (dtype === "F16") return { shape, data: Float32Array.from({ length: (to - from) / 2 }, (_, i) => half(view.getUint16(at + 2 * i, true))) };
    throw new Error(`weights of type ${dtype}: the benchmark reads F16 and F32; export with --precision f16`);
  };
  return Object.fromEntries(Object.entries(header).map(([name, entry]) => [name, tensor(entry)]));
}

function half(bits) {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -magnitude : magnitude;
}
