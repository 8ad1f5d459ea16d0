import * as z from 'zod/mini';
import { definePartner, type MappedResource } from '../partner';
import { accountResource } from '../resource';
import { mapItem, placeOf, trustedAdvisorEvents } from '../trusted-advisor-item';

const CHECK = 'Exposed Access Keys';

export default definePartner({
  id: 'trusted-advisor-exposed-keys',
  version: 1,
  title: 'Trusted Advisor knows of no access key that was published',
  severity: 'critical',
  rationale:
    'An access key in a public repository is found and used by machines within minutes; AWS limits the account when nothing is done about it.',
  whatToDo: [
    'Deactivate the access key now; delete it only when CloudTrail has been searched by its id.',
    'Take the key out of the place that the finding names, and out of its history; it stays compromised all the same.',
    'List in CloudTrail what was done with the key in every Region, and undo it: users, keys, instances, functions.',
    'Look for the AWSCompromisedKeyQuarantine policy on the user, and detach it only when all this is done.',
    'Give whoever needs access a role in place of a new key, and answer the support case that AWS has opened.',
  ],
  exemptible: true,
  frameworks: {
    cis: {},
    securityHub: [],
    awsConfig: [],
    nist80053r5: ['AC-2', 'IR-4'],
    pciDss4: [],
    soc2: [],
  },
  resourceTypes: ['AWS::IAM::User'],
  listensTo: { ...trustedAdvisorEvents, pattern: { detail: { 'check-name': [{ prefix: CHECK }] } } },
  parameters: z.object({}),
  map: (event) =>
    mapItem(event, (item) => {
      if (item.check !== CHECK) return undefined;
      const key = item.columns.get('Access Key ID');
      const user = item.columns.get('User Name (IAM or Root)');
      const location = item.columns.get('Location');
      return {
        resource: ownerOf(user, placeOf(item, event)),
        item: key ?? item.resourceId ?? item.uuid ?? '',
        // Yellow: AWS suspects it by how the key is used.
        severity: item.status === 'ERROR' ? 'critical' : 'high',
        says: `Trusted Advisor: access key ${key ?? '(not named)'} of ${user ?? 'an unnamed user'} is exposed`,
        because: [
          {
            says: 'the access key is exposed',
            path: 'detail.check-item-detail["Access Key ID"]',
            value: key ?? null,
            expected: 'a key that only its owner knows',
          },
          ...(location === undefined
            ? []
            : [
                {
                  says: 'where it was found',
                  path: 'detail.check-item-detail["Location"]',
                  value: location,
                  expected: 'nowhere',
                },
              ]),
        ],
      };
    }),
});

/** The event has the user's name and no id. */
const ownerOf = (
  user: string | undefined,
  place: Pick<MappedResource, 'accountId' | 'region'>,
): MappedResource =>
  user === undefined || /^<?root(_account)?>?$/i.test(user)
    ? accountResource(place)
    : {
        ...place,
        resourceType: 'AWS::IAM::User',
        resourceId: user,
        arn: `arn:aws:iam::${place.accountId}:user/${user}`,
        name: user,
      };
