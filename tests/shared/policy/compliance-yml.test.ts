import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { parse } from 'yaml';
import { controls } from '../../../shared/controls';
import type { Rulebook } from '../../../shared/policy/rulebook';
import { complianceJsonSchema } from '../../../shared/policy/schema';
import { remediations } from '../../../shared/remediations';
import { book, mistakesIn, policyOf, printed, testControls } from './house';

const root = join(__dirname, '..', '..', '..');
const shipped = readFileSync(join(root, 'compliance.yml'), 'utf8');

const exempting = (members: Readonly<Record<string, string>>) =>
  [
    'version: 1',
    'exemptions:',
    ...Object.entries({
      control: 'door-is-shut',
      scope: '{ resources: [front] }',
      owner: 'house@example.com',
      reason: 'It has no lock.',
      expires: '2027-03-31',
      ...members,
    }).map(([key, value], index) => `${index === 0 ? '  - ' : '    '}${key}: ${value}`),
  ].join('\n');

describe('what a file compiles to', () => {
  test('the least file: everything at its default', () => {
    expect(policyOf('version: 1')).toEqual({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      coverage: { accounts: ['self'], regions: ['self'] },
      controls: {
        'door-is-shut': { mode: 'notify', parameters: { least: 1, most: 9 } },
        'window-is-shut': { mode: 'notify', parameters: {} },
        'lock-is-sealed': { mode: 'notify', parameters: {} },
        'inventory-is-true': { mode: 'notify', parameters: {} },
      },
      exemptions: [],
      trails: { buckets: [], topics: [], lookbackDays: 30 },
      remediations: { protectedTags: [], actorMayApprove: false },
    });
  });

  test('sections whose lines are all commented out are empty', () => {
    const empty =
      'version: 1\ncoverage:\ndefaults:\ncontrols:\n  # door-is-shut:\nremediation:\ntrails:\nexemptions:\n';
    expect(policyOf(empty)).toEqual(policyOf('version: 1'));
    expect(policyOf('version: 1\ncontrols:\n  door-is-shut:\n')).toEqual(policyOf('version: 1'));
  });

  test('a default mode holds for what says nothing else, and off is text', () => {
    const { controls } = policyOf(
      'version: 1\ndefaults:\n  mode: off\ncontrols:\n  door-is-shut:\n    mode: notify\n',
    );
    expect(Object.entries(controls).map(([id, { mode }]) => [id, mode])).toEqual([
      ['door-is-shut', 'notify'],
      ['window-is-shut', 'off'],
      ['lock-is-sealed', 'off'],
      ['inventory-is-true', 'off'],
    ]);
  });

  test('parameters that are not given keep their defaults', () => {
    const { controls } = policyOf('version: 1\ncontrols:\n  door-is-shut:\n    parameters: { most: 5 }\n');
    expect(controls['door-is-shut']).toEqual({ mode: 'notify', parameters: { least: 1, most: 5 } });
  });

  test('an exemption holds through its last day, and an alias becomes the id', () => {
    expect(policyOf(exempting({ control: 'House.1' })).exemptions).toEqual([
      {
        control: 'door-is-shut',
        scope: { resources: ['front'] },
        owner: 'house@example.com',
        reason: 'It has no lock.',
        expiresAt: '2027-04-01T00:00:00.000Z',
      },
    ]);
  });

  test('blanks around the words of an exemption do not count', () => {
    const [exemption] = policyOf(exempting({ owner: '" house "', reason: '" no lock "' })).exemptions;
    expect([exemption?.owner, exemption?.reason]).toEqual(['house', 'no lock']);
  });

  test.each(['door-is-shut', 'House.1', 'cis-3.0.0:5.2'])('%s names the control', (name) => {
    expect(policyOf(exempting({ control: name })).exemptions[0]?.control).toBe('door-is-shut');
  });

  test.each([
    ['today', '2026-11-20', '2026-11-21T00:00:00.000Z'],
    ['365 days from today', '2027-11-20', '2027-11-21T00:00:00.000Z'],
    ['the last day of February', '2027-02-28', '2027-03-01T00:00:00.000Z'],
  ])('an exemption may expire %s', (_, expires, expiresAt) => {
    expect(policyOf(exempting({ expires })).exemptions[0]?.expiresAt).toBe(expiresAt);
  });
});

