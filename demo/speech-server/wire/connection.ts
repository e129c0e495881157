import type { ServerResponse } from 'node:http';
import { wait } from './wait.ts';

const flushInterval = 5;

/** The connection on which a response goes out. */
export interface Connection {
  /** Aborted when the connection is closed or the response is through. */
  readonly signal: AbortSignal;
  /** Closes the socket in the middle of the response, once what was written has left. */
  cut(): Promise<void>;
}

export function connectionOf(response: ServerResponse): Connection {
  const controller = new AbortController();
  const { signal } = controller;
  if (response.closed || response.destroyed) controller.abort();
  response.once('close', () => controller.abort());
  return {
    signal,
    async cut() {
      do await wait(flushInterval, signal);
      while (!signal.aborted && (response.writableLength > 0 || (response.socket?.writableLength ?? 0) > 0));
      response.destroy();
    },
  };
}
