/** Whether S3, or the file system, would not list something. Mistakes of ours are errors of other kinds. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'BucketUnread' || error.name === 'NoSuchBucket' || 'syscall' in error);
