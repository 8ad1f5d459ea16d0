/** Ids of the controls that a remediation fixes, which alone can be more than `notify`. No remediation exists yet. */
export const remediated: ReadonlySet<string> = new Set();
