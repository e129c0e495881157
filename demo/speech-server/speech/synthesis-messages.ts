import type { SpeechOrder, SpeechPiece } from './speech-piece.ts';

/** What the server asks of the synthesis thread. `start` and `next` are each answered by one message. */
export type ToSynthesis =
  | { readonly type: 'start'; readonly id: number; readonly order: SpeechOrder }
  | { readonly type: 'next'; readonly id: number }
  | { readonly type: 'stop'; readonly id: number };

/** What the synthesis thread answers. */
export type FromSynthesis =
  | { readonly type: 'ready' }
  | { readonly type: 'piece'; readonly id: number; readonly piece: SpeechPiece }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'error'; readonly id: number; readonly message: string };
