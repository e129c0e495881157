import type { Transport } from './http-transport.ts';
import { LiveConnection } from './live-connection.ts';
import { LiveSpeech, type LiveSpeechOptions } from './live-speech.ts';
import { MultiSpeechSession } from './multi-speech-session.ts';
import { defaultOutputFormat } from './output-format.ts';
import { pathSegment } from './path-segment.ts';
import { sessionQuery, voiceFields, type SessionOptions } from './session-options.ts';
import { multiStreamInput, streamInput, type SocketDialect } from './socket-dialect.ts';
import { SpeechSession } from './speech-session.ts';

/** The service's own default, in seconds. */
const defaultInactivityTimeout = 20;
/** The most contexts that the service keeps at work on one connection. */
const contextLimit = 5;

/**
 * Speech of a text that is still being written.
 *
 * @throws TypeError for options that can't be right; what goes wrong later is told by the session
 */
export function connect(transport: Transport, voiceId: string, options: SessionOptions = {}): SpeechSession {
  const warnings = new Set<string>();
  const warn = (message: string): void => void warnings.add(message);
  const connection = openLine(transport, voiceId, streamInput, 1, options, warn);
  const wake = (): void => connection.wake();
  const speech = new LiveSpeech({ ...speechOptions(transport, options), id: '', wake, warn });
  connection.add(speech);
  return new SpeechSession({ speech, connection, warnings, signal: options.signal });
}

/**
 * Many speeches over one connection, whose texts are still being written.
 *
 * @throws TypeError for options that can't be right; what goes wrong later is told by the contexts
 */
export function connectMulti(transport: Transport, voiceId: string, options: SessionOptions = {}): MultiSpeechSession {
  const warnings = new Set<string>();
  const warn = (message: string): void => void warnings.add(message);
  const connection = openLine(transport, voiceId, multiStreamInput, contextLimit, options, warn);
  return new MultiSpeechSession({
    connection,
    speech: speechOptions(transport, options),
    warnings,
    signal: options.signal,
  });
}

function openLine(
  { shared: settings, zeroRetention }: Transport,
  voiceId: string,
  dialect: SocketDialect,
  limit: number,
  options: SessionOptions,
  warn: (message: string) => void,
): LiveConnection {
  const { inactivityTimeout = defaultInactivityTimeout, timeout = settings.timeout } = options;
  if (!(inactivityTimeout > 0 && inactivityTimeout < Infinity)) {
    throw new TypeError('inactivityTimeout must be a number of seconds, above 0.');
  }
  if (!(timeout >= 0)) throw new TypeError('timeout must be a number, 0 or more.');
  return new LiveConnection({
    settings,
    target: {
      path: `/v1/text-to-speech/${pathSegment('voiceId', voiceId)}/${dialect.call}`,
      query: sessionQuery(options, zeroRetention),
      keyField: dialect.keyField,
      timeout,
    },
    dialect,
    timeBase: options.timeBase,
    inactivityTimeout,
    limit,
    warn,
  });
}

function speechOptions(
  { shared }: Transport,
  options: SessionOptions,
): Omit<LiveSpeechOptions, 'id' | 'wake' | 'warn'> {
  return {
    idleTimeout: shared.idleTimeout,
    format: options.outputFormat ?? defaultOutputFormat,
    locale: options.locale ?? options.language_code ?? undefined,
    cut: options.autoMode ? 'phrase' : 'word',
    flushesFirst: options.flushFirstSentence ?? false,
    voice: voiceFields(options),
    canResume: options.resume ?? true,
  };
}
