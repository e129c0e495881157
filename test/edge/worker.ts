export { SpeechLimitsObject } from '../../src/edge/speech-limits-object.ts';
