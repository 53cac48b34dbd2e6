/** The price with tax in whole cents, halves rounded up. Throws a RangeError for what is no price or no rate. */
export function gross(netCents, ratePercent) {
  if (!Number.isSafeInteger(netCents) || netCents < 0) {
    throw new RangeError(`A price is a whole number of cents, not ${netCents}.`);
  }
  if (!Number.isSafeInteger(ratePercent) || ratePercent < 0 || ratePercent > 100) {
    throw new RangeError(`A rate is a whole number from 0 to 100, not ${ratePercent}.`);
  }
  return netCents + Math.floor((netCents * ratePercent + 50) / 100);
}
