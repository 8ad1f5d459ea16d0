import type { Claims, Taken } from '../../shared/aws/claims';
import type { FindingsTable } from '../../shared/aws/findings-table';
import type { Finding, Transition } from '../../shared/contracts/trailseal/finding';
import type { StoredFinding } from '../../shared/findings/record';
import type { MakeCall } from './calls';
import type { VirtualClock } from './clock';

interface Claim {
  readonly firstTakenAt: string;
  leaseUntil?: string;
  doneAt?: string;
}

/** The table of findings and claims, with its conditions and its index of what is due. */
export class MemoryTable {
  /** Called when a finding has to be looked at again; `unpublished` when transitions wait for it. */
  becameDue = (_dueAt: string, _unpublished: boolean): void => undefined;

  /** All that were ever written, in the order of their writing. */
  readonly transitions: Transition[] = [];

  /** As text, as nothing that a caller holds may be what is stored. */
  readonly #findings = new Map<string, { readonly seq: number; readonly text: string }>();
  readonly #due = new Map<string, string>();
  readonly #claims = new Map<string, Claim>();
  readonly #handled = new Map<string, number>();

  constructor(private readonly clock: VirtualClock) {}

  /** By control, then by id. */
  findings(): Finding[] {
    return [...this.#findings.keys()]
      .map((id) => this.#read(id)?.finding)
      .filter((finding) => finding !== undefined)
      .sort((a, b) => compareText(a.control, b.control) || compareText(a.id, b.id));
  }

  hasDue(by: string): boolean {
    return [...this.#due.values()].some((dueAt) => dueAt <= by);
  }

  findingsTable(call: MakeCall): FindingsTable {
    const dynamodb = <T>(action: string, about: string, effect: () => T) =>
      call({ service: 'dynamodb', action, about }, effect);
    return {
      read: (id) => dynamodb('read', id, () => this.#read(id)),
      write: (next, expectedSeq) =>
        dynamodb('write', next.finding.id, () => {
          if (this.#findings.get(next.finding.id)?.seq !== expectedSeq) return false;
          this.transitions.push(...next.outbox.filter(({ seq }) => seq === next.seq));
          this.#put(next);
          return true;
        }),
      clear: ({ finding: { id }, seq }, dueAt) =>
        dynamodb('clear', id, () => {
          const stored = this.#read(id);
          if (stored?.seq !== seq) return false;
          const { dueAt: _, ...rest } = stored;
          this.#put({ ...rest, outbox: [], ...(dueAt === undefined ? {} : { dueAt }) });
          return true;
        }),
      due: (by, limit) =>
        dynamodb('due', '', () =>
          [...this.#due]
            .filter(([, dueAt]) => dueAt <= by)
            .sort(([, a], [, b]) => compareText(a, b))
            .slice(0, limit)
            .map(([id]) => id),
        ),
    };
  }

  /** The claims of one consumer. Each call is one request of the real ones. */
  claims(consumer: string, call: MakeCall): Claims {
    const keyOf = (findingId: string, id: string) => [findingId, id, consumer].join(' ');
    const dynamodb = <T>(action: string, about: string, effect: () => T) =>
      call({ service: 'dynamodb', action, about }, effect);
    const isDone = (findingId: string, id: string) =>
      dynamodb('read-claim', id, () => this.#claims.get(keyOf(findingId, id))?.doneAt !== undefined);
    return {
      isDone,
      take: async ({ findingId, id }, leaseUntil) => {
        const taken = await dynamodb('take-claim', id, () => this.#take(keyOf(findingId, id), leaseUntil));
        if (taken) return taken;
        return (await isDone(findingId, id)) ? 'done' : 'held';
      },
      handledSeq: (findingId) =>
        dynamodb('read-handled', findingId, () => this.#handled.get(keyOf(findingId, '')) ?? 0),
      finish: async ({ findingId, id, seq, late }, _outcome) => {
        if (!late) {
          await dynamodb('write-handled', id, () => {
            const key = keyOf(findingId, '');
            this.#handled.set(key, Math.max(seq, this.#handled.get(key) ?? 0));
          });
        }
        await dynamodb('close-claim', id, () => {
          const { firstTakenAt = this.clock.time } = this.#claims.get(keyOf(findingId, id)) ?? {};
          this.#claims.set(keyOf(findingId, id), { firstTakenAt, doneAt: this.clock.time });
        });
      },
      release: ({ findingId, id }, leaseUntil) =>
        dynamodb('release-claim', id, () => {
          const claim = this.#claims.get(keyOf(findingId, id));
          if (claim?.leaseUntil === leaseUntil) delete claim.leaseUntil;
        }),
    };
  }

  #take(key: string, leaseUntil: string): Taken | undefined {
    const claim = this.#claims.get(key);
    const isFree = claim?.leaseUntil === undefined || claim.leaseUntil < this.clock.time;
    if (claim?.doneAt !== undefined || !isFree) return undefined;
    const firstTakenAt = claim?.firstTakenAt ?? this.clock.time;
    this.#claims.set(key, { firstTakenAt, leaseUntil });
    return { firstTakenAt };
  }

  #read(id: string): StoredFinding | undefined {
    const stored = this.#findings.get(id);
    return stored && (JSON.parse(stored.text) as StoredFinding);
  }

  #put(next: StoredFinding): void {
    const { finding, seq, dueAt, outbox } = next;
    this.#findings.set(finding.id, { seq, text: JSON.stringify(next) });
    if (dueAt === undefined) this.#due.delete(finding.id);
    else {
      this.#due.set(finding.id, dueAt);
      this.becameDue(dueAt, outbox.length > 0);
    }
  }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
