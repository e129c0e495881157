import { expect, it } from 'vitest';
import { MediaMap } from '../../src/player/media-map.ts';
import type { Anchor, AnchorReason } from '../../src/worklet/messages.ts';

const anchor = (reason: AnchorReason, contextFrame: number, mediaTime: number, rate: number): Anchor => ({
  type: 'anchor',
  reason,
  contextFrame,
  mediaTime,
  rate,
});

it('is at 0 before the first anchor', () => {
  const map = new MediaMap(48_000);
  expect(map.mediaTimeAt(3)).toBe(0);
  map.add(anchor('start', 48_000 * 5, 0, 1));
  expect(map.mediaTimeAt(4.9)).toBe(0);
});

it('follows the piece that holds at the context time asked for, not the newest one', () => {
  const map = new MediaMap(48_000);
  map.add(anchor('start', 48_000, 0, 1));
  map.add(anchor('underrun', 96_000, 1, 0));
  map.add(anchor('refill', 120_000, 1, 1));
  map.add(anchor('end', 168_000, 2, 0));
  expect([1, 1.5, 2, 2.25, 2.5, 3, 3.5, 9].map((time) => map.mediaTimeAt(time))).toEqual([0, 0.5, 1, 1, 1, 1.5, 2, 2]);
});

it('keeps a bounded number of pieces and forgets the oldest first', () => {
  const map = new MediaMap(1000);
  for (let second = 0; second < 500; second += 1) map.add(anchor('resume', second * 1000, second / 2, 0));
  expect(map.mediaTimeAt(499.5)).toBe(249.5);
  expect(map.mediaTimeAt(480)).toBe(240);
});
