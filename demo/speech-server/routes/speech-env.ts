import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Faults } from '../wire/faults.ts';

/** What every route finds in its context. */
export interface SpeechEnv {
  readonly Bindings: HttpBindings;
  readonly Variables: {
    readonly requestId: string;
    /** What the request asks to go wrong. */
    readonly faults: Faults;
  };
}

export type SpeechContext = Context<SpeechEnv>;
