import './narrow-grants-suite.ts';
