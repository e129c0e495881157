/**
 * A table in Markdown.
 *
 * @param {readonly (readonly string[])[]} rows - the heads first
 */
export function alignColumns(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0), 3));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [heads = [], ...body] = rows;
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}
