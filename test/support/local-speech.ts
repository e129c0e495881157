import { inject } from 'vitest';
import { createSpeechClient, type SpeechClient } from '../../src/core/index.ts';
import { healthOf, type ServerHealth } from './server-health.ts';
import { pcmToFloats } from './tap.ts';

/** The local speech server, and the fastest of its voices. */
export const service = {
  baseUrl: inject('speechServerUrl'),
  token: 'test',
  voiceId: 'kal16UsEnglishMale01',
} as const;

/** How the server is. */
export const health = (): Promise<ServerHealth> => healthOf(service.baseUrl);

export function speechClient(): SpeechClient {
  return createSpeechClient({ baseUrl: service.baseUrl, token: service.token });
}

/** The samples that the server makes of a text that is whole. */
export async function samplesOf(text: string): Promise<Float32Array> {
  const { audio } = await speechClient().textToSpeech.convert(service.voiceId, { text }, { outputFormat: 'pcm_24000' });
  return pcmToFloats(new Uint8Array(await new Response(audio).arrayBuffer()));
}

/** The samples that the server makes of a text that comes in one piece over a WebSocket. */
export async function liveSamplesOf(text: string): Promise<Float32Array> {
  await using session = speechClient().textToSpeech.connect(service.voiceId, {
    outputFormat: 'pcm_24000',
    syncAlignment: true,
  });
  void session.send(text).then(() => session.end());
  const parts: BlobPart[] = [];
  for await (const { audio } of session) parts.push(audio);
  return pcmToFloats(new Uint8Array(await new Blob(parts).arrayBuffer()));
}

/** The page's own class for sockets, which asks the server for faults. Speech over it runs on the page's thread. */
export function faultySocket(faults: Readonly<Record<string, string>>): typeof WebSocket {
  return class extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      const url = new URL(address);
      for (const [name, value] of Object.entries(faults)) url.searchParams.set(`fault_${name}`, value);
      super(url, protocols);
    }
  };
}
