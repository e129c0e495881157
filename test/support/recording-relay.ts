import { connect, createServer, type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server that is another one, and notes what it is told. */
export interface RecordingRelay {
  readonly url: string;
  /** What clients have sent so far, byte by byte. */
  received(): string;
}

/** Stands in front of the server at `target` for the test that starts it. */
export async function startRecordingRelay(target: string): Promise<RecordingRelay> {
  const { hostname, port } = new URL(target);
  const received: Buffer[] = [];
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.on('data', (data) => received.push(data)).pipe(upstream);
    upstream.pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${address.port}`, received: () => Buffer.concat(received).toString('latin1') };
}
