import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createApp } from './routes/create-app.ts';
import { SingleUseTokens } from './routes/single-use-tokens.ts';
import { SpeechSockets } from './sockets/speech-sockets.ts';
import { Synthesizer } from './speech/synthesizer.ts';

export interface SpeechServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Default `127.0.0.1`. */
  readonly hostname?: string | undefined;
  /** How many speeches may be open at once, each with 25 MB of engine; default 32. */
  readonly maximumSpeeches?: number | undefined;
}

/** A speech server that is listening. */
export interface SpeechServer {
  /** Its base URL, without a slash at the end. */
  readonly url: string;
  /** Closes every connection and ends the synthesis thread. */
  close(): Promise<void>;
}

/** Starts the local speech server. Rejects if the port is taken or the engine is not the one that is known. */
export async function startSpeechServer(options: SpeechServerOptions): Promise<SpeechServer> {
  const { port, hostname = '127.0.0.1', maximumSpeeches = 32 } = options;
  const synthesizer = await Synthesizer.start(new URL('synthesis-thread.js', import.meta.url));
  const tokens = new SingleUseTokens();
  const sockets = new SpeechSockets({ synthesizer, maximumSpeeches, tokens });
  const server = createAdaptorServer({
    fetch: createApp({ synthesizer, maximumSpeeches, tokens, sockets }).fetch,
    // The server may live in a process that has other uses for Request and Response.
    overrideGlobalObjects: false,
  }) as Server;
  server.on('upgrade', (request, socket, head) => void sockets.upgrade(request, socket, head));
  try {
    server.listen(port, hostname);
    await once(server, 'listening');
  } catch (error) {
    await synthesizer.close();
    throw error;
  }
  const address = server.address() as AddressInfo;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${host}:${address.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      sockets.close();
      await closed;
      await synthesizer.close();
    },
  };
}
