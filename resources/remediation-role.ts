import type { JsonObject } from '../shared/contracts/aws/configuration-item';
import type { CompliancePolicy } from '../shared/contracts/trailseal/compliance-policy';
import type { AnyRemediation } from '../shared/remediations/remediation';
import { type Grant, grants, type Use } from './remediation-rights';
import { attached, type Statement } from './role-policies';

export type Switches = Pick<CompliancePolicy, 'controls' | 'coverage'>;

/** Values of CloudFormation: texts, or what it works out. */
export interface RolePlace {
  readonly name: string;
  /** ARN of the role of remediate-finding, which alone may assume it. */
  readonly trusted: string | JsonObject;
  readonly externalId: string | JsonObject;
  /** What `self` means among the Regions of compliance.yml. */
  readonly region: string | JsonObject;
}

/** What compliance.yml switches on, control by control: nothing where it says `off` or `notify` for all resources. */
export function usesOf(
  { controls }: Pick<Switches, 'controls'>,
  remediations: readonly AnyRemediation[],
): Use[] {
  const known = new Map(remediations.map((remediation) => [remediation.id, remediation]));
  return Object.entries(controls).flatMap(([control, { mode, scopes = [], remediation: chosen }]) => {
    const remediation = chosen && known.get(chosen.id);
    const modes = [mode, ...scopes.map((scope) => scope.mode)];
    const changes = modes.some((one) => one === 'approve' || one === 'auto');
    return remediation && (changes || modes.includes('dry-run'))
      ? [{ control, remediation, settings: chosen.settings, changes }]
      : [];
  });
}

/**
 * The role in which remediations read and change what is the user's: exactly what those need that compliance.yml
 * switches on. Each run gets a session of it that is allowed only its own calls.
 *
 * @returns resources of CloudFormation by their logical ids; none where nothing is switched on
 * @throws Error where settings name no whole ARNs, or the rights are more than IAM takes in one role
 */
export function remediationRole(
  policy: Switches,
  remediations: readonly AnyRemediation[],
  place: RolePlace,
): Readonly<Record<string, JsonObject>> {
  const uses = usesOf(policy, remediations);
  if (uses.length === 0) return {};
  return attached(
    'RemediationRole',
    {
      RoleName: place.name,
      Description: 'What Trailseal may do to resources, in sessions for one run each',
      AssumeRolePolicyDocument: trust(place),
    },
    statementsOf(uses, coveredRegions(policy, place.region)),
  );
}

const ofUs = { StringLike: { 'sts:SourceIdentity': 'trailseal.*' } };

/**
 * Whoever else gets at the hub's role must also know the external id and say what it is about. STS decides on each of the
 * three actions for itself, and gives each only its own keys: a condition on another's would never hold.
 * Source: Service Authorization Reference, AWS Security Token Service.
 */
const trust = ({ trusted, externalId }: RolePlace) => {
  const allow = { Effect: 'Allow', Principal: { AWS: trusted } };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OnlyRunsOfRemediateFinding',
        ...allow,
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId }, ...ofUs },
      },
      { Sid: 'UnderTheNameOfAFinding', ...allow, Action: 'sts:SetSourceIdentity', Condition: ofUs },
      { Sid: 'TaggedWithTheRun', ...allow, Action: 'sts:TagSession' },
    ],
  };
};

/**
 * A condition on the Region of the request, not Regions in ARNs: it is said once however many are covered, and holds
 * for actions too that IAM ties to no resource. Undefined where all are covered.
 */
function coveredRegions({ coverage: { regions } }: Switches, self: RolePlace['region']) {
  return regions.includes('all') ? undefined : regions.map((region) => (region === 'self' ? self : region));
}

/** One statement for all actions on the same resources under the same conditions. */
function statementsOf(
  uses: readonly Use[],
  regions: readonly (string | JsonObject)[] | undefined,
): Statement[] {
  const together = new Map<string, { grant: Grant; actions: Map<string, Set<string>> }>();
  for (const [action, { resources, ...limits }] of uses.flatMap(grantsOf)) {
    const key = JSON.stringify(limits);
    const group = together.get(key) ?? { grant: { resources: [], ...limits }, actions: new Map() };
    const known = group.actions.get(action) ?? new Set();
    for (const resource of resources) known.add(resource);
    together.set(key, { ...group, actions: group.actions.set(action, known) });
  }
  return [...together.values()].flatMap(({ grant, actions }) => {
    const byResources = new Map<string, Statement>();
    const Condition = conditionOf(grant, regions);
    for (const [action, found] of [...actions].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const resources = [...found].sort();
      const key = resources.join();
      const Action = [...(byResources.get(key)?.Action ?? []), action];
      byResources.set(key, {
        // AWS knows no resource for these: the session of a run and the Region are all that narrows them.
        ...(key === '*' ? { Sid: `NotByResource${grant.regional ? '' : 'NorRegion'}` } : {}),
        Effect: 'Allow',
        Action,
        Resource: resources.map(asValue),
        ...(Condition ? { Condition } : {}),
      });
    }
    return [...byResources.values()];
  });
}

function grantsOf(use: Use): (readonly [action: string, grant: Grant])[] {
  const { capture, apply, undo } = use.remediation.permissions;
  const actions = new Set([...capture, ...(use.changes ? [...apply, ...undo] : [])]);
  return [...actions].flatMap((action) => {
    const grant = grants[action];
    if (grant === undefined)
      throw new Error(`${use.remediation.id}: nothing says what ${action} is allowed on`);
    return (typeof grant === 'function' ? grant(use) : [grant]).map((one) => [action, one] as const);
  });
}

function conditionOf({ only, regional }: Grant, regions: readonly (string | JsonObject)[] | undefined) {
  const StringEquals = {
    ...Object.fromEntries(Object.entries(only ?? {}).map(([key, values]) => [key, values.map(asValue)])),
    ...(regional && regions ? { 'aws:RequestedRegion': regions } : {}),
  };
  return Object.keys(StringEquals).length > 0 ? { StringEquals } : undefined;
}

const asValue = (text: string): string | JsonObject => (text.includes('${') ? { 'Fn::Sub': text } : text);