describe('the hash', () => {
  test('stays the same for other words with the same meaning', () => {
    const terse = policyOf('version: 1\ncontrols: { door-is-shut: { parameters: { most: 5, least: 2 } } }');
    const wordy = policyOf(
      '# words\nversion: 1\ndefaults: { mode: notify }\ncontrols:\n  door-is-shut:\n    parameters:\n      least: 2\n      most: 5\n',
    );
    expect(wordy.hash).toBe(terse.hash);
  });

  test('does not depend on the order of the controls', () => {
    const reversed = { ...book, controls: testControls.toReversed() };
    expect(policyOf('version: 1', reversed).hash).toBe(policyOf('version: 1').hash);
  });

  test('differs when anything else is meant', () => {
    const texts = [
      'version: 1',
      'version: 1\ndefaults: { mode: off }',
      'version: 1\ncoverage: { regions: [all] }',
      'version: 1\ncontrols: { door-is-shut: { parameters: { most: 5 } } }',
      exempting({}),
      exempting({ expires: '2027-04-01' }),
      exempting({ reason: 'Another one.' }),
    ];
    expect(new Set(texts.map((text) => policyOf(text).hash)).size).toBe(texts.length);
  });
});

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:trail-files';

describe('trails', () => {
  const trailsOf = (yml: string) => policyOf(`version: 1\ntrails: ${yml}\n`).trails;

  test('a bucket belongs to the deployment unless another owner is named', () => {
    expect(
      trailsOf(
        `{ buckets: [{ name: own-logs }, { name: org.logs, owner: "012345678901", keys: ["${KEY}"] }], topics: ["${TOPIC}"], lookbackDays: 7 }`,
      ),
    ).toEqual({
      buckets: [
        { name: 'own-logs', owner: 'self', keys: [] },
        { name: 'org.logs', owner: '012345678901', keys: [KEY] },
      ],
      topics: [TOPIC],
      lookbackDays: 7,
    });
  });

  test('lists whose lines are all commented out are empty', () => {
    expect(trailsOf('\n  buckets:\n  topics:')).toEqual({ buckets: [], topics: [], lookbackDays: 30 });
  });

  test('no item is judged anew because a bucket is added', () => {
    const { hash } = policyOf('version: 1\ntrails: { buckets: [{ name: logs }], lookbackDays: 7 }');
    expect(hash).toBe(policyOf('version: 1').hash);
  });

  test.each<[name: string, yml: string, line: string]>([
    ['a key with a typo', '{ bucket: [] }', '2:11 trails.bucket: unknown key (did you mean "buckets"?)'],
    [
      'a key with a typo in a bucket',
      '{ buckets: [{ name: logs, ownr: self }] }',
      '2:35 trails.buckets[0].ownr: unknown key (did you mean "owner"?)',
    ],
    [
      'a bucket without a name',
      '{ buckets: [{ owner: self }] }',
      '2:21 trails.buckets[0].name: is missing: expected text',
    ],
    [
      'an address for a name',
      '{ buckets: [{ name: "s3://logs" }] }',
      '2:29 trails.buckets[0].name: expected the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens, without s3://',
    ],
    [
      'an owner without quotes',
      '{ buckets: [{ name: logs, owner: 111122223333 }] }',
      '2:42 trails.buckets[0].owner: expected text, found a number: put it in quotes',
    ],
    [
      'an owner that is no account',
      '{ buckets: [{ name: logs, owner: me }] }',
      '2:42 trails.buckets[0].owner: expected "self" or an account id of 12 digits',
    ],
    [
      'an alias of a key',
      '{ buckets: [{ name: logs, keys: ["arn:aws:kms:eu-central-1:111122223333:alias/logs"] }] }',
      '2:42 trails.buckets[0].keys[0]: expected the ARN of a KMS key such as "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", not of an alias',
    ],
    [
      'a bucket that is here twice',
      '{ buckets: [{ name: logs }, { name: logs }] }',
      '2:45 trails.buckets[1].name: "logs" is here twice: expected it once',
    ],
    [
      'the name of a topic',
      '{ topics: [trail-files] }',
      '2:20 trails.topics[0]: expected the ARN of an SNS topic such as "arn:aws:sns:eu-central-1:111122223333:trail-files"',
    ],
    [
      'a topic that is here twice',
      `{ topics: ["${TOPIC}", "${TOPIC}"] }`,
      `2:${20 + TOPIC.length + 4} trails.topics[1]: "${TOPIC}" is here twice: expected it once`,
    ],
    [
      'no day at all',
      '{ lookbackDays: 0 }',
      '2:25 trails.lookbackDays: expected a number of days from 1 to 366, found the number 0',
    ],
    [
      'half a day',
      '{ lookbackDays: 0.5 }',
      '2:25 trails.lookbackDays: expected a number of days from 1 to 366, found the number 0.5',
    ],
    [
      'too many days',
      '{ lookbackDays: 5000 }',
      '2:25 trails.lookbackDays: expected a number of days from 1 to 366, found the number 5000',
    ],
  ])('%s is refused', (_, yml, line) => {
    expect(printed(`version: 1\ntrails: ${yml}\n`)).toEqual([`f:${line}`]);
  });

  test.each(['ab', 'a..b', '-logs', 'Logs', '192.168.5.4', 'a'.repeat(64)])(
    'no bucket is called %s',
    (name) => {
      expect(mistakesIn(`version: 1\ntrails: { buckets: [{ name: "${name}" }] }`)).toHaveLength(1);
    },
  );
});

