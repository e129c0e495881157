interface Env {
  readonly SERVICE_URL: string;
}

/** What the gateway is compared with: the least that a Worker between a page and a service can do. */
const pass = {
  fetch(request: Request, env: Env): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    return fetch(env.SERVICE_URL + pathname + search, request);
  },
};

// What a Worker is.
// oxlint-disable-next-line import/no-default-export
export default pass;
