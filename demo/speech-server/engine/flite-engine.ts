import { FliteMemory } from './flite-memory.ts';
import type { FliteExports, Pointer } from './flite-exports.ts';
import { systemInterface } from './system-interface.ts';
import type { Phone, SpokenToken, SpokenWord, Utterance } from './utterance.ts';

/** The engine's voices: three men (`rms`, `awb`, `kal16`) and a woman (`slt`). `kal16` is twenty times as fast as the others. */
export type FliteVoice = 'rms' | 'slt' | 'awb' | 'kal16';

/**
 * One instance of the engine. Its noise source carries on from call to call, so the same calls give the same samples only
 * from a new instance.
 */
export class FliteEngine {
  readonly #flite: FliteExports;
  readonly #memory: FliteMemory;
  readonly #voices = new Map<FliteVoice, Pointer>();

  constructor(module: WebAssembly.Module) {
    const imports = systemInterface(module, () => this.#flite.memory);
    this.#flite = new WebAssembly.Instance(module, imports).exports as unknown as FliteExports;
    this.#memory = new FliteMemory(this.#flite);
    this.#flite['__wasm_call_ctors']();
    this.#flite.flite_init();
  }

  /** Speaks printable ASCII; `speed` is relative to the voice's own. */
  speak(text: string, voice: FliteVoice, speed: number): Utterance {
    const input = this.#memory.allocateString(text);
    const utterance = this.#flite.new_utterance();
    try {
      this.#flite.utt_set_input_text(utterance, input);
      this.#flite.utt_init(utterance, this.#voice(voice));
      const features = this.#memory.pointerAt(utterance);
      if (speed !== 1) this.#flite.feat_set_float(features, this.#memory.name('duration_stretch'), 1 / speed);
      this.#flite.utt_synth(utterance);
      const wave = this.#memory.wave(this.#flite.utt_wave(utterance));
      return { ...wave, tokens: this.#tokens(utterance, wave.samples.length / wave.sampleRate) };
    } finally {
      this.#flite.delete_utterance(utterance);
      this.#flite.free(input);
    }
  }

  #voice(voice: FliteVoice): Pointer {
    let pointer = this.#voices.get(voice);
    if (pointer === undefined) {
      pointer = this.#flite[`register_cmu_us_${voice}`](0);
      this.#voices.set(voice, pointer);
    }
    return pointer;
  }

  #tokens(utterance: Pointer, duration: number): SpokenToken[] {
    const phones = this.#phones(utterance, duration);
    return this.#relation(utterance, 'Token').map((token) => ({
      prefix: this.#string(token, 'prepunctuation'),
      text: this.#string(token, 'name'),
      suffix: this.#string(token, 'punc'),
      words: this.#daughters(token).map((word) => this.#word(word, phones)),
    }));
  }

  #word(word: Pointer, phones: ReadonlyMap<Pointer, Phone>): SpokenWord {
    const structure = this.#flite.item_as(word, this.#memory.name('SylStructure'));
    const segments = this.#daughters(structure).flatMap((syllable) => this.#daughters(syllable));
    return {
      // The engine marks the letter a, as against the article, with an underscore.
      text: this.#string(word, 'name').replace(/^_/, ''),
      phones: segments.flatMap((segment) => phones.get(this.#memory.pointerAt(segment)) ?? []),
    };
  }

  /** The utterance's phones by their contents: an item that stands in two relations has one contents block, its first field. */
  #phones(utterance: Pointer, duration: number): Map<Pointer, Phone> {
    const phones = new Map<Pointer, Phone>();
    let start = 0;
    for (const segment of this.#relation(utterance, 'Segment')) {
      // The planned end of the last phones may lie behind the end of the audio.
      const end = Math.min(this.#flite.item_feat_float(segment, this.#memory.name('end')), duration);
      phones.set(this.#memory.pointerAt(segment), { name: this.#string(segment, 'name'), start, end });
      start = end;
    }
    return phones;
  }

  #relation(utterance: Pointer, name: string): Pointer[] {
    return this.#siblings(this.#flite.relation_head(this.#flite.utt_relation(utterance, this.#memory.name(name))));
  }

  #daughters(item: Pointer): Pointer[] {
    return item === 0 ? [] : this.#siblings(this.#flite.item_daughter(item));
  }

  #siblings(first: Pointer): Pointer[] {
    const items: Pointer[] = [];
    for (let item = first; item !== 0; item = this.#flite.item_next(item)) items.push(item);
    return items;
  }

  #string(item: Pointer, feature: string): string {
    const name = this.#memory.name(feature);
    if (this.#flite.item_feat_present(item, name) === 0) return '';
    return this.#memory.string(this.#flite.item_feat_string(item, name));
  }
}
