import { canonicalJson } from '../../../shared/remediations/plan';
import type { Run, Runs } from '../../../shared/remediations/run';

/** Runs in memory, with the same answers as those in the table; what is stored is what JSON keeps of it. */
export function memoryRuns(): Runs & { readonly all: () => Run[]; readonly requests: Map<string, string> } {
  const heads = new Map<
    string,
    { fence: number; latest?: string; follows?: string | undefined; until?: string }
  >();
  const rows = new Map<string, string>();
  const parts = new Map<string, { fence: number; value: string }>();
  const approvals = new Map<string, Map<string, string>>();
  const undos = new Map<string, string>();
  const caps = new Map<string, Set<string>>();
  const requests = new Map<string, string>();
  const key = ({ findingId, id }: Pick<Run, 'findingId' | 'id'>) => `${findingId}/${id}`;
  const capKey = ({ control, accountId, at }: { control: string; accountId: string; at: string }) =>
    [control, accountId, at.slice(0, 13)].join('/');
  const all = () => [...rows.values()].map((row) => JSON.parse(row) as Run);
  return {
    all,
    requests,
    async lease(findingId, until, now) {
      const head = heads.get(findingId) ?? { fence: 0 };
      if (head.until !== undefined && head.until >= now) return 'held';
      const next = { ...head, fence: head.fence + 1, until };
      heads.set(findingId, next);
      return {
        fence: next.fence,
        ...(next.latest === undefined ? {} : { run: next.latest }),
        ...(next.follows === undefined ? {} : { follows: next.follows }),
      };
    },
    async release(findingId, fence) {
      const head = heads.get(findingId);
      if (head?.fence === fence) delete head.until;
    },
    async point(findingId, fence, run, follows) {
      const head = heads.get(findingId);
      if (head?.fence !== fence) return false;
      head.latest = run;
      head.follows = follows;
      return true;
    },
    async read(findingId, id) {
      const row = rows.get(key({ findingId, id }));
      return row === undefined ? undefined : (JSON.parse(row) as Run);
    },
    async write(next, expectedSeq) {
      const stored = rows.get(key(next));
      const seq = stored === undefined ? undefined : (JSON.parse(stored) as Run).seq;
      if (seq !== expectedSeq) return false;
      rows.set(key(next), JSON.stringify(next));
      return true;
    },
    async keep(run, part, value, fence) {
      const name = `${key(run)}/${part}`;
      if ((parts.get(name)?.fence ?? 0) > fence) return false;
      parts.set(name, { fence, value: JSON.stringify(value) });
      return true;
    },
    async part(run, part) {
      const kept = parts.get(`${key(run)}/${part}`);
      return kept === undefined ? undefined : JSON.parse(kept.value);
    },
    async approve(run, approval) {
      const given = approvals.get(key(run)) ?? new Map<string, string>();
      approvals.set(key(run), given.set(canonicalJson(approval), JSON.stringify(approval)));
    },
    approvals: async (run) => [...(approvals.get(key(run))?.values() ?? [])].map((one) => JSON.parse(one)),
    async askUndo(run, asked) {
      undos.set(key(run), JSON.stringify(asked));
    },
    async undoAsked(run) {
      const asked = undos.get(key(run));
      return asked === undefined ? undefined : JSON.parse(asked);
    },
    async admit(cap, run, most) {
      const counted = caps.get(capKey(cap)) ?? new Set<string>();
      if (!counted.has(run) && counted.size >= most) return false;
      caps.set(capKey(cap), counted.add(run));
      return true;
    },
    admitted: async (cap) => [...(caps.get(capKey(cap)) ?? [])],
    async noteRequest({ requestId, findingId, run, call }) {
      requests.set(requestId, `${findingId}/${run}/${call}`);
    },
    ours: async (ids) => new Set(ids.filter((id) => requests.has(id))),
    due: async (by, limit) => [
      ...new Set(
        all()
          .filter(({ dueAt }) => dueAt !== undefined && dueAt <= by)
          .sort((a, b) => (a.dueAt ?? '').localeCompare(b.dueAt ?? ''))
          .slice(0, limit)
          .map(({ findingId }) => findingId),
      ),
    ],
  };
}
