import { once, getEventListeners } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { socketOpener } from '../../src/core/open-socket.ts';
import type { SocketRequest } from '../../src/core/open-socket.ts';
import type { SpeechSocket } from '../../src/core/speech-socket.ts';
import type { WebSocketClass } from '../../src/core/web-socket-like.ts';
import { createGate } from '../support/gate.ts';
import { rejection, speechError } from '../support/rejection.ts';

type Serve = (socket: WebSocket, request: IncomingMessage, connection: Socket) => void;

/** A server of WebSockets that lives as long as the test that started it. */
async function startSocketServer(serve: Serve): Promise<{ readonly url: string; readonly clients: Set<WebSocket> }> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  server.on('connection', (socket, request) => {
    socket.on('error', () => {});
    serve(socket, request, request.socket);
  });
  await once(server, 'listening');
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/path?a=1`, clients: server.clients };
}

/** A server that answers every attempt to open a socket with this, and keeps the connection. */
async function startRefusingServer(answer: string): Promise<{ readonly url: string; readonly connections: Socket[] }> {
  const connections: Socket[] = [];
  const server = createServer();
  server.on('upgrade', (_request, connection: Socket) => {
    connections.push(connection);
    connection.on('error', () => {});
    connection.on('end', () => connection.end());
    connection.resume();
    if (answer) connection.write(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const connection of connections) connection.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, connections };
}

function open(
  request: Omit<SocketRequest, 'signal'> & { signal?: AbortSignal },
  socketClass: WebSocketClass = WebSocket,
): SpeechSocket {
  const unended = new AbortController();
  onTestFinished(() => unended.abort());
  return socketOpener({ WebSocket: socketClass }).open({ signal: unended.signal, ...request });
}

async function readAll(socket: SpeechSocket): Promise<string[]> {
  const frames = [];
  for await (const frame of socket.readable as unknown as AsyncIterable<string>) frames.push(frame);
  return frames;
}

/** How the server sees the end. */
async function endAtServer(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('an open socket', () => {
  test('has brought its headers, protocols and address to the server', async () => {
    const asked = createGate();
    let request: IncomingMessage | undefined;
    const { url } = await startSocketServer((_socket, incoming) => {
      request = incoming;
      asked.open();
    });
    const headers = new Headers({ 'xi-api-key': 'k', 'x-app': 'a' });
    const socket = open({ url, headers, protocols: ['speech.v1', 'token'] });
    await Promise.all([socket.opened, asked.opened]);
    expect(request?.url).toBe('/path?a=1');
    expect(request?.headers).toMatchObject({
      'xi-api-key': 'k',
      'x-app': 'a',
      'sec-websocket-protocol': 'speech.v1,token',
    });
  });

  test('gives all frames in order, those before its close as well', async () => {
    const sent = Array.from({ length: 2000 }, (_, index) => `${index} ${'é'.repeat(index % 97)}`);
    const { url } = await startSocketServer((socket) => {
      for (const frame of sent) socket.send(frame);
      socket.close(1000, 'done');
    });
    const socket = open({ url });
    expect(await socket.closed).toEqual({ code: 1000, reason: 'done' });
    expect(await readAll(socket)).toEqual(sent);
  });

  test('gives frames that come with the handshake’s answer', async () => {
    const { url } = await startSocketServer((socket, _request, connection) => {
      connection.cork();
      socket.send('at once');
      connection.uncork();
    });
    const reader = open({ url }).readable.getReader();
    expect(await reader.read()).toEqual({ done: false, value: 'at once' });
  });

  test('reads binary frames as UTF-8', async () => {
    const { url } = await startSocketServer((socket) => {
      socket.send(Buffer.from('{"é":"🎵"}'), { binary: true });
      socket.send('text');
      socket.close();
    });
    expect(await readAll(open({ url }))).toEqual(['{"é":"🎵"}', 'text']);
  });

  test('sends what is written in order, also what was written before it was open', async () => {
    const { url } = await startSocketServer((socket) => {
      socket.on('message', (data: Buffer, isBinary) => socket.send(`${data.toString()} ${isBinary}`));
    });
    const socket = open({ url });
    const writer = socket.writable.getWriter();
    const sent = Array.from({ length: 500 }, (_, index) => `text ${index}`);
    const written = Promise.all(sent.map((text) => writer.write(text)));
    const reader = socket.readable.getReader();
    for (const text of sent) expect((await reader.read()).value).toBe(`${text} false`);
    await written;
  });

  test('tells the code and the reason with which the server closed it, and refuses writes with them', async () => {
    const reason = 'input_timeout_exceeded: no text';
    const { url } = await startSocketServer((socket) => socket.close(1008, reason));
    const socket = open({ url });
    await socket.opened;
    const writer = socket.writable.getWriter();
    expect(await socket.closed).toEqual({ code: 1008, reason });
    expect(await speechError(writer.write('late'))).toMatchObject({ code: 'timeout' });
    expect(await speechError(writer.closed)).toMatchObject({ code: 'timeout' });
  });

  test('that is cut off ends with 1006, after the frames that came', async () => {
    const { url } = await startSocketServer((socket, _request, connection) => {
      socket.send('first');
      socket.send('second', () => connection.destroy());
    });
    const socket = open({ url });
    expect(await readAll(socket)).toEqual(['first', 'second']);
    expect(await socket.closed).toEqual({ code: 1006, reason: '' });
    expect(await speechError(socket.writable.getWriter().write('late'))).toMatchObject({ code: 'network' });
  });

  test('keeps the reason of a close that meets what is being written', async () => {
    const { url } = await startSocketServer((socket) => {
      socket.once('message', () => socket.close(1008, 'quota_exceeded'));
    });
    const socket = open({ url });
    const writer = socket.writable.getWriter();
    const writing = (async () => {
      for (;;) await writer.write('x'.repeat(1000));
    })();
    expect(await speechError(writing)).toMatchObject({ code: 'quota-exceeded' });
    expect(await socket.closed).toEqual({ code: 1008, reason: 'quota_exceeded' });
  });

  test('makes writers wait while the server does not read, and goes on when it does', async () => {
    let connection: Socket | undefined;
    let received = 0;
    const { url } = await startSocketServer((socket, _request, itsConnection) => {
      connection = itsConnection;
      connection.pause();
      socket.on('message', (data: Buffer) => (received += data.length));
    });
    const socket = open({ url });
    const writer = socket.writable.getWriter();
    const text = 'x'.repeat(50_000);
    let written = 0;
    const writing = (async () => {
      for (; written < 400; written += 1) await writer.write(text);
    })();
    let before = -1;
    while (written !== before) {
      before = written;
      await pause(200);
    }
    expect(written).toBeLessThan(400);
    connection?.resume();
    await writing;
    await expect.poll(() => received).toBe(400 * text.length);
  });

  test('ends a write that waits for room when it is lost', async () => {
    let connection: Socket | undefined;
    const { url } = await startSocketServer((_socket, _request, itsConnection) => {
      connection = itsConnection;
      connection.pause();
    });
    const writer = open({ url }).writable.getWriter();
    const error = speechError(writer.write('x'.repeat(20_000_000)));
    await expect.poll(() => connection).toBeDefined();
    await pause(50);
    connection?.destroy();
    expect(await error).toMatchObject({ code: 'network' });
  });
});

describe('a socket is closed', () => {
  test('with 1000 by closing its writable, once all is sent, while frames still come', async () => {
    const received: string[] = [];
    const ended = createGate();
    let end: unknown;
    const { url } = await startSocketServer((socket) => {
      socket.on('message', (data: Buffer) => {
        received.push(data.toString());
        if (received.length === 3) for (let index = 0; index < 50; index += 1) socket.send(`${index}`);
      });
      void endAtServer(socket).then((itsEnd) => {
        end = itsEnd;
        ended.open();
      });
    });
    const socket = open({ url });
    const writer = socket.writable.getWriter();
    for (const text of ['a', 'b', 'c']) void writer.write(text);
    await writer.close();
    expect(await socket.closed).toEqual({ code: 1000, reason: '' });
    expect((await readAll(socket)).slice(0, 2)).toEqual(['0', '1']);
    await ended.opened;
    expect(received).toEqual(['a', 'b', 'c']);
    expect(end).toEqual({ code: 1000, reason: '' });
    await writer.closed;
  });

  test('by cancelling its readable, whatever comes afterwards', async () => {
    const { url, clients } = await startSocketServer((socket) => {
      const flood = setInterval(() => socket.send('more'), 1);
      socket.on('close', () => clearInterval(flood));
    });
    const socket = open({ url });
    const reader = socket.readable.getReader();
    await reader.read();
    await reader.cancel();
    expect(await socket.closed).toMatchObject({ code: 1000 });
    await expect.poll(() => clients.size).toBe(0);
  });

  test('at once by aborting its writable, even while a write waits for room', async () => {
    let connection: Socket | undefined;
    let end: unknown;
    const { url } = await startSocketServer((socket, _request, itsConnection) => {
      connection = itsConnection;
      connection.pause();
      void endAtServer(socket).then((itsEnd) => (end = itsEnd));
    });
    const socket = open({ url });
    await socket.opened;
    const writer = socket.writable.getWriter();
    const written = writer.write('x'.repeat(10_000_000)).catch(() => {});
    await pause(20);
    await writer.abort('enough');
    await written;
    connection?.resume();
    expect(await socket.closed).toMatchObject({ code: 1000 });
    await expect.poll(() => end).toEqual({ code: 1000, reason: '' });
  });

  test('by its signal, at once, with 1000, and leaves no listener', async () => {
    const caller = new AbortController();
    const reason = { any: 'value' };
    const ended = createGate();
    let end: unknown;
    const { url } = await startSocketServer((socket) => {
      socket.send('first');
      void endAtServer(socket).then((itsEnd) => {
        end = itsEnd;
        ended.open();
      });
    });
    const socket = open({ url, signal: caller.signal });
    const reader = socket.readable.getReader();
    await reader.read();
    const next = reader.read();
    const writer = socket.writable.getWriter();
    caller.abort(reason);
    expect(await socket.closed).toEqual({ code: 1000, reason: '' });
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await rejection(writer.write('late'))).toBe(reason);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    await ended.opened;
    expect(end).toEqual({ code: 1000, reason: '' });
  });

  test('by its signal even when the server no longer answers', async () => {
    const caller = new AbortController();
    const { url } = await startSocketServer((_socket, _request, connection) => void connection.pause());
    const socket = open({ url, signal: caller.signal });
    await socket.opened;
    caller.abort();
    expect(await socket.closed).toEqual({ code: 1000, reason: '' });
  });
});

describe('a socket that does not open', () => {
  test.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [429, 'rate-limited'],
    [503, 'server'],
    [200, 'protocol'],
    [302, 'protocol'],
  ])('because of a status of %i is %s', async (status, code) => {
    const { url } = await startRefusingServer(
      `HTTP/1.1 ${status} No\r\nlocation: http://elsewhere.invalid/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
    );
    const socket = open({ url });
    const writer = socket.writable.getWriter();
    const written = speechError(writer.write('text'));
    const error = await speechError(socket.opened);
    expect(error).toMatchObject({ code, status });
    expect(await written).toBe(error);
    expect(await socket.closed).toEqual({ code: 1006, reason: '' });
    expect(await readAll(socket)).toEqual([]);
  });

  test('because nobody answers, or something else does, is a network error with its cause', async () => {
    const { url } = await startRefusingServer('HTTP/1.1 101 Yes\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    for (const address of ['http://127.0.0.1:1/', url]) {
      const socket = open({ url: address });
      const error = await speechError(socket.opened);
      expect(error).toMatchObject({ code: 'network', cause: { message: expect.any(String) } });
      expect(error.message).toContain('baseUrl');
      expect(await socket.closed).toEqual({ code: 1006, reason: '' });
    }
  });

  test('because the runtime refuses its address shows nothing of it', async () => {
    const error = await speechError(open({ url: 'https://host/?token=secret', protocols: ['sec ret'] }).opened);
    expect(error.code).toBe('invalid-request');
    expect(error.cause).toBeUndefined();
    expect(error.message).not.toContain('sec');
  });

  test('because it was aborted before makes no connection', async () => {
    const { url, connections } = await startRefusingServer('');
    const signal = AbortSignal.abort('enough');
    const socket = open({ url, signal });
    expect(await rejection(socket.opened)).toBe('enough');
    expect(await socket.closed).toEqual({ code: 1006, reason: '' });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await pause(20);
    expect(connections).toHaveLength(0);
  });

  test('because it is aborted while it connects gives the reason, and leaves the server', async () => {
    const { url, connections } = await startRefusingServer('');
    const caller = new AbortController();
    const socket = open({ url, signal: caller.signal });
    const written = rejection(socket.writable.getWriter().write('text'));
    await expect.poll(() => connections.length).toBe(1);
    caller.abort('enough');
    expect(await rejection(socket.opened)).toBe('enough');
    expect(await written).toBe('enough');
    expect(await socket.closed).toEqual({ code: 1006, reason: '' });
    expect(await readAll(socket)).toEqual([]);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    await expect.poll(() => connections[0]?.destroyed).toBe(true);
  });

  test.each<[string, (socket: SpeechSocket) => Promise<unknown>]>([
    ['its readable is cancelled', (socket) => socket.readable.cancel('enough')],
    ['its writable is aborted', (socket) => socket.writable.abort('enough')],
  ])('because %s leaves the server', async (_name, leave) => {
    const { url, connections } = await startRefusingServer('');
    const socket = open({ url });
    await expect.poll(() => connections.length).toBe(1);
    await leave(socket);
    expect(await rejection(socket.opened)).toBe('enough');
    expect(await socket.closed).toEqual({ code: 1006, reason: '' });
    await expect.poll(() => connections[0]?.destroyed).toBe(true);
  });

  test('because it is cancelled without a reason says so', async () => {
    const { url } = await startRefusingServer('');
    const socket = open({ url });
    await socket.readable.cancel();
    expect(await rejection(socket.opened)).toMatchObject({ name: 'AbortError' });
  });

  test('in time is closed when it opens late, where its class refuses to be closed before', async () => {
    class Stubborn extends WebSocket {
      override close(code?: number): void {
        if (this.readyState === WebSocket.CONNECTING) throw new Error('not yet');
        super.close(code);
      }
    }
    const ended = createGate();
    let end: unknown;
    const { url } = await startSocketServer((socket) => {
      void endAtServer(socket).then((itsEnd) => {
        end = itsEnd;
        ended.open();
      });
    });
    const caller = new AbortController();
    const socket = open({ url, signal: caller.signal }, Stubborn);
    caller.abort('enough');
    expect(await rejection(socket.opened)).toBe('enough');
    await ended.opened;
    expect(end).toEqual({ code: 1000, reason: '' });
  });

  test('and that nobody looks at ends nothing', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    onTestFinished(() => void process.off('unhandledRejection', onUnhandled));
    const { url, connections } = await startRefusingServer('HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n');
    const caller = new AbortController();
    await open({ url }).closed;
    const aborted = open({ url, signal: caller.signal });
    caller.abort();
    await aborted.closed;
    await expect.poll(() => connections.length).toBeGreaterThan(0);
    await pause(20);
    expect(unhandled).toEqual([]);
  });
});

