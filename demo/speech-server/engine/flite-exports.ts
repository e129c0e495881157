/** A pointer into the engine's memory; 0 is none. */
export type Pointer = number;

/** The functions of flite that the engine calls, with their C signatures. */
export interface FliteExports {
  readonly memory: WebAssembly.Memory;
  __wasm_call_ctors(): void;
  flite_init(): number;
  register_cmu_us_rms(directory: Pointer): Pointer;
  register_cmu_us_slt(directory: Pointer): Pointer;
  register_cmu_us_awb(directory: Pointer): Pointer;
  register_cmu_us_kal16(directory: Pointer): Pointer;
  new_utterance(): Pointer;
  delete_utterance(utterance: Pointer): void;
  utt_set_input_text(utterance: Pointer, text: Pointer): void;
  utt_init(utterance: Pointer, voice: Pointer): Pointer;
  utt_synth(utterance: Pointer): Pointer;
  utt_wave(utterance: Pointer): Pointer;
  utt_relation(utterance: Pointer, name: Pointer): Pointer;
  relation_head(relation: Pointer): Pointer;
  item_next(item: Pointer): Pointer;
  item_daughter(item: Pointer): Pointer;
  item_as(item: Pointer, relation: Pointer): Pointer;
  item_feat_present(item: Pointer, name: Pointer): number;
  item_feat_string(item: Pointer, name: Pointer): Pointer;
  item_feat_float(item: Pointer, name: Pointer): number;
  feat_set_float(features: Pointer, name: Pointer, value: number): void;
  malloc(size: number): Pointer;
  free(pointer: Pointer): void;
}

/** The names that the published module keeps to itself. */
export const fliteFunctions: readonly Exclude<keyof FliteExports, 'memory'>[] = [
  '__wasm_call_ctors',
  'flite_init',
  'register_cmu_us_rms',
  'register_cmu_us_slt',
  'register_cmu_us_awb',
  'register_cmu_us_kal16',
  'new_utterance',
  'delete_utterance',
  'utt_set_input_text',
  'utt_init',
  'utt_synth',
  'utt_wave',
  'utt_relation',
  'relation_head',
  'item_next',
  'item_daughter',
  'item_as',
  'item_feat_present',
  'item_feat_string',
  'item_feat_float',
  'feat_set_float',
  'malloc',
  'free',
];
