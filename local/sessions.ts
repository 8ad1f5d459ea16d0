import { randomBytes } from 'node:crypto';
import { AwsError } from './aws-error';
import type { Clock } from './clock';
import type { Statement } from './iam';

/** A role as somebody has assumed it. */
export interface Session {
  readonly name: string;
  readonly roleArn: string;
  readonly accessKeyId: string;
  readonly secret: string;
  readonly token: string;
  readonly startedAt: number;
  readonly expiresAt: number;
  readonly sourceIdentity?: string;
  /** What it may do at most; undefined: all that the role may. */
  readonly policy?: Statement[];
}

/** The sessions of one account, by their access keys. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(
    asked: Omit<Session, 'accessKeyId' | 'secret' | 'token' | 'startedAt' | 'expiresAt'>,
    seconds: number,
  ): Session {
    const startedAt = this.#clock.now();
    // Whoever comes a little late is told so.
    for (const [key, { expiresAt }] of this.#sessions)
      if (expiresAt + FORGOTTEN_MS < startedAt) this.#sessions.delete(key);
    const session = {
      ...asked,
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secret: randomBytes(30).toString('base64'),
      token: randomBytes(48).toString('base64'),
      startedAt,
      expiresAt: startedAt + seconds * 1000,
    };
    this.#sessions.set(session.accessKeyId, session);
    return session;
  }

  /** @throws ExpiredToken when it is over */
  with(accessKeyId: string, token: string | undefined): Session | undefined {
    const session = this.#sessions.get(accessKeyId);
    if (!session || session.token !== token) return undefined;
    if (session.expiresAt > this.#clock.now()) return session;
    throw new AwsError('ExpiredToken', 'The security token included in the request is expired', 403);
  }
}

const FORGOTTEN_MS = 3_600_000;