describe('what is refused', () => {
  test.each<[name: string, text: string, ...lines: string[]]>([
    ['an empty file', '', 'f:1:1 the file is empty: expected at least "version: 1"'],
    ['comments alone', '# later\n', 'f:1:1 the file is empty: expected at least "version: 1"'],
    ['a list', '- version: 1\n', 'f:1:1 expected a mapping, found a list'],
    ['bare words', 'version 1\n', 'f:1:1 expected a mapping, found "version 1"'],
    ['no version', 'coverage: {}\n', 'f:1:1 version: is missing: expected 1'],
    ['another version', 'version: 2\n', 'f:1:10 version: expected 1, found the number 2'],
    [
      'a tab',
      'version: 1\ncontrols:\n\tdoor-is-shut:\n',
      'f:3:1 expected spaces: YAML takes no tabs as indentation',
    ],
    ['a key given twice', 'version: 1\nversion: 1\n', 'f:2:1 this key is here twice: expected it once'],
    ['two documents', 'version: 1\n---\nversion: 1\n', 'f:2:1 expected one document: remove the line "---"'],
    ['an alias', 'version: 1\ncoverage: *all\n', 'f:2:11 expected the value itself instead of *all'],
    ['an open quote', 'version: "1\n', 'f:2:1 expected valid YAML: Missing closing "quote'],
    [
      'a key with a typo',
      'version: 1\ncontrol: {}\n',
      'f:2:1 control: unknown key (did you mean "controls"?)',
    ],
    [
      'a key far from all others',
      'version: 1\ncoverage: { zones: [] }\n',
      'f:2:13 coverage.zones: unknown key: expected one of "accounts", "regions"',
    ],
    [
      'a key of every object',
      'version: 1\n__proto__: { mode: off }\n',
      expect.stringContaining('f:2:1 __proto__: unknown key'),
    ],
    [
      'an unknown control',
      'version: 1\ncontrols:\n  door-is-open: {}\n',
      'f:3:3 controls.door-is-open: no control has this id (did you mean "door-is-shut"?): docs/reference/controls.md lists them',
    ],
    [
      'an alias as the key of a control',
      'version: 1\ncontrols:\n  House.1: {}\n',
      `f:3:3 controls.House.1: expected the control's own id: "door-is-shut"`,
    ],
    [
      'a mode with a typo',
      'version: 1\ndefaults:\n  mode: notfy\n',
      'f:3:9 defaults.mode: expected one of "off", "notify", found "notfy" (did you mean "notify"?)',
    ],
    [
      'a default mode that changes resources',
      'version: 1\ndefaults: { mode: auto }\n',
      'f:2:19 defaults.mode: "auto" would change resources, and is chosen control by control: expected one of "off", "notify"',
    ],
    [
      'off where YAML 1.1 makes it false',
      '%YAML 1.1\n---\nversion: 1\ndefaults: { mode: off }\n',
      'f:4:19 defaults.mode: expected one of "off", "notify", found false',
    ],
    [
      'a mode without a value',
      'version: 1\ndefaults:\n  mode:\n',
      'f:3:8 defaults.mode: expected one of "off", "notify", found nothing',
    ],
    [
      'an unknown parameter',
      'version: 1\ncontrols:\n  door-is-shut:\n    parameters:\n      mosst: 3\n',
      'f:5:7 controls.door-is-shut.parameters.mosst: unknown key (did you mean "most"?)',
    ],
    [
      'a parameter where there are none',
      'version: 1\ncontrols: { window-is-shut: { parameters: { x: 1 } } }\n',
      'f:2:45 controls.window-is-shut.parameters.x: unknown key: expected none',
    ],
    [
      'a parameter of another type',
      'version: 1\ncontrols: { door-is-shut: { parameters: { most: many } } }\n',
      'f:2:49 controls.door-is-shut.parameters.most: expected a number, found "many"',
    ],
    [
      'parameters that the rule refuses together',
      'version: 1\ncontrols: { door-is-shut: { parameters: { least: 8, most: 3 } } }\n',
      'f:2:50 controls.door-is-shut.parameters.least: expected least up to most',
    ],
    [
      'an account without quotes',
      'version: 1\ncoverage: { accounts: [012345678901] }\n',
      'f:2:24 coverage.accounts[0]: expected text, found a number: put it in quotes',
    ],
    [
      'an account that is too short',
      'version: 1\ncoverage: { accounts: ["12345"] }\n',
      'f:2:24 coverage.accounts[0]: expected "self" or an account id of 12 digits',
    ],
    [
      'a Region that cannot be',
      'version: 1\ncoverage: { regions: [Frankfurt] }\n',
      'f:2:23 coverage.regions[0]: expected "self", "all" or the name of a Region such as "eu-central-1"',
    ],
    [
      'no Region at all',
      'version: 1\ncoverage: { regions: [] }\n',
      'f:2:22 coverage.regions: expected at least one entry, found an empty list',
    ],
    [
      'exemptions that are no list',
      'version: 1\nexemptions: { control: door-is-shut }\n',
      'f:2:13 exemptions: expected a list, found a mapping',
    ],
  ])('%s', (_, text, ...lines) => {
    expect(printed(text)).toEqual(lines);
  });

  const SCOPE =
    'expected at least one of "accounts", "regions", "resources"; all resources are resources: ["*"]';

  test.each<[name: string, members: Readonly<Record<string, string>>, line: string]>([
    [
      'an unknown control',
      { control: 'door-is-shot' },
      '3:14 exemptions[0].control: no control is named "door-is-shot" (did you mean "door-is-shut"?)',
    ],
    [
      'an alias of several controls',
      { control: 'DOOR_CHECK' },
      '3:14 exemptions[0].control: "DOOR_CHECK" stands for several controls: expected one of "door-is-shut", "window-is-shut"',
    ],
    [
      'a control that guards the evidence',
      { control: 'lock-is-sealed' },
      `3:14 exemptions[0].control: "lock-is-sealed" can't be exempted: it guards the evidence that every other alert rests on`,
    ],
    [
      'the same by its alias',
      { control: 'House.3' },
      `3:14 exemptions[0].control: "lock-is-sealed" can't be exempted: it guards the evidence that every other alert rests on`,
    ],
    [
      'a control that verifies the evidence',
      { control: 'inventory-is-true' },
      `3:14 exemptions[0].control: "inventory-is-true" can't be exempted: it guards the evidence that every other alert rests on`,
    ],
    ['an empty scope', { scope: '{}' }, `4:12 exemptions[0].scope: ${SCOPE}`],
    ['a scope of nothing', { scope: '' }, `4:12 exemptions[0].scope: ${SCOPE}`],
    [
      'a scope with an empty list',
      { scope: '{ regions: [] }' },
      '4:23 exemptions[0].scope.regions: expected at least one entry, found an empty list',
    ],
    [
      'self as a scope',
      { scope: '{ accounts: [self] }' },
      '4:25 exemptions[0].scope.accounts[0]: expected an account id of 12 digits',
    ],
    [
      'all as a scope',
      { scope: '{ regions: [all] }' },
      '4:24 exemptions[0].scope.regions[0]: expected the name of a Region such as "eu-central-1", or "global"',
    ],
    ['an empty owner', { owner: '" "' }, '5:12 exemptions[0].owner: expected text that is not empty'],
    ['an empty reason', { reason: '""' }, '6:13 exemptions[0].reason: expected text that is not empty'],
    [
      'an exemption that is over',
      { expires: '2026-11-19' },
      '7:14 exemptions[0].expires: expired on 2026-11-19: remove it or renew it',
    ],
    [
      'an exemption for too long',
      { expires: '2027-11-21' },
      '7:14 exemptions[0].expires: expected a date up to 2027-11-20, 365 days from today',
    ],
    [
      'a date that no calendar has',
      { expires: '2027-02-30' },
      '7:14 exemptions[0].expires: expected a date such as 2027-03-31, found "2027-02-30"',
    ],
    [
      'a date with a time',
      { expires: '2027-03-31T00:00:00Z' },
      '7:14 exemptions[0].expires: expected a date such as 2027-03-31, found "2027-03-31T00:00:00Z"',
    ],
    [
      'a date of another country',
      { expires: '31.03.2027' },
      '7:14 exemptions[0].expires: expected a date such as 2027-03-31, found "31.03.2027"',
    ],
    [
      'a word for ever',
      { expires: 'never' },
      '7:14 exemptions[0].expires: expected a date such as 2027-03-31, found "never"',
    ],
  ])('an exemption with %s', (_, members, line) => {
    expect(printed(exempting(members))).toEqual([`f:${line}`]);
  });

  test('every mistake is listed, in the order of the file', () => {
    const text = [
      'version: 1',
      'coverage: { regions: [x] }',
      'controls:',
      '  nothing: {}',
      '  door-is-shut: { mode: auto, parameters: { most: a, mast: 1 } }',
      'exemptions:',
      '  - control: lock-is-sealed',
      '    expires: 2020-01-01',
      '  - text',
      'extra: 1',
      'extra: 2',
    ].join('\n');
    expect(mistakesIn(text).map(({ line, path }) => `${line} ${path}`)).toEqual([
      '2 coverage.regions[0]',
      '4 controls.nothing',
      '5 controls.door-is-shut.mode',
      '5 controls.door-is-shut.parameters.most',
      '5 controls.door-is-shut.parameters.mast',
      '7 exemptions[0].scope',
      '7 exemptions[0].owner',
      '7 exemptions[0].reason',
      '7 exemptions[0].control',
      '8 exemptions[0].expires',
      '9 exemptions[1]',
      '11 ',
      '11 extra',
    ]);
  });

  test('any text gives a policy or mistakes that stand in it', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `version: 1\n${text}`),
        ),
        (text) => {
          const lines = text.split('\n').length;
          for (const { line, column } of mistakesIn(text)) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines + 1);
            expect(column).toBeGreaterThanOrEqual(1);
          }
        },
      ),
    );
  });
});

