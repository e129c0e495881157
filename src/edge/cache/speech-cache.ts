/** Keeps finished replies. */
export interface SpeechCache {
  match(key: string): Promise<Response | undefined>;
  /** Keeps a reply whole or not at all; its `cache-control: max-age` says for how long. Rejects when its body breaks off. */
  put(key: string, response: Response): Promise<void>;
}
