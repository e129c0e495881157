import { afterEach, describe, expect, it } from 'vitest';
import { createAudioFeeder } from '../../src/player/audio-feeder.ts';
import type { FeederMessage } from '../../src/worklet/messages.ts';
import { seededRandom } from '../support/seeded-random.ts';

const pcm24k = { encoding: 's16le', sampleRate: 24_000, bytesPerSample: 2 } as const;
const open: MessagePort[] = [];
const aborts: AbortController[] = [];

afterEach(() => {
  for (const controller of aborts.splice(0)) controller.abort(new Error('over'));
  for (const port of open.splice(0)) port.close();
});

/** A feeder and the other end of its port, which keeps what comes and gives buffers back when told. */
function connect(bufferAhead: number) {
  const { port1, port2 } = new MessageChannel();
  open.push(port1);
  const controller = new AbortController();
  aborts.push(controller);
  const heard: number[] = [];
  const held: ArrayBuffer[] = [];
  let heardEnd: () => void;
  const ended = new Promise<void>((resolve) => (heardEnd = resolve));
  const giveBack = (): void => {
    for (const buffer of held.splice(0)) port1.postMessage({ type: 'return', buffer }, [buffer]);
  };
  let keeps = true;
  port1.addEventListener('message', ({ data }: MessageEvent<FeederMessage>) => {
    if (data.type === 'end') return heardEnd();
    expect(data.byteLength % 2).toBe(0);
    heard.push(...new Uint8Array(data.buffer, 0, data.byteLength));
    held.push(data.buffer);
    if (!keeps) giveBack();
  });
  port1.start();
  const feeder = createAudioFeeder(port2, pcm24k, bufferAhead, controller.signal);
  return {
    feeder,
    heard,
    ended,
    controller,
    play: () => {
      keeps = false;
      giveBack();
    },
  };
}

describe('an audio feeder', () => {
  it('hands on every byte in order, however the bytes are cut, in whole samples', async () => {
    const { next: random } = seededRandom(7);
    const bytes = Uint8Array.from({ length: 50_000 }, () => Math.floor(random() * 256));
    const { feeder, heard, ended, play } = connect(10);
    play();
    for (let from = 0; from < bytes.length;) {
      const size = Math.floor(random() ** 3 * 9000);
      await feeder.write(bytes.subarray(from, from + size));
      from += size;
    }
    feeder.end();
    await ended;
    expect(Buffer.from(heard).equals(Buffer.from(bytes))).toBe(true);
    expect(feeder.written).toBe(50_000 / 48_000);
  });

  it('waits for buffers to come back once as much is ahead as may be', async () => {
    const { feeder, heard, ended, play } = connect(1);
    let written = false;
    const writing = feeder.write(new Uint8Array(48_000 * 3)).then(() => (written = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(written).toBe(false);
    expect(heard.length).toBeGreaterThanOrEqual(48_000);
    expect(heard.length).toBeLessThan(48_000 * 1.2);
    play();
    await writing;
    feeder.end();
    await ended;
    expect(heard.length).toBe(48_000 * 3);
  });

  it('sends a small piece by itself when nothing more comes', async () => {
    const { feeder, heard } = connect(1);
    await feeder.write(Uint8Array.of(1, 2, 3));
    await expect.poll(() => heard).toEqual([1, 2]);
    await feeder.write(Uint8Array.of(4));
    await expect.poll(() => heard).toEqual([1, 2, 3, 4]);
  });

  it('drops half a sample that never becomes whole', async () => {
    const { feeder, heard, ended } = connect(1);
    await feeder.write(Uint8Array.of(1, 2, 3));
    feeder.end();
    await ended;
    expect(heard).toEqual([1, 2]);
    expect(feeder.written).toBe(2 / 48_000);
  });

  it('lets a write that waits reject when the signal ends it', async () => {
    const { feeder, controller } = connect(1);
    const writing = feeder.write(new Uint8Array(48_000 * 3));
    controller.abort(new Error('enough'));
    await expect(writing).rejects.toThrow('enough');
  });
});
