import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { inject } from 'vitest';
import { WebSocket } from 'ws';

interface WireTimes {
  readonly chars: readonly string[];
  readonly charStartTimesMs: readonly number[];
  readonly charDurationsMs: readonly number[];
}

/** A frame of either WebSocket, whichever of its fields are there. */
export interface ServerFrame {
  readonly audio?: string | null;
  readonly isFinal?: true | null;
  readonly alignment?: WireTimes | null;
  readonly normalizedAlignment?: WireTimes | null;
  readonly contextId?: string;
  readonly message?: string;
  readonly error?: string;
  readonly code?: number;
}

export interface SocketCall {
  readonly url?: string;
  readonly call?: 'stream-input' | 'multi-stream-input';
  readonly voice?: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The samples of a second of the format that is asked for unless a call names another. */
const sampleRate = 16_000;

function openSocket(call: SocketCall): WebSocket {
  const { call: name = 'stream-input', voice = 'kal16UsEnglishMale01', query = {} } = call;
  const { url = inject('speechServerUrl'), headers = { 'xi-api-key': 'local' } } = call;
  const search = new URLSearchParams({ output_format: 'pcm_16000' });
  for (const [key, value] of Object.entries(query)) search.set(key, String(value));
  const path = `/v1/text-to-speech/${voice}/${name}?${search.toString()}`;
  return new WebSocket(url.replace(/^http/, 'ws') + path, { headers });
}

/** A client that keeps what it gets. */
export class SocketClient {
  readonly frames: ServerFrame[] = [];
  readonly closed: Promise<SocketEnd>;
  readonly socket: WebSocket;

  /** Rejects if the handshake is refused. */
  static async open(call: SocketCall = {}): Promise<SocketClient> {
    const client = new SocketClient(openSocket(call));
    await once(client.socket, 'open');
    return client;
  }

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => this.frames.push(JSON.parse(data.toString()) as ServerFrame));
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  get audioFrames(): ServerFrame[] {
    return this.frames.filter(({ audio }) => typeof audio === 'string');
  }

  get finals(): ServerFrame[] {
    return this.frames.filter(({ isFinal }) => isFinal === true);
  }

  send(...messages: readonly object[]): void {
    for (const message of messages) this.socket.send(JSON.stringify(message));
  }

  /** Resolves once a frame for which `isIt` holds has come. Rejects when the socket closes without one. */
  async until(isIt: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    for (let checked = 0; ;) {
      const found = this.frames.slice(checked).find(isIt);
      if (found !== undefined) return found;
      checked = this.frames.length;
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('closed');
      await Promise.race([once(this.socket, 'message'), this.closed]);
    }
  }

  untilAudio(contextId?: string): Promise<ServerFrame> {
    return this.until((frame) => typeof frame.audio === 'string' && frame.contextId === contextId);
  }

  untilFinal(contextId?: string): Promise<ServerFrame> {
    return this.until((frame) => frame.isFinal === true && frame.contextId === contextId);
  }
}

/** Sends messages as soon as the socket is open and waits for its end. */
export async function converse(call: SocketCall, messages: readonly object[]): Promise<SocketClient & SocketEnd> {
  const client = await SocketClient.open(call);
  client.send(...messages);
  return Object.assign(client, await client.closed);
}

/** What a handshake is refused with. */
export async function refusalOf(call: SocketCall): Promise<Refusal> {
  const socket = openSocket(call);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() };
}

export function audioOf(frames: readonly ServerFrame[]): Buffer {
  return Buffer.concat(frames.map(({ audio }) => Buffer.from(audio ?? '', 'base64')));
}

/** In milliseconds. */
export function durationOf(frames: readonly ServerFrame[]): number {
  return audioOf(frames).length / 2 / (sampleRate / 1000);
}

export function textOf(
  frames: readonly ServerFrame[],
  field: 'alignment' | 'normalizedAlignment' = 'alignment',
): string {
  return frames.flatMap((frame) => frame[field]?.chars ?? []).join('');
}

/** When the characters of the frames begin, in milliseconds of all their audio; by what each frame counts from. */
export function startsOf(
  frames: readonly ServerFrame[],
  base: 'chunk' | 'context',
  field: 'alignment' | 'normalizedAlignment' = 'alignment',
): number[] {
  return frames.flatMap((frame, index) => {
    const offset = base === 'chunk' ? durationOf(frames.slice(0, index)) : 0;
    return (frame[field]?.charStartTimesMs ?? []).map((start) => start + offset);
  });
}
