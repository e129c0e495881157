import './speech-tokens-suite.ts';
import './token-attacks-suite.ts';
