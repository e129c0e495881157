/** Bytes of a short reply. */
export const replyBytes = 4096;
/** Bytes of the long reply, in chunks of 64 KiB. */
export const largeBytes = 200 * 2 ** 20;
/** Of a slow stream: bytes of a chunk, chunks, and milliseconds between them. */
export const slowBytes = 1024;
export const slowChunks = 20;
export const slowInterval = 100;
/** Slow streams at the same time. */
export const slowStreams = 500;
/** Characters of the audio in a frame of a WebSocket. */
export const frameBytes = 1024;
/** Requests or WebSockets at the same time, where a rate is measured. */
export const concurrency = 16;
