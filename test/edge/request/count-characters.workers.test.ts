import './count-characters-suite.ts';
