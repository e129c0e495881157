import './check-grants-suite.ts';
