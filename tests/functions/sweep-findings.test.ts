import { sweepFindings } from '../../functions/sweep-findings/sweep-findings';

const telemetry = {
  count: () => undefined,
  countBy: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};

test('findings are settled though the queue of remediations takes nothing', async () => {
  const settled: string[] = [];
  const told: unknown[] = [];
  const sweep = sweepFindings({
    record: {
      table: {
        due: async () => ['F'],
        read: async (id: string) => {
          settled.push(id);
          return undefined;
        },
        write: async () => true,
        clear: async () => true,
      },
      bus: { publish: async () => undefined },
      now: () => '2026-11-29T12:00:00.000Z',
    } as unknown as Parameters<typeof sweepFindings>[0]['record'],
    remediations: {
      runs: { due: async () => ['G'] },
      jobs: {
        send: async () => {
          throw new Error('the queue is gone');
        },
      },
    },
    telemetry: { ...telemetry, error: (...all: unknown[]) => told.push(all) } as never,
  });
  await expect(sweep()).rejects.toThrow('of 1 findings and their remediations, 1 were not settled');
  expect(settled).toEqual(['F']);
  expect(JSON.stringify(told)).toContain('remediations');
});
