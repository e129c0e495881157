/** What a speech server has open, and how much it has made. */
export interface ServerHealth {
  readonly open_sockets: number;
  readonly open_contexts: number;
  readonly open_speeches: number;
  readonly audio_seconds_made: number;
}

export const nothingOpen = { open_sockets: 0, open_contexts: 0, open_speeches: 0 };

/** Asks a speech server how it is. */
export async function healthOf(url: string): Promise<ServerHealth> {
  return (await fetch(`${url}/health`)).json() as Promise<ServerHealth>;
}
