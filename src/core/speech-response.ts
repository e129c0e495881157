import { bytesPerSample, type OutputFormat } from './output-format.ts';
import type { Reply, ReplyInfo } from './reply.ts';
import { createSampleCarry } from './sample-carry.ts';
import { unexpectedReply } from './unexpected-reply.ts';

/** Speech as bytes. */
export interface SpeechResponse extends ReplyInfo {
  /** The audio as it arrives; PCM, mu-law and A-law in whole samples. Cancelling it ends the request. */
  readonly audio: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly format: OutputFormat;
}

/**
 * A reply of audio bytes as speech.
 *
 * @throws SpeechError `protocol` when it is text.
 */
export function speechResponse({ body, ...info }: Reply, format: OutputFormat): SpeechResponse {
  // An error that came as 200, or the page of a wrong address, would be played as noise.
  if (/^(text\/|application\/json)/.test(info.headers.get('content-type') ?? '')) {
    body.cancel();
    throw unexpectedReply('The reply holds no speech', info.requestId);
  }
  const carry = createSampleCarry(bytesPerSample(format));
  let isEmpty = true;
  const audio = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        // A pull that gives nothing is not repeated by the stream: a chunk of half a sample must be read past.
        for (;;) {
          const bytes = await body.read();
          if (!bytes) break;
          const chunk = carry(bytes);
          if (chunk.length === 0) continue;
          isEmpty = false;
          controller.enqueue(chunk);
          return;
        }
        if (isEmpty) throw unexpectedReply('The reply holds no speech', info.requestId);
        controller.close();
      },
      cancel: () => body.cancel(),
    },
    // Nothing is read ahead, so that the idle timeout counts only while a reader waits.
    { highWaterMark: 0 },
  );
  return { audio, format, ...info };
}
