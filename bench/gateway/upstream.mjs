// The speech service of this benchmark, in a process of its own; the voice says what it does.
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { frameBytes, largeBytes, replyBytes, slowBytes, slowChunks, slowInterval } from './sizes.mjs';

const headers = { 'content-type': 'audio/mpeg', 'request-id': 'bench', 'character-cost': '120' };
const reply = Buffer.alloc(replyBytes, 'x');
const slowChunk = Buffer.alloc(slowBytes, 'x');
const largeChunk = Buffer.alloc(2 ** 16, 'x');
const frame = JSON.stringify({ audio: 'A'.repeat(frameBytes), isFinal: null });

const voices = {
  plain: (/** @type {import('node:http').ServerResponse} */ response) => {
    response.writeHead(200, { ...headers, 'content-length': reply.length }).end(reply);
  },
  async slow(/** @type {import('node:http').ServerResponse} */ response) {
    response.writeHead(200, headers);
    for (let count = 0; count < slowChunks; count += 1) {
      if (count > 0) await wait(slowInterval);
      response.write(slowChunk);
    }
    response.end();
  },
  large: (/** @type {import('node:http').ServerResponse} */ response) => {
    response.writeHead(200, headers);
    let sent = 0;
    response.on('drain', send);
    send();

    function send() {
      while (sent < largeBytes) {
        sent += largeChunk.length;
        if (!response.write(largeChunk)) return;
      }
      response.end();
    }
  },
};

const server = createServer((request, response) => {
  const voice = /** @type {keyof typeof voices} */ (/text-to-speech\/(\w+)/.exec(request.url ?? '')?.[1]);
  request.resume();
  request.on('end', () => void voices[voice](response));
});
// A Worker's connections must not be closed while another variant has its turn.
server.keepAliveTimeout = 600_000;
const sockets = new WebSocketServer({ server });
sockets.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', () => socket.send(frame));
});
server.listen(0, '127.0.0.1', () => {
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.send?.({ result: `http://127.0.0.1:${address.port}` });
});
process.on('disconnect', () => process.exit());
