import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem, type as system } from 'node:os';
import { passThrough } from './variants.mjs';
import { concurrency, largeBytes, replyBytes, slowBytes, slowChunks, slowInterval, slowStreams } from './sizes.mjs';
import { alignColumns } from './align-columns.mjs';
import { median, percentile, spread } from './statistics.mjs';

/**
 * What was measured, by variant: one entry a round.
 *
 * @template T
 * @typedef {ReadonlyMap<string, readonly T[]>} Rounds
 */

/**
 * @typedef {object} Findings
 * @property {Rounds<Awaited<ReturnType<typeof import('./measure.mjs').measureRequests>>>} requests
 * @property {Rounds<Awaited<ReturnType<typeof import('./measure.mjs').measureLarge>>>} large
 * @property {Rounds<Awaited<ReturnType<typeof import('./measure.mjs').measureStreams>>>} streams
 * @property {Rounds<Awaited<ReturnType<typeof import('./measure.mjs').measureMessages>>>} messages
 */

const require = createRequire(import.meta.url);
const versionOf = (/** @type {string} */ path) => JSON.parse(readFileSync(require.resolve(path), 'utf8')).version;
const megabyte = 2 ** 20;

/**
 * The tables, as Markdown.
 *
 * @param {Findings} findings
 * @param {{ rounds: number, seconds: number, load: number, counts: { alone: number, together: number, messages: number } }} facts
 * `load` is that of the machine before the run
 */
export function reportOf({ requests, large, streams, messages }, { rounds, seconds, load, counts }) {
  const lines = [
    '# The gateway against a plain pass-through Worker',
    '',
    'Everything runs on one machine: the Worker in workerd itself, without a development server before it; a speech service of',
    'Node, which answers at once; and the one who asks, in a process of its own. No network is in these figures, and the three',
    'share the cores: requests per second are those of this arrangement, and how fast a core is varies from round to round. So go',
    'by the ratios. The pass-through Worker is `return fetch(url, request)`; ratios and what is added are against it.',
    '',
    '"All guards": token, grants and policy, with single use, a character budget and concurrency counted in the Durable Object',
    '(`durableLimits`), which runs in the same process here and keeps its database in memory; its CPU is in the figures. Each',
    'request calls it twice: "pass-through, counted by two calls" is a Worker without any guard that does so, each call one row',
    'written. Objects of 1,000 subjects are not in use between their turns, and workerd closes those: each is opened anew.',
    '',
    'All variants take turns. Each cell: median (least to most) of the rounds; ratios are those of the medians; times: of all',
    'requests.',
    '',
    `${new Date().toISOString().slice(0, 10)}, saylight ${versionOf('../../package.json')}, workerd ${versionOf('workerd/package.json')}, ` +
      `Node ${process.versions.node}, ${system()}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ` +
      `${Math.round(totalmem() / 2 ** 30)} GB, load ${load.toFixed(1)} before the run; ${rounds} rounds after one to warm up, ${seconds.toFixed(0)} s.`,
    'Made by `npm run bench:gateway`.',
    '',
    '## Requests',
    '',
    `A text of 207 characters; a reply of ${replyBytes / 1024} KB. First byte: ${counts.alone} requests a round, one after the other. Rate and CPU: ` +
      `${counts.together.toLocaleString('en')} a round, ${concurrency} at a time. Core: how much of one the Worker had in use.`,
    '',
    ...requestTable(requests),
    '',
    `## ${largeBytes / megabyte} MB in one reply`,
    '',
    'Growth: by how much the resident memory of a fresh Worker grows at most, from before the request on.',
    '',
    ...largeTable(large),
    '',
    `## ${slowStreams} slow streams`,
    '',
    `At the same time, each of ${slowChunks} chunks of ${slowBytes / 1024} KB, ${slowInterval} ms apart. Growth as above.`,
    '',
    ...streamTable(streams),
    '',
    '## WebSockets',
    '',
    `A message of 50 bytes, answered by a frame with 1 KB of audio, after which the next one is sent. Round trip: ${counts.alone} messages a round ` +
      `over one socket. Rate and CPU: ${counts.messages.toLocaleString('en')} over ${concurrency} sockets.`,
    '',
    ...messageTable(messages),
  ];
  return `${lines.join('\n')}\n`;
}

