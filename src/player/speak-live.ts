import type { LiveConnectionRequest, LiveText } from './live-job.ts';
import { liveSpeakerOf } from './live-speaker.ts';
import type { Player } from './player.ts';
import type { JobHandles } from './serve-jobs.ts';
import { cloneableToken, type SpeakRequest } from './speak-request.ts';

/** How the service is reached for live text; its address is absolute. */
export type LiveRequest = Omit<SpeakRequest, 'text' | 'signal' | 'whenSpeaking' | 'outputFormat'> &
  Pick<LiveConnectionRequest, 'outputFormat'>;

/** Speaks a text that is still being written, over a connection of its own; `onText` gets each piece as it is taken. */
export function speakLive(
  player: Player,
  request: LiveRequest & LiveText & { readonly text: AsyncIterable<string> },
  onText: (piece: string) => void,
  handles: Omit<JobHandles, 'ask'>,
): Promise<void> {
  const { text, token, singleUseToken, fetch, WebSocket, sampleFormat, bufferAhead } = request;
  return liveSpeakerOf(player).run(
    { kind: 'speech', ...liveConnection(request), sampleFormat, bufferAhead },
    { text, onText, token, singleUseToken },
    { ...handles, fetch, WebSocket },
  );
}

/** Begins as soon as the service can, then gathers as it does by default. */
const soonestSchedule = { chunk_length_schedule: [50, 120, 160, 250, 290] };

/** What of a request can be cloned. */
export function liveConnection(request: LiveRequest): LiveConnectionRequest {
  const { fetch, WebSocket, token, singleUseToken, signal, text, ...rest } = request as LiveRequest & SpeakRequest;
  const { autoMode, generation_config = autoMode ? undefined : soonestSchedule } = rest;
  return {
    ...rest,
    generation_config,
    flushFirstSentence: rest.flushFirstSentence ?? generation_config === soonestSchedule,
    syncAlignment: rest.syncAlignment ?? true,
    token: cloneableToken(token),
    singleUseToken: typeof singleUseToken === 'function' || singleUseToken,
  };
}
