/**
 * The value that `share` of the numbers are not above.
 *
 * @param {readonly number[]} numbers
 * @param {number} share - 0 to 1
 */
export function percentile(numbers, share) {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  return percentile(numbers, 0.5);
}

/**
 * Median, least and most; a dash where there is nothing to tell.
 *
 * @param {readonly number[]} numbers
 * @param {number} [digits] - behind the point
 */
export function spread(numbers, digits = 0) {
  if (numbers.length === 0 || numbers.some(Number.isNaN)) return '–';
  const said = (/** @type {number} */ number) =>
    number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${said(median(numbers))} (${said(Math.min(...numbers))} to ${said(Math.max(...numbers))})`;
}