/** @param {Findings['requests']} found */
function requestTable(found) {
  const of = (/** @type {string} */ name) => found.get(name) ?? [];
  const firstBytes = (/** @type {string} */ name) => of(name).flatMap((round) => round.firstBytes);
  const usual = firstBytes(passThrough.name);
  const rows = [...found.keys()].map((name) => {
    const times = firstBytes(name);
    const added = (/** @type {number} */ share) => signed(percentile(times, share) - percentile(usual, share));
    return [
      name,
      median(times).toFixed(2),
      percentile(times, 0.99).toFixed(2),
      added(0.5),
      added(0.99),
      spread(of(name).map(({ rate }) => rate)),
      ratio(found, name, ({ rate }) => rate),
      spread(of(name).map(({ cpu = NaN }) => cpu)),
      ratio(found, name, ({ cpu }) => cpu),
      spread(
        of(name).map(({ load = NaN }) => load),
        2,
      ),
    ];
  });
  const heads = [
    '',
    'first byte, ms',
    'p99',
    'added',
    'added p99',
    'requests/s',
    'ratio',
    'CPU, µs/request',
    'ratio',
    'core',
  ];
  return alignColumns([heads, ...rows]);
}

/** @param {Findings['large']} found */
function largeTable(found) {
  const rows = [...found].map(([name, rounds]) => [
    name,
    spread(
      rounds.map(({ growth }) => growth / megabyte),
      1,
    ),
    spread(rounds.map(({ seconds }) => largeBytes / megabyte / seconds)),
  ]);
  return alignColumns([['', 'growth, MB', 'MB/s'], ...rows]);
}

/** @param {Findings['streams']} found */
function streamTable(found) {
  const rows = [...found].map(([name, rounds]) => {
    const first = rounds.flatMap(({ firstBytes }) => firstBytes);
    const gaps = rounds.flatMap((round) => round.gaps);
    return [
      name,
      String(Math.min(...rounds.map(({ complete }) => complete))),
      `${median(first).toFixed(0)} / ${percentile(first, 0.99).toFixed(0)}`,
      `${median(gaps).toFixed(0)} / ${percentile(gaps, 0.99).toFixed(0)}`,
      spread(
        rounds.map(({ growth }) => growth / megabyte),
        1,
      ),
      spread(
        rounds.map(({ cpu = NaN }) => cpu),
        2,
      ),
    ];
  });
  const heads = ['', 'complete', 'first byte, ms, median / p99', 'gap, ms, median / p99', 'growth, MB', 'CPU, s'];
  return alignColumns([heads, ...rows]);
}

/** @param {Findings['messages']} found */
function messageTable(found) {
  const rows = [...found].map(([name, rounds]) => {
    const times = rounds.flatMap((round) => round.times);
    return [
      name,
      `${median(times).toFixed(2)} / ${percentile(times, 0.99).toFixed(2)}`,
      spread(rounds.map(({ rate }) => rate)),
      ratio(found, name, ({ rate }) => rate),
      spread(rounds.map(({ cpu = NaN }) => cpu)),
      ratio(found, name, ({ cpu }) => cpu),
    ];
  });
  const heads = ['', 'round trip, ms, median / p99', 'messages/s', 'ratio', 'CPU, µs/message', 'ratio'];
  return alignColumns([heads, ...rows]);
}

/**
 * The median of a variant's figures, as a multiple of that of the pass-through Worker.
 *
 * @template T
 * @param {Rounds<T>} found
 * @param {string} name
 * @param {(round: T) => number | undefined} figure
 */
function ratio(found, name, figure) {
  const middle = (/** @type {string} */ each) => median((found.get(each) ?? []).map((round) => figure(round) ?? NaN));
  const times = middle(name) / middle(passThrough.name);
  return Number.isNaN(times) ? '–' : times.toFixed(2);
}

/** @param {number} milliseconds */
function signed(milliseconds) {
  return `${milliseconds < 0 ? '-' : '+'}${Math.abs(milliseconds).toFixed(2)}`;
}
