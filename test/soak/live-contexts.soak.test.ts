import { getEventListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createSpeechClient, type MultiSpeechSession } from '../../src/core/index.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { flakyWebSockets, type FlakySockets } from './flaky-web-socket.ts';
import {
  activeResources,
  bytesInUse,
  extraResources,
  openAtServer,
  watchComplaints,
  type Complaints,
} from './process-watch.ts';
import { randomUtterances, type Utterance } from './random-utterances.ts';
import { speakUtterance, type Report, type Stage } from './speak-utterance.ts';

const baseUrl = inject('speechServerUrl');
const voiceId = 'kal16UsEnglishMale01';
const outputFormat = 'pcm_16000';
const bytesPerSecond = 32_000;

const seed = Number(process.env['SOAK_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const random = seededRandom(seed);
const rounds = 4;
const utterancesPerRound = 50;
/** One more than a connection takes, so that there is always one that waits its turn. */
const speakers = 6;
const drops = 24;

const reports: Report[] = [];
/** The bytes in use after each round. */
const bytes: number[] = [];
/** How many contexts of each round were in memory after it, with the session still open. */
const contextsHeld: number[] = [];
const signals = new Set<AbortSignal>();
const pageLife = new AbortController();
let textsBeingWritten = 0;
let resourcesBefore: ReadonlyMap<string, number>;
let complaints: Complaints;
let sockets: FlakySockets;
let session: MultiSpeechSession;

beforeAll(async () => {
  const begunAt = performance.now();
  complaints = watchComplaints();
  resourcesBefore = activeResources();
  sockets = flakyWebSockets(seededRandom(seed + 1), drops);
  const client = createSpeechClient({ baseUrl, apiKey: 'soak', WebSocket: sockets.WebSocket });
  const options = { outputFormat, autoMode: seed % 2 === 1, syncAlignment: true, signal: pageLife.signal } as const;
  session = client.textToSpeech.connectMulti(voiceId, options);
  for (let round = 0; round < rounds; round += 1) {
    const contexts: WeakRef<object>[] = [];
    reports.push(...(await speakAll(contexts)));
    bytes.push(await bytesInUse());
    contextsHeld.push(contexts.filter((context) => context.deref() !== undefined).length);
  }
  await session.close();
  summarize((performance.now() - begunAt) / 1000, options.autoMode);
}, 90_000);

afterAll(() => complaints.stop());

async function speakAll(contexts: WeakRef<object>[]): Promise<Report[]> {
  const waiting = randomUtterances(random, utterancesPerRound).values();
  const spoken: Report[] = [];
  const stage: Stage = {
    session,
    signal: pageLife.signal,
    bytesPerSecond,
    onContext: (context, signal) => {
      contexts.push(new WeakRef(context));
      signals.add(signal);
    },
    onWriting: (change) => (textsBeingWritten += change),
  };
  const speak = async (waitingHere: Iterable<Utterance>): Promise<void> => {
    for (const utterance of waitingHere) spoken.push(await speakUtterance(stage, utterance));
  };
  await Promise.all(Array.from({ length: speakers }, () => speak(waiting)));
  return spoken;
}

function kept(): Report[] {
  return reports.filter(({ wasCancelled }) => !wasCancelled);
}

function summarize(seconds: number, autoMode: boolean): void {
  const ends = [...sockets.ends].map(([code, count]) => `${count} × ${code}`).join(', ');
  const megabytes = bytes.map((count) => (count / 2 ** 20).toFixed(1)).join(', ');
  const audio = kept().reduce((sum, report) => sum + report.seconds, 0);
  console.log(
    `SOAK_SEED=${seed}${autoMode ? ' (auto mode)' : ''}: ${reports.length} utterances in ${seconds.toFixed(1)} s, ` +
      `${kept().length} kept (${audio.toFixed(0)} s of audio), ${sockets.opened} connections (closed ${ends}), ` +
      `${megabytes} MB after each ${utterancesPerRound}`,
  );
}

/** The seconds that each text lasts over HTTP. */
async function lengthsOverHttp(texts: readonly string[]): Promise<number[]> {
  const client = createSpeechClient({ baseUrl, apiKey: 'soak' });
  const lengths: number[] = [];
  for (const text of texts) {
    const { audio } = await client.textToSpeech.convert(voiceId, { text }, { outputFormat });
    let count = 0;
    for await (const piece of audio) count += piece.length;
    lengths.push(count / bytesPerSecond);
  }
  return lengths;
}

describe(`${rounds * utterancesPerRound} utterances over a line that breaks (SOAK_SEED=${seed})`, () => {
  it('broke the line, and cancelled about a quarter', () => {
    expect(reports).toHaveLength(rounds * utterancesPerRound);
    expect(kept().length).toBeGreaterThan(120);
    expect(kept().length).toBeLessThan(185);
    expect(sockets.opened).toBeGreaterThanOrEqual(8);
    expect(sockets.ends.get(1011)).toBe(1);
    expect(sockets.ends.get(1006)).toBe(sockets.opened - 2);
  });

  it('speak every word of each that was kept once, in order, with its time', () => {
    expect(reports.filter(({ faults }) => faults.length > 0)).toEqual([]);
  });

  it('are silent at the server once the session is closed', async () => {
    const nothing = { open_sockets: 0, open_contexts: 0, open_speeches: 0 };
    await expect.poll(() => openAtServer(baseUrl), { timeout: 5000 }).toEqual(nothing);
  });

  it('leave no listener, no timer, no socket, no text half read', async () => {
    expect([...signals, pageLife.signal].flatMap((signal) => getEventListeners(signal, 'abort'))).toEqual([]);
    expect(textsBeingWritten).toBe(0);
    await expect.poll(() => extraResources(resourcesBefore), { timeout: 5000 }).toEqual([]);
  });

  it('are forgotten while the session goes on', () => {
    expect(contextsHeld).toEqual(bytes.map(() => 0));
    // Measured: 0.99 to 1.05.
    expect(bytes.at(-1)! / bytes[0]!).toBeLessThan(1.25);
  });

  it('cause no warning and no rejection that nobody handles', () => {
    expect(complaints.list).toEqual([]);
  });

  it('last as long as the same texts over HTTP', async () => {
    const lengths = await lengthsOverHttp(kept().map(({ text }) => text));
    // What is spoken in two goes has a pause more.
    const odd = kept().filter(({ seconds }, index) => {
      const length = lengths[index] ?? 0;
      return !(Math.abs(seconds - length) < 0.25 * length + 0.5);
    });
    expect(odd).toEqual([]);
  }, 60_000);
});
