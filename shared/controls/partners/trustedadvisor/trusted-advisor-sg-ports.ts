import * as z from 'zod/mini';
import type { TrustedAdvisorItem } from '../../../contracts/aws/partners/trusted-advisor-item';
import type { Severity } from '../../control';
import { definePartner, type MappedResource } from '../partner';
import { type Colour, portColour } from '../port-colour';
import { accountResource } from '../resource';
import { mapItem, placeOf, trustedAdvisorEvents } from '../trusted-advisor-item';

const CHECK = 'Security Groups - Specific Ports Unrestricted';

const severities: Readonly<Record<Colour, Severity>> = { red: 'high', yellow: 'medium', green: 'low' };

export default definePartner({
  id: 'trusted-advisor-sg-ports',
  version: 1,
  title: 'Trusted Advisor finds no security group that opens sensitive ports to everybody',
  severity: 'high',
  rationale:
    'Ports of databases, file transfer and remote administration that the whole internet reaches are attacked all the time.',
  whatToDo: [
    'Look the rule up in the security group: its port, and the source 0.0.0.0/0.',
    'Authorise the ranges that need the port instead, or let people in by Session Manager.',
    'Revoke the world-open rule, and refresh the check in Trusted Advisor; this finding closes with it.',
  ],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: [],
    awsConfig: [],
    nist80053r5: ['AC-4', 'SC-7'],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: ['AWS::EC2::SecurityGroup'],
  listensTo: {
    ...trustedAdvisorEvents,
    pattern: {
      detail: {
        // The name is written with a hyphen by the API and with a dash in the guide.
        'check-name': [{ prefix: CHECK }, { prefix: CHECK.replace('-', '\u2013') }],
      },
    },
  },
  parameters: z.object({}),
  map: (event) =>
    mapItem(event, (item) => {
      if (item.check !== CHECK) return undefined;
      const rule = ruleOf(item);
      const ports = rule.ports === undefined ? 'a port' : `port ${rule.ports}`;
      const colour = colourOf(item, rule.ports);
      const resource = groupOf(item, placeOf(item, event));
      const group =
        resource.resourceType === 'AWS::EC2::SecurityGroup' ? resource.resourceId : 'a security group';
      return {
        resource,
        item: [
          resource.resourceId,
          rule.protocol ?? '',
          rule.ports ?? item.resourceId ?? item.uuid ?? '',
        ].join('|'),
        severity: severities[colour],
        says: `Trusted Advisor: ${group} opens ${ports} to 0.0.0.0/0 (${colour})`,
        because: [
          {
            says: `${ports}${rule.protocol ? ` (${rule.protocol})` : ''} is open to 0.0.0.0/0, which is ${colour}`,
            path: 'detail.check-item-detail["Port"]',
            value: rule.ports ?? null,
            expected: 'a source range that is not the whole internet',
          },
        ],
      };
    }),
});

/** No published event of this check is known: columns are found by what their titles begin with. */
function column({ columns }: TrustedAdvisorItem, ...titles: readonly string[]): string | undefined {
  for (const [title, value] of columns)
    if (titles.some((wanted) => title.toLowerCase().startsWith(wanted))) return value;
  return undefined;
}

const ruleOf = (item: TrustedAdvisorItem) => ({
  protocol: column(item, 'protocol', 'ip protocol')?.toLowerCase(),
  ports: column(item, 'port', 'from port'),
});

/** The item's own colour, else that of its ports, else what its status stands for. */
function colourOf(item: TrustedAdvisorItem, ports: string | undefined): Colour {
  const own = column(item, 'status', 'alert')?.toLowerCase();
  if (own === 'red' || own === 'yellow' || own === 'green') return own;
  const [, from, to = from] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(ports ?? '') ?? [];
  if (from !== undefined) return portColour(Number(from), Number(to));
  return item.status === 'ERROR' ? 'red' : 'yellow';
}

function groupOf(
  item: TrustedAdvisorItem,
  place: Pick<MappedResource, 'accountId' | 'region'>,
): MappedResource {
  const told = column(item, 'security group id') ?? item.resourceId ?? '';
  // `sg-0123 (vpc-4567)` in the column; an ARN, if anything, as the resource id.
  const [, id] =
    /^(sg-[0-9a-f]+)(?: \((?:vpc-[0-9a-f]+)\))?$/.exec(told) ??
    /:security-group\/(sg-[0-9a-f]+)$/.exec(item.resourceId ?? '') ??
    [];
  const name = column(item, 'security group name');
  return id === undefined
    ? accountResource(place)
    : {
        ...place,
        resourceType: 'AWS::EC2::SecurityGroup',
        resourceId: id,
        arn: `arn:aws:ec2:${place.region}:${place.accountId}:security-group/${id}`,
        ...(name === undefined ? {} : { name }),
      };
}
