import { readFileSync } from 'node:fs';
import { cpus, totalmem, type as system } from 'node:os';

/**
 * @typedef {object} Run - times in seconds from the first token
 * @property {number} round - 0 is the one that warms up, and listens to the end
 * @property {string} voiceId
 * @property {string} reply
 * @property {string} way
 * @property {number} firstSound
 * @property {number} start
 * @property {number} end
 * @property {number | undefined} lastSound
 * @property {number} audio
 * @property {number} underruns
 * @property {number} gaps
 * @property {number} waited
 */

/** The way that the others are compared with. */
const usual = 'a request per sentence';

/**
 * The table, as Markdown.
 *
 * @param {readonly Run[]} runs
 * @param {{ voices: readonly string[], ways: readonly string[], texts: Record<string, string>, rounds: number, chromium: string }} facts
 */
export function reportOf(runs, { voices, ways, texts, rounds, chromium }) {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const foretold = runs.flatMap(({ end, lastSound }) => (lastSound === undefined ? [] : [(end - lastSound) * 1000]));
  const silence = runs.filter(({ round }) => round > 0).map(({ firstSound, start }) => (firstSound - start) * 1000);
  const lines = [
    '# From the first token to the first sound',
    '',
    "A model's reply of five sentences comes at 30 tokens a second and is spoken while it comes, by the player in Chromium, from",
    'the local speech server on the same machine: there is no network in these figures. First sound: from the moment at which the',
    'first token is there to the moment at which the first audible sample (above -54 dB) is heard, by the output clock. End: the',
    'same for the last sample. Gaps: underruns, and sentences that begin late; the seconds are those in which there was nothing to',
    'play. Each cell: median (least to most). Ratios are those of the medians.',
    '',
    `${new Date().toISOString().slice(0, 10)}, saylight ${version}, Chromium ${chromium}, Node ${process.versions.node}, ` +
      `${system()}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB; ` +
      `${rounds} rounds of all ways by turns, after one to warm up.`,
    `Made by \`npm run bench:live-text\`. Speech begins with ${span(silence)} ms of silence, which are in the first sound. Heard to ` +
      `its end, it was silent for the last ${span(foretold)} ms, which are in the end.`,
  ];
  for (const voiceId of voices) {
    for (const [reply, text] of Object.entries(texts)) {
      const lengths = text.match(/[^.]+\./g)?.map((sentence) => sentence.trim().length) ?? [];
      const measured = runs.filter((run) => run.round > 0 && run.voiceId === voiceId && run.reply === reply);
      lines.push('', `## ${voiceId}, ${reply}`, '', `Sentences of ${lengths.join(', ')} characters.`, '');
      lines.push(...tableOf(measured, ways));
    }
  }
  return `${lines.join('\n')}\n`;
}

/**
 * @param {readonly Run[]} runs
 * @param {readonly string[]} ways
 */
function tableOf(runs, ways) {
  const of = (/** @type {string} */ way) => runs.filter((run) => run.way === way);
  const middle = (/** @type {string} */ way, /** @type {'firstSound' | 'end'} */ key) =>
    median(of(way).map((run) => run[key]));
  const rows = ways.map((way) => {
    const own = of(way);
    const ratio = (/** @type {'firstSound' | 'end'} */ key) => (middle(way, key) / middle(usual, key)).toFixed(2);
    const sum = (/** @type {'underruns' | 'gaps'} */ key) => median(own.map((run) => run[key]));
    return [
      way,
      spread(own.map(({ firstSound }) => firstSound * 1000)),
      ratio('firstSound'),
      spread(own.map(({ end }) => end * 1000)),
      ratio('end'),
      median(own.map(({ audio }) => audio)).toFixed(2),
      String(sum('underruns')),
      `${sum('gaps')} (${median(own.map(({ waited }) => Math.max(0, waited))).toFixed(2)} s)`,
    ];
  });
  const heads = ['way', 'first sound, ms', 'ratio', 'end, ms', 'ratio', 'audio, s', 'underruns', 'gaps'];
  return alignColumns([heads, ...rows]);
}

/** @param {readonly string[][]} rows - the heads first */
function alignColumns(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [heads = [], ...body] = rows;
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}

/** @param {readonly number[]} numbers */
function spread(numbers) {
  return `${whole(median(numbers))} (${whole(Math.min(...numbers))} to ${whole(Math.max(...numbers))})`;
}

/** @param {readonly number[]} numbers */
function span(numbers) {
  return `${whole(Math.min(...numbers))} to ${whole(Math.max(...numbers))}`;
}

/** @param {number} number */
function whole(number) {
  return Math.round(number).toLocaleString('en');
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? NaN) + (sorted[Math.ceil(half)] ?? NaN)) / 2;
}
