// What the tests in workerd use of its own modules; the runtime's types and the DOM's can't be in one program.

interface TestObject {
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

interface TestObjectNamespace {
  idFromName(name: string): unknown;
  get(id: unknown): TestObject;
}

interface TestObjectState {
  blockConcurrencyWhile<Result>(work: () => Promise<Result>): Promise<Result>;
  readonly storage: {
    readonly sql: { exec(query: string): { toArray(): Record<string, unknown>[] } };
    getAlarm(): Promise<number | null>;
  };
}

declare module 'cloudflare:workers' {
  import type { RateLimitBinding } from '../../src/edge/limits/rate-limit-binding.ts';

  export const env: {
    readonly SPEECH_LIMITS: TestObjectNamespace;
    readonly RATE_LIMIT: RateLimitBinding;
  };
}

declare module 'cloudflare:test' {
  import type { SpeechLimitsObject } from '../../src/edge/limits/speech-limits-object.ts';

  export function runInDurableObject<Result>(
    stub: TestObject,
    work: (object: SpeechLimitsObject, state: TestObjectState) => Result | Promise<Result>,
  ): Promise<Result>;
  /** Whether there was an alarm. */
  export function runDurableObjectAlarm(stub: TestObject): Promise<boolean>;
  export function abortAllDurableObjects(): Promise<void>;
}
