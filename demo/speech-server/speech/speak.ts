import { alignSentence } from '../alignment/align-sentence.ts';
import { normalizeSentence } from '../alignment/normalize-sentence.ts';
import { Timeline } from '../alignment/timeline.ts';
import { encodeAudio } from '../audio/encode-audio.ts';
import { resample } from '../audio/resample.ts';
import type { FliteVoice } from '../engine/flite-engine.ts';
import { FliteEngine } from '../engine/flite-engine.ts';
import type { Utterance } from '../engine/utterance.ts';
import { foldText, hasSpeech } from '../text/fold-text.ts';
import { splitSentences } from '../text/split-sentences.ts';
import type { SpeechOrder, SpeechPiece } from './speech-piece.ts';

const silence: Utterance = { sampleRate: 16000, samples: new Int16Array(0), tokens: [] };

/**
 * Speaks a text sentence by sentence. The same order gives the same bytes. The pause after a sentence comes with the next
 * piece: only then is it known how long its last characters last. Text without anything to say gives no piece.
 */
export function* speak(module: WebAssembly.Module, order: SpeechOrder): Generator<SpeechPiece, void, undefined> {
  const engine = new FliteEngine(module);
  const original = new Timeline();
  const normalized = new Timeline();
  let held = new Int16Array(0);
  let heard = 0;
  const release = (until: number): SpeechPiece => {
    const count = Math.max(0, Math.min(held.length, Math.floor(until * order.sampleRate) - heard));
    const audio = encodeAudio(held.slice(0, count), order.encoding);
    held = held.slice(count);
    heard += count;
    const time = held.length === 0 ? Infinity : heard / order.sampleRate;
    return { audio, alignment: original.take(time), normalizedAlignment: normalized.take(time) };
  };
  for (const sentence of splitSentences(order.text)) {
    const characters = Array.from(sentence);
    const folded = foldText(characters);
    const utterance = hasSpeech(folded.ascii) ? engine.speak(folded.ascii, order.voice, order.speed) : silence;
    const offset = (heard + held.length) / order.sampleRate;
    original.add(alignSentence(characters, folded, utterance.tokens), offset);
    normalized.add(normalizeSentence(utterance.tokens), offset);
    held = join(held, resample(utterance.samples, utterance.sampleRate, order.sampleRate));
    const piece = release(Math.min(original.settledUntil, normalized.settledUntil));
    if (piece.audio.length > 0) yield piece;
  }
  if (held.length === 0) return;
  const end = (heard + held.length) / order.sampleRate;
  original.finish(end);
  normalized.finish(end);
  yield release(Infinity);
}

/** Has the engine compiled for speed by the time that the first request comes. */
export function warmUp(module: WebAssembly.Module, voice: FliteVoice): void {
  new FliteEngine(module).speak('Ready to speak.', voice, 1);
}

function join(first: Int16Array<ArrayBuffer>, second: Int16Array<ArrayBuffer>): Int16Array<ArrayBuffer> {
  const both = new Int16Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
