/** An answer that AWS gives as an error. `code` is the error's name as the SDK knows it. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  constructor(
    readonly code: string,
    message: string,
    readonly statusCode = 400,
  ) {
    super(message);
  }
}

/** Something real AWS can do and local AWS can't: said aloud, never answered with success. */
export class NotSimulated extends AwsError {
  constructor(what: string) {
    super('NotSimulatedLocally', `${what} isn't simulated by local AWS`, 400);
  }
}

/** The connection is closed without an answer, as after a network failure. */
export class Disconnect extends Error {
  override readonly name = 'Disconnect';
}
