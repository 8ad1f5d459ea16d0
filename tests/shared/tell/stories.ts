import type { FindingEventDetail, Transition } from '../../../shared/contracts/trailseal/finding';
import { changeLink } from '../../../shared/proof/change';
import { type Alert, alertOf } from '../../../shared/tell/alerts/alert';
import { at, control, exemptUntil, fine, gone, open, reason, transitionEvent } from '../../support/findings';

const permission = (fromPort: number, cidrIp: string) => ({
  fromPort,
  toPort: fromPort,
  ipProtocol: 'tcp',
  ipv4Ranges: [{ cidrIp, description: 'not for the alert' }],
});

export const pathsRead = [
  'configuration.ipPermissions.fromPort',
  'configuration.ipPermissions.ipProtocol',
  'configuration.ipPermissions.ipv4Ranges.cidrIp',
  'configuration.ipPermissions.toPort',
];

export const change = changeLink(
  [
    {
      path: 'configuration.ipPermissions.0',
      changeType: 'UPDATE',
      before: permission(22, '10.0.0.0/8'),
      after: permission(22, '0.0.0.0/0'),
    },
    {
      path: 'configuration.ipPermissions.1',
      changeType: 'CREATE',
      before: null,
      after: permission(443, '10.0.0.0/8'),
    },
    {
      path: 'configuration.ipPermissions.2',
      changeType: 'DELETE',
      before: permission(25, '10.0.0.0/8'),
      after: null,
    },
    { path: 'configuration.description', changeType: 'UPDATE', before: 'a', after: 'b' },
  ],
  pathsRead,
);

const wrong = open(at(9), { change });

/** One transition of each kind, as a finding goes through them. */
export const stories = {
  Opened: { kind: 'Opened', judgement: wrong, exposure: { from: at(9) } },
  Updated: {
    kind: 'Updated',
    judgement: open(at(10), {
      because: [reason(), reason({ says: 'port 3389 (tcp) is open to 0.0.0.0/0' })],
    }),
    was: wrong,
    exposure: { from: at(9) },
  },
  Reopened: { kind: 'Reopened', judgement: open(at(12)), exposure: { from: at(12) } },
  Resolved: {
    kind: 'Resolved',
    judgement: fine(at(11, 5)),
    was: wrong,
    exposure: { from: at(9), to: at(11, 5) },
  },
  Deleted: {
    kind: 'Resolved',
    judgement: gone(at(11, 5)),
    was: wrong,
    exposure: { from: at(9), to: at(11, 5), atLeast: true },
  },
  Exempted: {
    kind: 'Exempted',
    judgement: exemptUntil(at(22), at(9)),
    was: wrong,
    exposure: { from: at(9), to: at(11, 5) },
  },
  Late: {
    kind: 'Resolved',
    judgement: fine(at(11)),
    was: wrong,
    exposure: { from: at(9), to: at(11) },
    late: true,
  },
} as const satisfies Record<string, Partial<Transition>>;

export type Story = keyof typeof stories;

export const eventOf = (
  story: Story,
  about: Parameters<typeof transitionEvent>[1] = {},
): FindingEventDetail => transitionEvent(stories[story], about);

export const alertIn = (story: Story, about: Parameters<typeof transitionEvent>[1] = {}): Alert =>
  alertOf(eventOf(story, about), { control, mode: 'notify' });
