import { parentPort } from 'node:worker_threads';
import { loadFlite } from '../engine/load-flite.ts';
import { speak, warmUp } from './speak.ts';
import type { SpeechPiece } from './speech-piece.ts';
import type { FromSynthesis, ToSynthesis } from './synthesis-messages.ts';

// This is the entry point of a worker thread. Speeches are spoken a piece at a time, each when it is asked for, so that many
// take turns and one that nobody reads costs nothing.

const port = parentPort;
if (port === null) throw new Error('synthesis-thread is the entry point of a worker thread.');

const engine = await loadFlite();
const speeches = new Map<number, Generator<SpeechPiece, void, undefined>>();

function reply(message: FromSynthesis, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

function speakNext(id: number): void {
  try {
    const next = speeches.get(id)?.next();
    if (next === undefined || next.done === true) {
      speeches.delete(id);
      reply({ type: 'end', id });
    } else {
      reply({ type: 'piece', id, piece: next.value }, [next.value.audio.buffer]);
    }
  } catch (error) {
    speeches.delete(id);
    reply({ type: 'error', id, message: String(error) });
  }
}

port.on('message', (message: ToSynthesis) => {
  if (message.type === 'start') speeches.set(message.id, speak(engine, message.order));
  if (message.type === 'stop') speeches.delete(message.id);
  else speakNext(message.id);
});

reply({ type: 'ready' });
warmUp(engine, 'rms');
