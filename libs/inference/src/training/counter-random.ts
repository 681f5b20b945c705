const { imul } = Math;

/** A random number in [0, 1) that depends on its arguments only: two rounds of a 32-bit mixer without bias (Wellons' lowbias32). Not for secrets. */
export function uniformAt(seed: number, index: number): number {
  return mix((mix(seed | 0) + imul(index, 0x9e3779b9)) | 0) / 4_294_967_296;
}

/** From the standard normal distribution, depending on its arguments only (Box and Muller 1958). */
export function normalAt(seed: number, index: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformAt(seed, 2 * index)));
  return radius * Math.cos(2 * Math.PI * uniformAt(seed, 2 * index + 1));
}

/** Another seed for the part of a run that `label` numbers. */
export function deriveSeed(seed: number, label: number): number {
  return mix((mix(seed | 0) ^ imul(label + 1, 0x85ebca6b)) | 0) | 0;
}

function mix(value: number): number {
  let x = value | 0;
  x = imul(x ^ (x >>> 16), 0x7feb352d);
  x = imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
