import { serveJobs } from './serve-jobs.ts';
import { runSpeechJob } from './speech-job.ts';

serveJobs(runSpeechJob);
