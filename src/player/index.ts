export { createPlayer, type PlayOptions, type Player, type PlayerOptions } from './player.ts';
export type { AudioSource } from './audio-source.ts';
export { createConversation, type Conversation, type ConversationRequest, type TurnOptions } from './conversation.ts';
export type { SpeakRequest, WhenSpeaking } from './speak-request.ts';
export type { Heard } from './heard.ts';
export type { Playback, PlaybackOutcome } from './playback.ts';
export type { PlaybackMetrics } from './playback-metrics.ts';
export type {
  PlaybackErrorEvent,
  PlaybackEventMap,
  PlaybackState,
  StateChangeEvent,
  UnderrunEvent,
  WordEvent,
} from './playback-events.ts';
export { highlight, type Highlighter, type HighlightOptions, type HighlightSource } from './highlight.ts';
