import { WebSocket } from 'ws';
import type { WebSocketClass } from '../../src/core/web-socket-like.ts';

/** A WebSocket class that takes no headers, as that of a page. */
export const PageSocket = function PageSocket(url: string, protocols?: string | string[]): WebSocket {
  return new WebSocket(url, protocols);
} as unknown as WebSocketClass;
