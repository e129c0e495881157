import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { unstable_startWorker as startWorker } from 'wrangler';

const root = new URL('../../', import.meta.url);

/** What the gateway is started with. */
export interface GatewayOptions {
  /** The service that speaks; its key stays in the gateway. */
  readonly speech: SpeechService;
  /** The origin whose pages may ask. */
  readonly origin: string;
  /** What tokens are signed with, 32 bytes or more; a new one where there is none. */
  readonly tokenSecret?: string | undefined;
  /** Whether its log is shown: a line for each request. Warnings are shown in any case. */
  readonly isLogShown: boolean;
}

/** Where speech comes from. */
interface SpeechService {
  readonly url: string;
  readonly apiKey: string;
}

/** A running gateway. */
export interface RunningGateway {
  /** Where it is mounted. */
  readonly url: string;
  close(): Promise<void>;
}

/** Runs the demo's Worker in workerd as a deployment would, on any port, with the package's sources. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { speech, origin, tokenSecret = randomBytes(32).toString('base64url'), isLogShown } = options;
  const worker = await startWorker({
    config: fileURLToPath(new URL('demo/worker/wrangler.jsonc', root)),
    envFiles: [],
    sendMetrics: false,
    bindings: {
      ELEVENLABS_API_KEY: { type: 'secret_text', value: speech.apiKey },
      TOKEN_SECRET: { type: 'secret_text', value: tokenSecret },
      ELEVENLABS_BASE_URL: { type: 'plain_text', value: speech.url },
      ORIGINS: { type: 'plain_text', value: origin },
    },
    build: { alias: { 'saylight/edge': fileURLToPath(new URL('src/edge/index.ts', root)) } },
    dev: {
      server: { hostname: '127.0.0.1', port: 0 },
      inspector: false,
      persist: false,
      logLevel: isLogShown ? 'log' : 'warn',
    },
  });
  try {
    await worker.ready;
    const { origin: address } = await worker.url;
    return { url: `${address}/speech`, close: () => worker.dispose() };
  } catch (error) {
    await worker.dispose();
    throw error;
  }
}
