export { SpeechLimitsObject } from '../../src/edge/limits/speech-limits-object.ts';
