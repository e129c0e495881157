import { createLiveJobs } from './live-job.ts';
import { serveJobs } from './serve-jobs.ts';

serveJobs(createLiveJobs());
