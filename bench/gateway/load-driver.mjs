// Asks as pages do, in a process of its own: one task at a time.
import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';
import { largeBytes, replyBytes, slowBytes, slowChunks, slowStreams } from './sizes.mjs';

const text = 'The old mill stands by the river. Nobody has lived there for years, and its wheel has not turned since. ';
const body = JSON.stringify({ text: text.repeat(2).trim(), model_id: 'eleven_flash_v2_5' });
const message = JSON.stringify({ text: 'Nobody has lived there for many years. ' });

/**
 * @typedef {object} Target
 * @property {string} url - with the path of the mount
 * @property {string} origin
 * @property {readonly string[]} tokens - used in turn
 */

const tasks = { requests, streams, large, messages };

process.on('message', (/** @type {any} */ { kind, ...task }) => {
  tasks[/** @type {keyof typeof tasks} */ (kind)](task).then(
    (/** @type {unknown} */ result) => process.send?.({ result }),
    (/** @type {Error} */ { message: error }) => process.send?.({ error: `${kind}: ${error}` }),
  );
});
process.on('disconnect', () => process.exit());

/**
 * Short requests, some at a time.
 *
 * @param {Target & { count: number, concurrency: number }} task
 * @returns {Promise<{ seconds: number, firstBytes: readonly number[] }>} milliseconds until the first bytes of each
 */
async function requests({ count, concurrency, ...target }) {
  const agent = new Agent({ keepAlive: true });
  /** @type {number[]} */
  const firstBytes = [];
  let next = 0;
  const askOn = async () => {
    while (next < count) {
      const { times, bytes } = await speak(target, 'plain', agent, next++);
      if (bytes !== replyBytes) throw new Error(`a reply of ${bytes} bytes`);
      firstBytes.push(times[0] ?? NaN);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: concurrency }, askOn));
  const seconds = (performance.now() - begun) / 1000;
  agent.destroy();
  return { seconds, firstBytes };
}

/**
 * Slow streams, all at the same time.
 *
 * @param {Target} target
 * @returns {Promise<{ complete: number, firstBytes: readonly number[], gaps: readonly number[] }>} milliseconds
 */
async function streams(target) {
  const agent = new Agent();
  const ended = await Promise.allSettled(
    Array.from({ length: slowStreams }, (_, index) => speak(target, 'slow', agent, index)),
  );
  const whole = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
  return {
    complete: whole.filter(({ bytes }) => bytes === slowBytes * slowChunks).length,
    firstBytes: whole.map(({ times }) => times[0] ?? NaN),
    gaps: whole.flatMap(({ times }) => times.slice(1).map((time, index) => time - (times[index] ?? NaN))),
  };
}

/**
 * The long reply.
 *
 * @param {Target} target
 * @returns {Promise<{ seconds: number }>}
 */
async function large(target) {
  const begun = performance.now();
  const agent = new Agent();
  const { bytes } = await speak(target, 'large', agent, 0);
  if (bytes !== largeBytes) throw new Error(`a reply of ${bytes} bytes`);
  return { seconds: (performance.now() - begun) / 1000 };
}

/**
 * Messages over WebSockets, each sent once the one before it was answered by a frame.
 *
 * @param {Target & { count: number, concurrency: number }} task - a token for each socket
 * @returns {Promise<{ seconds: number, times: readonly number[] }>} milliseconds from each message to its answer
 */
async function messages({ count, concurrency, ...target }) {
  const sockets = await Promise.all(Array.from({ length: concurrency }, (_, index) => openSocket(target, index)));
  const begun = performance.now();
  const times = await Promise.all(sockets.map((socket) => converse(socket, Math.ceil(count / concurrency))));
  const seconds = (performance.now() - begun) / 1000;
  for (const socket of sockets) socket.close();
  return { seconds, times: times.flat() };
}

/**
 * @param {Target} target
 * @param {number} index - of the token
 * @returns {Promise<WebSocket>} open
 */
function openSocket({ url, origin, tokens }, index) {
  const token = tokens[index];
  const protocols = token === undefined ? [] : ['saylight.v1', `saylight.token.${token}`];
  const address = `${url.replace(/^http/, 'ws')}/v1/text-to-speech/plain/stream-input?model_id=eleven_flash_v2_5`;
  const socket = new WebSocket(address, protocols, { origin, perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code, reason) => reject(new Error(`a close with ${code} ${String(reason)}`)));
    socket.on('open', () => resolve(socket));
  });
}

/**
 * @param {WebSocket} socket
 * @param {number} count - of messages
 * @returns {Promise<number[]>} milliseconds from each to its answer
 */
function converse(socket, count) {
  return new Promise((resolve, reject) => {
    /** @type {number[]} */
    const times = [];
    let sent = performance.now();
    socket.on('close', (code, reason) => reject(new Error(`a close with ${code} ${String(reason)}`)));
    socket.on('message', () => {
      const now = performance.now();
      times.push(now - sent);
      if (times.length === count) return resolve(times);
      sent = now;
      socket.send(message);
    });
    socket.send(message);
  });
}

/**
 * Has a text spoken to its end.
 *
 * @param {Target} target
 * @param {'plain' | 'slow' | 'large'} voice
 * @param {Agent} agent
 * @param {number} index - of the token
 * @returns {Promise<{ times: readonly number[], bytes: number }>} when the first bytes and each further chunk of a slow stream
 * had come, in milliseconds from the request
 */
function speak({ url, origin, tokens }, voice, agent, index) {
  const address = `${url}/v1/text-to-speech/${voice}/stream?output_format=mp3_44100_128`;
  const token = tokens[index % tokens.length];
  const headers = {
    origin,
    'content-type': 'application/json',
    'content-length': body.length,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const sent = request(address, { method: 'POST', headers, agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
      /** @type {number[]} */
      const times = [];
      let bytes = 0;
      response.on('data', (/** @type {Buffer} */ chunk) => {
        const now = performance.now() - begun;
        if (bytes === 0) times.push(now);
        bytes += chunk.length;
        // Some come in several parts.
        if (voice === 'slow') while (bytes >= (times.length + 1) * slowBytes) times.push(now);
      });
      response.on('end', () => resolve({ times, bytes }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
