/**
 * Thrown for an event pattern that EventBridge would refuse.
 * `reason` says what is wrong, `where` names the field or the place in the text.
 */
export class InvalidEventPattern extends Error {
  override readonly name = 'InvalidEventPattern';
  readonly reason: string;
  readonly where: string | undefined;

  constructor(reason: string, where?: string) {
    super(`Event pattern is not valid. Reason: ${reason}${where === undefined ? '' : ` at ${where}`}`);
    this.reason = reason;
    this.where = where;
  }
}

/** Thrown when the thing to be matched is not a JSON object, so it cannot be an event. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}