describe('once it is closed, a socket', () => {
  test('holds on to its WebSocket with one listener that does nothing', async () => {
    const made: WebSocket[] = [];
    class Watched extends WebSocket {
      constructor(...given: ConstructorParameters<typeof WebSocket>) {
        super(...given);
        made.push(this);
      }
    }
    const { url } = await startSocketServer((socket) => socket.close(1000));
    const caller = new AbortController();
    const socket = open({ url, signal: caller.signal }, Watched);
    await socket.closed;
    const counts = ['open', 'message', 'error', 'close'].map((name) => made[0]?.listenerCount(name));
    expect(counts).toEqual([0, 0, 1, 0]);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });
});

describe('the way to open sockets', () => {
  test('takes headers with a class that pings, and not with another', () => {
    class Plain extends EventTarget {
      readonly binaryType = 'arraybuffer';
      readonly readyState = 0;
      send(): void {}
      close(): void {}
    }
    expect(socketOpener({ WebSocket }).takesHeaders).toBe(true);
    expect(socketOpener({ WebSocket: Plain }).takesHeaders).toBe(false);
  });

  test('is looked up when it is asked for, and missing where the runtime has none', async () => {
    const runtime = globalThis as { WebSocket?: unknown };
    const own = runtime.WebSocket;
    try {
      runtime.WebSocket = undefined;
      expect(() => socketOpener({})).toThrow(expect.objectContaining({ name: 'SpeechError', code: 'unsupported' }));
      runtime.WebSocket = WebSocket;
      const opener = socketOpener({});
      expect(opener.takesHeaders).toBe(false);
      let headers: IncomingMessage['headers'] = {};
      const { url } = await startSocketServer((socket, request) => {
        ({ headers } = request);
        socket.close();
      });
      const request = { url, headers: new Headers({ 'xi-api-key': 'k' }), signal: new AbortController().signal };
      expect(await opener.open(request).closed).toEqual({ code: 1005, reason: '' });
      expect(headers).not.toHaveProperty('xi-api-key');
    } finally {
      runtime.WebSocket = own;
    }
  });
});