describe('the schema for editors', () => {
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  const accepts = ajv.compile(complianceJsonSchema(book));

  test.each([
    'version: 1',
    'version: 1\ncoverage:\ndefaults:\ncontrols:\nexemptions:\n',
    'version: 1\ndefaults: { mode: off }',
    'version: 1\ncoverage: { accounts: [self, "111122223333"], regions: [all] }',
    'version: 1\ncoverage: { regions: [self, us-gov-west-1, eu-central-1, cn-north-1] }',
    'version: 1\ncontrols: { door-is-shut: { mode: notify, parameters: { most: 5 } } }',
    'version: 1\ntrails:\n  buckets:\n  topics: []\n',
    `version: 1\ntrails: { buckets: [{ name: logs, owner: "111122223333", keys: ["${KEY}"] }], topics: ["${TOPIC}"], lookbackDays: 7 }`,
    exempting({}),
    exempting({ control: 'House.1' }),
    exempting({ scope: '{ accounts: ["111122223333"], regions: [global], resources: ["*"] }' }),
  ])('accepts what compiles: %j', (text) => {
    expect(mistakesIn(text)).toEqual([]);
    expect(accepts(parse(text))).toBe(true);
  });

  test.each([
    'coverage: {}',
    'version: 2',
    'version: "1"',
    'version: 1\nextra: 1',
    'version: 1\ndefaults: { mode: auto }',
    'version: 1\ndefaults: { mode: loud }',
    'version: 1\ncoverage: { accounts: [111122223333] }',
    'version: 1\ncoverage: { accounts: [] }',
    'version: 1\ncoverage: { regions: [Frankfurt] }',
    'version: 1\ncontrols: { house: {} }',
    'version: 1\ncontrols: { House.1: {} }',
    'version: 1\ncontrols: { door-is-shut: { mode: approve } }',
    'version: 1\ncontrols: { door-is-shut: { parameters: { least: -1 } } }',
    'version: 1\ncontrols: { door-is-shut: { parameters: { other: 1 } } }',
    'version: 1\ncontrols: { inventory-is-true: { mode: dry-run } }',
    'version: 1\ntrails: { buckets: [{}] }',
    'version: 1\ntrails: { buckets: [{ name: s3://logs }] }',
    'version: 1\ntrails: { buckets: [{ name: logs, region: eu-central-1 }] }',
    'version: 1\ntrails: { topics: [trail-files] }',
    'version: 1\ntrails: { lookbackDays: 0 }',
    'version: 1\nexemptions: {}',
    exempting({ control: 'lock-is-sealed' }),
    exempting({ control: 'House.3' }),
    exempting({ control: 'DOOR_CHECK' }),
    exempting({ scope: '{}' }),
    exempting({ scope: '' }),
    exempting({ scope: '{ resources: [] }' }),
    exempting({ scope: '{ accounts: [self] }' }),
    exempting({ owner: '""' }),
    exempting({ reason: '" "' }),
    exempting({ expires: 'never' }),
    exempting({ expires: '2027-02-30' }),
    exempting({ until: '2027-02-30' }),
  ])('refuses what does not: %j', (text) => {
    expect(mistakesIn(text)).not.toEqual([]);
    expect(accepts(parse(text))).toBe(false);
  });

  test('describes every property', () => {
    const undescribed: string[] = [];
    const walk = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [key, member] of Object.entries(schema)) {
        if (key === 'properties') {
          for (const [name, property] of Object.entries(member as Record<string, { description?: string }>)) {
            if (!property.description) undescribed.push(`${path}.${name}`);
          }
        }
        walk(member, `${path}.${key}`);
      }
    };
    walk(complianceJsonSchema({ controls, remediations }), '');
    expect(undescribed).toEqual([]);
  });
});

