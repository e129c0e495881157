import './parse-grants-suite.ts';
