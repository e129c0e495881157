import { SpeechError } from '../core/speech-error.ts';
import { liveSpeakerOf, type LiveSpeaker } from './live-speaker.ts';
import type { Playback } from './playback.ts';
import type { Player } from './player.ts';
import { sampleFormatOf } from './sample-format.ts';
import { absoluteUrl, type SpeakRequest } from './speak-request.ts';
import { liveConnection, type LiveRequest } from './speak-live.ts';
import { withoutProxies } from './without-proxies.ts';

/** How the service is reached in a conversation, and how its voice speaks. */
export type ConversationRequest = Omit<SpeakRequest, 'text' | 'whenSpeaking' | 'optimizeStreamingLatency'>;

/** What may differ from turn to turn. */
export type TurnOptions = Pick<
  SpeakRequest,
  'voice_settings' | 'generation_config' | 'locale' | 'signal' | 'whenSpeaking'
>;

/**
 * A conversation that `player` speaks: many texts over one connection, which opens now, and anew after the service has hung
 * up in a long silence. Each is a playback with words and an end of its own; by default it follows the one before without a
 * gap. It ends with `close`, with its signal and with the player.
 *
 * @throws TypeError for a request that can't be right, SpeechError `unsupported` for a format that is not decoded
 * @example
 * ```ts
 * const conversation = createConversation(player, { baseUrl, singleUseToken, voiceId });
 * const playback = conversation.speak(tokens);
 * microphone.onspeech = async () => history.push(await player.interrupt());
 * ```
 */
export function createConversation(player: Player, request: ConversationRequest): Conversation {
  return new Conversation(player, request);
}

/** Of the conversations of all players. */
let lastId = 0;

/** See {@link createConversation}. */
export class Conversation {
  readonly #player: Player;
  readonly #live: LiveSpeaker;
  readonly #request: LiveRequest;
  readonly #id = (lastId += 1);
  readonly #over = new AbortController();
  readonly #turns = new Set<Playback>();
  readonly #connection: Promise<void>;
  /** What a token function threw last: the Worker can't know it. */
  #tokenFailure: unknown;

  /** @internal */
  constructor(player: Player, request: ConversationRequest) {
    const { outputFormat = 'pcm_24000', voiceId, signal } = request;
    if (!voiceId) throw new TypeError('Pass the `voiceId` of who speaks.');
    sampleFormatOf(outputFormat);
    player.closed.throwIfAborted();
    this.#player = player;
    this.#live = liveSpeakerOf(player);
    this.#request = { ...request, outputFormat, baseUrl: absoluteUrl(request.baseUrl) };
    this.#connection = this.#connect();
    // Each turn tells of it.
    this.#connection.catch(() => undefined);
    for (const ending of [player.closed, signal]) {
      ending?.addEventListener('abort', () => void this.close(), { signal: this.#over.signal });
    }
    if (signal?.aborted) void this.close();
  }

  /**
   * Speaks a text, whole or as it is being written. What goes wrong goes to the playback.
   *
   * @throws TypeError when the conversation was closed, or there is no text
   */
  speak(text: string | AsyncIterable<string>, options: TurnOptions = {}): Playback {
    const whole = typeof text === 'string' ? text : undefined;
    const pieces = typeof text === 'string' ? undefined : text;
    if (this.#over.signal.aborted) throw new TypeError('This conversation was closed: begin another one.');
    if (!(whole?.trim() || Symbol.asyncIterator in Object(pieces))) throw new TypeError('Pass the `text` to speak.');
    const { fetch, WebSocket, outputFormat: format, language_code } = this.#request;
    const { voice_settings, generation_config, signal, whenSpeaking = 'queue' } = options;
    const { locale = this.#request.locale ?? language_code ?? undefined } = options;
    let written = whole ?? '';
    const sources = { text: pieces, onText: (piece: string) => void (written += piece) };
    const start = { format, text: () => written, locale, signal, whenSpeaking };
    const playback = this.#player.start(start, async ({ sampleFormat, bufferAhead, ...feed }) => {
      const turn = { kind: 'turn', conversation: this.#id, text: whole, sampleFormat, bufferAhead } as const;
      const voice = { voice_settings, generation_config };
      try {
        await this.#live.run({ ...turn, ...voice }, sources, { ...feed, fetch, WebSocket });
      } catch (error) {
        throw this.#withCause(error);
      }
    });
    this.#turns.add(playback);
    const leave = (): void => void this.#turns.delete(playback);
    playback.finished.then(leave, leave);
    return playback;
  }

  /** Stops what it speaks and ends the connection. */
  async close(): Promise<void> {
    for (const playback of [...this.#turns].toReversed()) playback.stop();
    this.#over.abort();
    await this.#connection.catch(() => undefined);
  }

  #connect(): Promise<void> {
    const { token, singleUseToken, fetch, WebSocket } = this.#request;
    const job = { kind: 'conversation', conversation: this.#id, ...liveConnection(this.#request) } as const;
    return this.#live.run(
      // Copied now: to find out later that it can't be cloned would let its first turn overtake it.
      withoutProxies(job),
      { token: this.#watched(token), singleUseToken: this.#watched(singleUseToken) },
      { port: new MessageChannel().port1, onProgress: () => {}, signal: this.#over.signal, fetch, WebSocket },
    );
  }

  #watched<Token, Known extends string | URL | undefined>(
    source: Known | (() => Token | Promise<Token>),
  ): typeof source {
    if (typeof source !== 'function') return source;
    return async () => {
      this.#tokenFailure = undefined;
      try {
        return await source();
      } catch (error) {
        this.#tokenFailure = error;
        throw error;
      }
    };
  }

  #withCause(error: unknown): unknown {
    if (!SpeechError.is(error) || error.code !== 'unauthorized' || error.cause || !this.#tokenFailure) return error;
    const { code, message, unspokenText } = error;
    return new SpeechError(code, message, { ...error, unspokenText, cause: this.#tokenFailure });
  }
}
