/** Why a command could not do what it was asked, for the person who asked. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    message: string,
    /** What to do about it, a line each. */
    readonly next: readonly string[] = [],
  ) {
    super(message);
  }
}
