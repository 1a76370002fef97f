/**
 * log(1 - Phi(z)) of the standard normal distribution, finite at any finite z: 1 - Phi itself is 0 in float64 from
 * about 38.5 on, and log(1 - cdf) loses its digits from about 8 on.
 *
 * z < 3: 1 - Phi(z) = 1/2 - phi(z) sum_k z^(2k+1) / (1 3 5 ... (2k+1))
 * z >= 3: 1 - Phi(z) = phi(z) / (z + 1/(z + 2/(z + 3/(z + ...))))
 *
 * Source: Marsaglia, Evaluating the Normal Distribution, 2004 (series); Laplace's continued fraction, as Abramowitz and
 * Stegun, 1964, 26.2.14.
 */
export function logSurvival(z: number): number {
  if (z >= 3) return logDensity(z) - Math.log(continuedFraction(z));
  // Far below, the survival is 1 minus the tail of the other side.
  if (z <= -3) return Math.log1p(-Math.exp(logSurvival(-z)));
  return Math.log(0.5 - Math.exp(logDensity(z)) * series(z));
}

/** log of the standard normal density. */
export function logDensity(z: number): number {
  return -0.5 * (z * z + Math.log(2 * Math.PI));
}

function series(z: number): number {
  let [total, term] = [z, z];
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(total); odd += 2) {
    term *= (z * z) / odd;
    total += term;
  }
  return total;
}

function continuedFraction(z: number): number {
  // From the inside out: at z = 3, 80 levels suffice for float64, and fewer further out.
  let value = z;
  for (let level = 80; level >= 1; level--) value = z + level / value;
  return value;
}
