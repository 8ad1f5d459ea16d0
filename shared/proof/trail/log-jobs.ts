/** Some of the log files that a digest lists: those at `[begin, end)` of its `logFiles`. */
export interface LogJob {
  /** Counted from 0, of `jobs` for this digest. */
  readonly job: number;
  readonly jobs: number;
  readonly begin: number;
  readonly end: number;
}

/** The work that a digest makes, in pieces that each end in time. A digest without log files makes none. */
export function logJobs({ logFiles }: { readonly logFiles: readonly unknown[] }, size = 200): LogJob[] {
  const jobs = Math.ceil(logFiles.length / size);
  return Array.from({ length: jobs }, (_, job) => ({
    job,
    jobs,
    begin: job * size,
    end: Math.min((job + 1) * size, logFiles.length),
  }));
}
