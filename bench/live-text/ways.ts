import { createConversation, type Playback, type Player, type SpeakRequest } from 'saylight/player';

/** Whom to ask to speak, and as whom. */
export type Speaker = Pick<SpeakRequest, 'baseUrl' | 'token' | 'voiceId'>;

/** One way to have a text spoken that is still being written. */
export interface Way {
  /** Done before the first token comes. */
  readonly prepare?: (player: Player, speaker: Speaker) => Promise<Prepared>;
  /** Begins to speak; `onPlayback` is told of every playback when it is asked for. Resolves when the last one was. */
  readonly speak: (begin: Begin) => Promise<void>;
}

/** What was made ahead. */
interface Prepared {
  speak(tokens: AsyncIterable<string>): Playback;
  close(): Promise<void>;
}

/** What a way begins with. */
interface Begin {
  readonly player: Player;
  readonly speaker: Speaker;
  readonly tokens: AsyncIterable<string>;
  readonly prepared: Prepared | undefined;
  readonly onPlayback: (playback: Playback) => void;
}

type LiveOptions = Pick<SpeakRequest, 'autoMode' | 'generation_config'>;

function oneSocket(options: LiveOptions): Way {
  return {
    async speak({ player, speaker, tokens, onPlayback }) {
      onPlayback(player.speak({ ...speaker, ...options, text: tokens }));
    },
  };
}

/** The second turn: the connection is open, as it is from then on. */
function secondTurn(options: LiveOptions): Way {
  return {
    async prepare(player, speaker) {
      const conversation = createConversation(player, { ...speaker, ...options });
      await conversation.speak('Yes.').finished;
      return conversation;
    },
    async speak({ tokens, prepared, onPlayback }) {
      if (prepared) onPlayback(prepared.speak(tokens));
    },
  };
}

/** Every sentence is a request of its own, sent with its last mark: no way to tell a sentence's end is faster. */
const requestPerSentence: Way = {
  async speak({ player, speaker, tokens, onPlayback }) {
    let sentence = '';
    for await (const token of tokens) {
      sentence += token;
      if (!/[.!?]$/.test(sentence)) continue;
      onPlayback(player.speak({ ...speaker, text: sentence.trim(), whenSpeaking: 'queue' }));
      sentence = '';
    }
  },
};

/** The ways that are compared. */
export const ways: Readonly<Record<string, Way>> = {
  'one socket': oneSocket({}),
  'one socket, autoMode': oneSocket({ autoMode: true }),
  "one socket, the service's schedule": oneSocket({
    generation_config: { chunk_length_schedule: [120, 160, 250, 290] },
  }),
  'conversation, 2nd turn': secondTurn({}),
  'a request per sentence': requestPerSentence,
};
