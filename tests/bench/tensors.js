/** Restores typed arrays in tensors read from JSON. */
export function tensors(json) {
  const tensor = ({ shape, data, integers }) => ({ shape, data: integers ? Int32Array.from(data) : Float32Array.from(data) });
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, tensor(value)]));
}
