import type { Json, JsonObject } from '../shared/contracts/aws/configuration-item';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly (string | JsonObject)[];
  readonly Condition?: { readonly StringEquals: Readonly<Record<string, Json>> };
}

/**
 * Characters without white space that the policies inside a role may have together, and a managed one by itself; and
 * how many of those a role takes. Source: IAM user guide, IAM and AWS STS quotas.
 */
const INLINE_CHARACTERS = 10_240;
const MANAGED_CHARACTERS = 6_144;
const MOST_MANAGED = 10;

/** The longest that CloudFormation puts in the places of its names. */
const longest: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws-us-gov',
  'AWS::AccountId': '123456789012',
  'AWS::Region': 'ap-southeast-99',
};
const longestOf = (name: unknown) => longest[String(name)] ?? 'x'.repeat(64);

/** @returns characters of what CloudFormation makes of a value, at most */
export function lengthOf(value: unknown): number {
  return JSON.stringify(value, (_key, member) => {
    if (typeof member !== 'object' || member === null) return member;
    if ('Ref' in member) return longestOf(member.Ref);
    if ('Fn::Sub' in member)
      return String(member['Fn::Sub']).replace(/\$\{([^}]+)\}/g, (_, name) => longestOf(name));
    return member;
  }).length;
}

const document = (Statement: readonly Statement[]) => ({ Version: '2012-10-17', Statement });

/**
 * A role with what it is allowed: in itself as long as that fits, else in as few managed policies as it takes.
 * @throws Error when it is more than one role can be allowed
 */
export function attached(
  id: string,
  properties: JsonObject,
  statements: readonly Statement[],
): Readonly<Record<string, JsonObject>> {
  const whole = document(statements);
  const role = (more: JsonObject) => ({
    [id]: { Type: 'AWS::IAM::Role', Properties: { ...properties, ...more } },
  });
  if (lengthOf(whole) <= INLINE_CHARACTERS)
    return role({ Policies: [{ PolicyName: 'remediations', PolicyDocument: whole as unknown as Json }] });
  const parts = inParts(statements.flatMap(small));
  if (parts.length > MOST_MANAGED)
    throw new Error(
      `the rights of remediations take ${parts.length} policies, and a role has ${MOST_MANAGED} at most`,
    );
  return {
    ...role({}),
    ...Object.fromEntries(
      parts.map((part, index) => [
        `RemediationPolicy${index + 1}`,
        {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: {
            Description: `What remediations may do, part ${index + 1} of ${parts.length}`,
            Roles: [{ Ref: id }],
            PolicyDocument: document(part) as unknown as Json,
          },
        },
      ]),
    ),
  };
}

const fits = (part: readonly Statement[]) => lengthOf(document(part)) <= MANAGED_CHARACTERS;

/** A statement with too many resources for one policy, as several. */
function small(statement: Statement): Statement[] {
  const { Resource } = statement;
  if (fits([statement]) || Resource.length < 2) return [statement];
  const half = Math.ceil(Resource.length / 2);
  return [Resource.slice(0, half), Resource.slice(half)].flatMap((some) =>
    small({ ...statement, Resource: some }),
  );
}

function inParts(statements: readonly Statement[]): Statement[][] {
  const parts: Statement[][] = [];
  for (const statement of statements) {
    const last = parts.at(-1);
    if (last && fits([...last, statement])) last.push(statement);
    else parts.push([statement]);
  }
  return parts;
}
