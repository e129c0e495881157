import { passSocket } from '../../../src/edge/sockets/pass-socket.ts';

/** A Worker that connects pages with the service at `service`, counted if there is `counted` in the query. */
const worker: { fetch(request: Request): Promise<Response> } = {
  fetch(request) {
    const { searchParams } = new URL(request.url);
    return passSocket({
      url: searchParams.get('service') ?? '',
      headers: new Headers({ 'xi-api-key': 'local' }),
      call: 'connect',
      protocol: 'saylight.v1',
      request,
      openTimeout: 10,
      runtime: {},
      counting: searchParams.has('counted')
        ? { charactersPerRequest: undefined, sessionSeconds: undefined, idleSeconds: 60, reserve: reserveLater }
        : undefined,
      onEnd: () => {},
    });
  },
};

/** Answers when `fetch` has long returned. */
async function reserveLater(): Promise<{ readonly admitted: true }> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { admitted: true };
}

// A Worker's handler is its default export.
// oxlint-disable-next-line import/no-default-export
export default worker;
