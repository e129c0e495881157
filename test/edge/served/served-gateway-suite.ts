import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunkBytes, chunkInterval, slowChunks, startHostileService, type HostileService } from './hostile-service.ts';
import { beginRequest } from './raw-request.ts';
import { served } from './served-options.ts';

/** A gateway that a server of some runtime serves. */
export interface ServedGateway {
  /** With the path of its mount. */
  readonly url: string;
  stop(): Promise<void>;
}

interface SuiteOptions {
  /** Whether the runtime tells that a caller has left before the service has answered. */
  readonly noticesEarlyLeaving: boolean;
  /** Whether a reply whose body breaks off looks broken to the caller. */
  readonly tellsOfBrokenBodies: boolean;
}

/** What holds for the gateway over real connections. */
export function servedGatewaySuite(
  runtime: string,
  start: (serviceUrl: string) => Promise<ServedGateway>,
  { noticesEarlyLeaving, tellsOfBrokenBodies }: SuiteOptions,
): void {
  describe(`served by ${runtime}, the gateway`, () => {
    let service: HostileService;
    let gateway: ServedGateway;
    let token: string;

    beforeAll(async () => {
      service = await startHostileService();
      gateway = await start(service.url);
      const headers = { cookie: served.cookie, origin: served.origin, 'content-type': 'application/json' };
      const reply = await fetch(`${gateway.url}/token`, { method: 'POST', headers, body: '{}' });
      ({ token } = (await reply.json()) as { token: string });
    }, 60_000);
    afterAll(async () => {
      await gateway?.stop();
      service?.close();
    });

    const path = (voice: string): string =>
      `${new URL(gateway.url).pathname}/v1/text-to-speech/${voice}/stream/with-timestamps`;
    const headersOf = (): Record<string, string> => ({
      authorization: `Bearer ${token}`,
      origin: served.origin,
      'content-type': 'application/json',
      'accept-encoding': 'gzip, br',
    });
    const speak = (voice: string, init: RequestInit = {}): Promise<Response> =>
      fetch(new URL(path(voice), gateway.url), { method: 'POST', headers: headersOf(), body: '{"text":"x"}', ...init });
    const untilClosed = async (): Promise<void> => {
      while (service.open > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    };

    test('passes bytes on as they come', async () => {
      const reply = await speak('slow');
      expect(reply.headers.get('content-encoding')).toBeNull();
      let [bytes, chunks] = [0, 0];
      for await (const chunk of reply.body ?? []) {
        bytes += chunk.length;
        chunks += 1;
      }
      expect(bytes).toBe(slowChunks * chunkBytes);
      // Gathered, they would come as one or two.
      expect(chunks).toBeGreaterThan(slowChunks / 2);
    });

    test('passes on nothing of the caller’s headers, and nothing of the service’s but what a page needs', async () => {
      const reply = await speak('plain', {
        headers: {
          ...headersOf(),
          'xi-api-key': 'mine',
          cookie: served.cookie,
          'x-forwarded-for': '1.2.3.4',
          via: 'x',
        },
      });
      expect(reply.headers.get('set-cookie')).toBeNull();
      expect(reply.headers.get('x-internal')).toBeNull();
      expect(service.headers).toMatchObject({ 'xi-api-key': served.apiKey });
      for (const name of ['authorization', 'cookie', 'x-forwarded-for', 'via', 'origin', 'cf-connecting-ip']) {
        expect(service.headers).not.toHaveProperty(name);
      }
    });

    test('ends the request to the service when the caller leaves in mid-speech', async () => {
      const leaving = new AbortController();
      const reply = await speak('slow', { signal: leaving.signal });
      const reader = reply.body?.getReader();
      await reader?.read();
      expect(service.open).toBe(1);
      leaving.abort();
      await reader?.closed.catch(() => {});
      await untilClosed();
    });

    test('ends it too when the caller leaves before the service has answered, by the time limit at the latest', async () => {
      const leaving = new AbortController();
      const left = speak('silent', { signal: leaving.signal }).catch(() => 'left');
      while (service.open === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      const begun = performance.now();
      leaving.abort();
      expect(await left).toBe('left');
      await untilClosed();
      if (noticesEarlyLeaving) expect(performance.now() - begun).toBeLessThan(served.upstreamTimeout * 1000);
    });

    test('does not wait for a service that never answers', async () => {
      const reply = await speak('silent');
      expect(reply.status).toBe(504);
      await untilClosed();
    });

    test('follows no redirect', async () => {
      const reply = await speak('moved');
      expect(reply.status).toBe(502);
      expect(reply.headers.get('location')).toBeNull();
    });

    test.runIf(tellsOfBrokenBodies)('breaks off what the service breaks off', async () => {
      const reply = await speak('cut');
      await expect(reply.arrayBuffer()).rejects.toThrow();
    });

    test('refuses a gigabyte before it comes', async () => {
      const { status, socket } = beginRequest(gateway.url, 'POST', path('plain'), {
        ...headersOf(),
        'content-length': '1000000000',
      });
      expect(await status).toBe(413);
      socket.destroy();
    });

    test('refuses what comes in drops of a byte', async () => {
      const request = beginRequest(gateway.url, 'POST', path('plain'), { ...headersOf(), 'content-length': '100' });
      const drip = setInterval(() => request.write(' '), 200);
      expect(await request.status).toBe(408);
      clearInterval(drip);
      request.socket.destroy();
    });

    test('refuses chunks without end', async () => {
      const request = beginRequest(gateway.url, 'POST', path('plain'), {
        ...headersOf(),
        'transfer-encoding': 'chunked',
      });
      const chunk = `4000\r\n${' '.repeat(0x40_00)}\r\n`;
      const flood = setInterval(() => request.write(chunk), 5);
      expect(await request.status).toBe(413);
      clearInterval(flood);
      request.socket.destroy();
    });

    test.each([
      ['two lengths', { 'content-length': '12', 'Content-Length': '13' }],
      ['a length and chunks', { 'content-length': '12', 'transfer-encoding': 'chunked' }],
    ])('takes no request with %s', async (_, smuggling) => {
      const request = beginRequest(gateway.url, 'POST', path('plain'), { ...headersOf(), ...smuggling });
      request.write('{"text":"x"}');
      // Some servers refuse it, some go by the chunks and wait for them: nobody may go by both.
      const late = new Promise<number>((resolve) => setTimeout(resolve, (served.bodyTimeout + 1) * 1000, 408));
      expect([undefined, 400, 408, 413, 500]).toContain(await Promise.race([request.status, late]));
      request.socket.destroy();
    });

    test('refuses a page of another origin, in preflights too', async () => {
      for (const method of ['POST', 'OPTIONS']) {
        const reply = await speak('plain', {
          method,
          headers: { ...headersOf(), origin: 'https://evil.example' },
          body: method === 'POST' ? '{"text":"x"}' : null,
        });
        expect(reply.status).toBe(403);
        expect(reply.headers.get('access-control-allow-origin')).toBeNull();
      }
    });

    test('keeps its pace: chunks are not held back for each other', async () => {
      const reply = await speak('slow');
      const reader = reply.body?.getReader();
      const times: number[] = [];
      for (let count = 0; count < 10; count += 1) {
        await reader?.read();
        times.push(performance.now());
      }
      await reader?.cancel();
      const spans = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      // None may come in one burst with the next: most have an interval of the service's between them.
      expect(spans.filter((span) => span > chunkInterval / 4).length).toBeGreaterThan(5);
      await untilClosed();
    });
  });
}
