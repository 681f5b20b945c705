/** ln Γ(x) for x > 0, to about 14 digits: Stirling's series (NIST DLMF 5.11.1) after shifting x above 10 (5.5.1). */
export function logGamma(x: number): number {
  let [shift, at] = [0, x];
  for (; at < 10; at++) shift += Math.log(at);
  const inverse = 1 / (at * at);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** ψ(x) = d ln Γ(x) / dx for x > 0 (NIST DLMF 5.11.2 and 5.5.2). */
export function digamma(x: number): number {
  let [shift, at] = [0, x];
  for (; at < 10; at++) shift += 1 / at;
  const inverse = 1 / (at * at);
  return (
    Math.log(at) - 0.5 / at - inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132)))) - shift
  );
}