describe('the shipped compliance.yml', () => {
  const shippedBook: Rulebook = { controls, remediations };

  test('is valid, for the compiler and for editors', () => {
    expect(mistakesIn(shipped, shippedBook)).toEqual([]);
    expect(
      addFormats(new Ajv({ strict: false })).validate(complianceJsonSchema(shippedBook), parse(shipped)),
    ).toBe(true);
  });

  test('changes nothing without being told to', () => {
    const { controls } = policyOf(shipped, shippedBook);
    expect(new Set(Object.values(controls).map(({ mode }) => mode))).toEqual(new Set(['notify']));
    expect(Object.values(controls).filter(({ scopes }) => scopes)).toEqual([]);
  });

  test('its commented-out examples are valid too', () => {
    const all = shipped.replace(/^( +)# /gm, '$1');
    const { controls, exemptions, trails, remediations: said } = policyOf(all, shippedBook);
    expect(controls['ec2-detailed-monitoring']?.mode).toBe('off');
    expect(controls['sg-no-world-admin-ipv4']).toEqual({
      mode: 'approve',
      scopes: [{ mode: 'auto', accounts: ['111122223333'], resources: ['web-*'] }],
      remediation: { id: 'sg-revoke-world-rule', settings: {}, cap: 5 },
      parameters: { adminPorts: [22, 3389, 5985, 5986], maxWorldPrefix: 0 },
    });
    expect(controls['inspector-critical-finding']?.remediation?.id).toBe('lambda-run-function');
    expect(said.protectedTags).toEqual([{ key: 'trailseal:keep' }, { key: 'tier', value: 'gold' }]);
    expect(exemptions).toHaveLength(1);
    expect(trails.buckets).toMatchObject([{ name: 'example-cloudtrail-logs', owner: '111122223333' }]);
  });

  test('names its schema in its first line', () => {
    expect(shipped.split('\n')[0]).toBe(
      '# yaml-language-server: $schema=docs/schemas/compliance.schema.json',
    );
  });
});
