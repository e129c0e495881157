import { WebSocket, type ClientOptions } from 'ws';
import type { WebSocketClass } from '../../src/core/index.ts';
import type { SeededRandom } from '../support/seeded-random.ts';

/** A kind of WebSocket that breaks, and what was seen of it. */
export interface FlakySockets {
  readonly WebSocket: WebSocketClass;
  /** How many connections were begun. */
  readonly opened: number;
  /** How many connections ended, by how: `1000`, `1006`, … */
  readonly ends: ReadonlyMap<number, number>;
}

/** What a service may do differently from one connection to the next. */
const habits = [
  'fault_time_base=1',
  'fault_split_words=1',
  'fault_snake_ids=1',
  'fault_late_frames=2',
  'fault_pace=40',
];

/**
 * WebSockets whose TCP connection is lost after some frames, `drops` times; of these connections the third is closed by the
 * server with 1011 instead, and the fifth is dropped by it. Each connection has habits of its own, within what a client takes.
 */
export function flakyWebSockets(random: SeededRandom, drops: number): FlakySockets {
  const ends = new Map<number, number>();
  let opened = 0;

  class FlakyWebSocket extends WebSocket {
    constructor(url: string, protocols?: string | string[], options?: ClientOptions) {
      opened += 1;
      // Seldom so soon that nothing was spoken, and never twice in a row: a client gives up a line that only breaks.
      const frames = opened % 4 === 0 ? random.between(0, 2) : random.between(10, 150);
      const faults = habits.filter(() => random.next() < 0.5);
      if (opened === 3) faults.push('fault_socket_close=1011', `fault_socket_close_after=${frames}`);
      if (opened === 5) faults.push(`fault_socket_drop=${frames}`);
      super([url, ...faults].join('&'), protocols, options);
      this.on('close', (code) => ends.set(code, (ends.get(code) ?? 0) + 1));
      if (opened > drops || opened === 3 || opened === 5) return;
      let left = frames;
      this.on('message', () => {
        left -= 1;
        if (left < 0) this.terminate();
      });
    }
  }

  return {
    WebSocket: FlakyWebSocket,
    get opened() {
      return opened;
    },
    ends,
  };
}
