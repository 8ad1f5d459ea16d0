import type { AwsEvent } from '../../contracts/aws/event';
import { type InspectorFinding, parseInspectorFinding } from '../../contracts/aws/partners/inspector-finding';
import type { Reason, Severity } from '../control';
import { ignored, type Mapped, type MappedResource } from './partner';
import { accountResource, resourceOfArn } from './resource';

export const inspectorEvents = { source: 'aws.inspector2', detailTypes: ['Inspector2 Finding'] } as const;

const severities: Readonly<Record<InspectorFinding['severity'], Severity>> = {
  CRITICAL: 'critical',
  HIGH: 'high',
  MEDIUM: 'medium',
  LOW: 'low',
  INFORMATIONAL: 'informational',
  // Its vendor has not rated it yet.
  UNTRIAGED: 'medium',
};

/** What an active finding amounts to, by one mapping. */
export type InspectorVerdict =
  | { readonly state: 'open'; readonly because: readonly [Reason, ...Reason[]] }
  | { readonly state: 'closed' | 'undetermined'; readonly says: string };

/** What both mappings of Inspector's findings have in common. `judge` sees active findings only. */
export function mapInspector(
  event: AwsEvent,
  isFor: (finding: InspectorFinding) => boolean,
  judge: (finding: InspectorFinding) => InspectorVerdict,
): Mapped | undefined {
  const finding = parseInspectorFinding(event);
  if (!isFor(finding)) return undefined;
  const [resource] = finding.resources;
  if (resource?.provider === 'AZURE' || resource?.type.startsWith('Microsoft.')) return ignored('not-aws');
  if (finding.status === 'SUPPRESSED') return ignored('suppressed');
  const known = {
    resource: resourceOf(finding, event.region),
    severity: severities[finding.severity],
    observedAt: finding.updatedAt,
    partnerId: finding.findingArn,
  };
  const title = finding.title ?? finding.type;
  if (finding.status === 'CLOSED')
    return { ...known, state: 'closed', says: `Inspector has closed: ${title}`, because: [] };
  const verdict = judge(finding);
  return verdict.state === 'open'
    ? { ...known, state: 'open', says: `Inspector: ${title}`, because: verdict.because }
    : { ...known, state: verdict.state, says: verdict.says, because: [] };
}

function resourceOf({ awsAccountId, resources }: InspectorFinding, received: string): MappedResource {
  const [resource] = resources;
  const place = { accountId: awsAccountId, region: resource?.region ?? received };
  if (resource?.type === 'AWS_EC2_INSTANCE' && !resource.id.startsWith('arn:'))
    return {
      ...place,
      resourceType: 'AWS::EC2::Instance',
      resourceId: resource.id,
      arn: `arn:${resource.partition ?? 'aws'}:ec2:${place.region}:${awsAccountId}:instance/${resource.id}`,
    };
  return (resource && resourceOfArn(resource.id, place)) ?? accountResource(place);
}
