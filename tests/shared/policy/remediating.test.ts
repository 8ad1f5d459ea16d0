import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { type Mode, modes } from '../../../shared/contracts/trailseal/compliance-policy';
import { complianceJsonSchema } from '../../../shared/policy/schema';
import { bookOfFixes, mistakesIn, policyOf, printed } from './house';

/** A file that says this of a control: its members begin in line 4, column 5. */
const saying = (control: string, ...members: readonly string[]) =>
  ['version: 1', 'controls:', `  ${control}:`, ...members.map((member) => `    ${member}`)].join('\n');

const settingsOf = (control: string, ...members: readonly string[]) =>
  policyOf(saying(control, ...members), bookOfFixes).controls[control];

describe('what a control is mended by', () => {
  test('the one that is made for it, by its defaults, whatever the mode', () => {
    expect(policyOf('version: 1', bookOfFixes).controls).toMatchObject({
      'door-is-shut': { mode: 'notify', remediation: { id: 'shut-the-door', settings: { slam: false } } },
    });
    expect(settingsOf('door-is-shut', 'mode: auto')).toEqual({
      mode: 'auto',
      remediation: { id: 'shut-the-door', settings: { slam: false } },
      parameters: { least: 1, most: 9 },
    });
  });

  test('none, where nothing is made for it, or where it lacks what it must be told', () => {
    const { controls } = policyOf('version: 1', bookOfFixes);
    expect(controls['lock-is-sealed']).toEqual({ mode: 'notify', parameters: {} });
    expect(controls['window-is-shut']).toEqual({ mode: 'notify', parameters: {} });
    expect(
      settingsOf('window-is-shut', 'mode: off', 'remediation: { settings: { turns: 3 }, cap: 4 }'),
    ).toEqual({ mode: 'off', parameters: {} });
  });

  test('settings and cap as they are given', () => {
    expect(
      settingsOf('window-is-shut', 'mode: approve', 'remediation: { settings: { key: shelf }, cap: 100 }')
        ?.remediation,
    ).toEqual({ id: 'shut-the-window', settings: { key: 'shelf', turns: 2 }, cap: 100 });
    expect(settingsOf('door-is-shut', 'remediation:', '  settings:', '  cap: 1')?.remediation).toEqual({
      id: 'shut-the-door',
      settings: { slam: false },
      cap: 1,
    });
  });

  test.each(['lock-is-sealed', 'door-is-shut', 'inventory-is-true'])(
    "a team's own code instead: %s",
    (control) => {
      expect(
        settingsOf(
          control,
          'mode: approve',
          'remediation: { use: call-the-porter, settings: { number: "12" } }',
        ),
      ).toMatchObject({
        mode: 'approve',
        remediation: { id: 'call-the-porter', settings: { number: '12' } },
      });
      expect(settingsOf(control, 'mode: auto', 'remediation: { use: ring-the-bell }')).toMatchObject({
        mode: 'auto',
        remediation: { id: 'ring-the-bell', settings: {} },
      });
    },
  );

  test('scopes keep their order; an empty list is none', () => {
    expect(
      settingsOf(
        'door-is-shut',
        'mode: approve',
        'scopes:',
        '  - { mode: off, resources: ["front-*"] }',
        '  - { mode: auto, accounts: ["111122223333"], regions: [global, eu-west-1] }',
      )?.scopes,
    ).toEqual([
      { mode: 'off', resources: ['front-*'] },
      { mode: 'auto', accounts: ['111122223333'], regions: ['global', 'eu-west-1'] },
    ]);
    for (const none of ['scopes:', 'scopes: []'])
      expect(settingsOf('door-is-shut', none)).not.toHaveProperty('scopes');
  });

  test('what holds for all of them', () => {
    const text = `version: 1
remediation:
  protectedTags: [{ key: keep }, { key: tier, value: "" }]
  actorMayApprove: true
`;
    expect(policyOf(text, bookOfFixes).remediations).toEqual({
      protectedTags: [{ key: 'keep' }, { key: 'tier', value: '' }],
      actorMayApprove: true,
    });
    expect(policyOf('version: 1\nremediation:\n  protectedTags:\n').remediations).toEqual({
      protectedTags: [],
      actorMayApprove: false,
    });
  });
});

const SCOPE =
  'expected at least one of "accounts", "regions", "resources"; all resources are resources: ["*"]';
const DOORS = '"shut-the-door", "call-the-porter", "ring-the-bell"';

describe('what is refused of a control', () => {
  test.each<[name: string, control: string, members: readonly string[], ...lines: string[]]>([
    [
      'a mode that nothing is made for',
      'lock-is-sealed',
      ['mode: approve'],
      '4:11 mode: "approve" needs a remediation, and none fixes this control: expected one of "off", "notify", or under "remediation" a "use" of one of "call-the-porter", "ring-the-bell"',
    ],
    [
      'the same in a scope',
      'lock-is-sealed',
      ['scopes:', '  - mode: dry-run', '    regions: [eu-west-1]'],
      '5:15 scopes[0].mode: "dry-run" needs a remediation, and none fixes this control: expected one of "off", "notify", or under "remediation" a "use" of one of "call-the-porter", "ring-the-bell"',
    ],
    [
      'auto for what always needs approval',
      'window-is-shut',
      ['mode: auto', 'remediation: { settings: { key: shelf } }'],
      `4:11 mode: "auto" can't be chosen for shut-the-window, "approve" can: Somebody may lean out of it.`,
    ],
    [
      'the same in a scope',
      'window-is-shut',
      ['remediation: { settings: { key: shelf } }', 'scopes: [{ mode: auto, resources: ["*"] }]'],
      `5:22 scopes[0].mode: "auto" can't be chosen for shut-the-window, "approve" can: Somebody may lean out of it.`,
    ],
    [
      'auto for code that always needs approval, where the other one would not',
      'door-is-shut',
      ['mode: auto', 'remediation: { use: call-the-porter, settings: { number: "1" } }'],
      `4:11 mode: "auto" can't be chosen for call-the-porter, "approve" can: Nobody knows what the porter does.`,
    ],
    [
      'a mode that is none',
      'window-is-shut',
      ['mode: aprove'],
      '4:11 mode: expected one of "off", "notify", "dry-run", "approve", found "aprove" (did you mean "approve"?)',
    ],
    [
      'a remediation that there is not',
      'door-is-shut',
      ['mode: auto', 'remediation: { use: ring-the-bel, settings: { x: 1 } }'],
      `5:25 remediation.use: no remediation is named "ring-the-bel" (did you mean "ring-the-bell"?): expected one of ${DOORS}`,
    ],
    [
      'the remediation of another control',
      'door-is-shut',
      ['mode: approve', 'remediation: { use: shut-the-window }'],
      `5:25 remediation.use: "shut-the-window" is for "window-is-shut", and not for this control: expected one of ${DOORS}`,
    ],
    [
      'no name for it',
      'door-is-shut',
      ['remediation: { use: 5 }'],
      '4:25 remediation.use: expected text, found a number: put it in quotes',
    ],
    [
      'what it must be told, and no section for it',
      'window-is-shut',
      ['mode: approve'],
      '4:5 remediation.settings.key: is missing, and mode "approve" needs it: Where its key is.',
    ],
    [
      'what it must be told, and no settings',
      'window-is-shut',
      ['mode: notify', 'scopes: [{ mode: dry-run, regions: [global] }]', 'remediation:', '  cap: 3'],
      '7:7 remediation.settings.key: is missing, and mode "dry-run" needs it: Where its key is.',
    ],
    [
      'what it must be told, among other settings',
      'window-is-shut',
      ['mode: approve', 'remediation:', '  settings:', '    turns: often'],
      '7:9 remediation.settings.key: is missing, and mode "approve" needs it: Where its key is.',
      '7:16 remediation.settings.turns: expected a number, found "often"',
    ],
    [
      "what a team's own code must be told",
      'lock-is-sealed',
      ['mode: approve', 'remediation: { use: call-the-porter }'],
      '5:18 remediation.settings.number: is missing, and mode "approve" needs it: The number of the porter.',
    ],
    [
      'a setting with a typo, though no mode needs it',
      'window-is-shut',
      ['remediation:', '  settings: { kye: shelf }'],
      '5:19 remediation.settings.kye: unknown key (did you mean "key"?)',
    ],
    [
      'a setting of another remediation',
      'door-is-shut',
      ['remediation: { use: ring-the-bell, settings: { slam: true } }'],
      '4:52 remediation.settings.slam: unknown key: expected none',
    ],
    [
      'a setting of another form, though no mode needs it',
      'window-is-shut',
      ['remediation: { settings: { key: 007-a } }'],
      '4:37 remediation.settings.key: expected text of the form /^[a-z]+$/, found "007-a"',
    ],
    [
      'settings that it refuses together',
      'window-is-shut',
      ['remediation: { settings: { key: shelf, spare: shelf } }'],
      '4:51 remediation.settings.spare: expected another place than key',
    ],
    [
      'settings that are a list',
      'door-is-shut',
      ['mode: approve', 'remediation: { settings: [slam] }'],
      '5:30 remediation.settings: expected a mapping, found a list',
    ],
    [
      'a key with a typo',
      'door-is-shut',
      ['mode: approve', 'remediation: { setting: {} }'],
      '5:20 remediation.setting: unknown key (did you mean "settings"?)',
    ],
    ...['0', '101', '2.5'].map((cap): [string, string, string[], string] => [
      `a cap of ${cap}`,
      'door-is-shut',
      [`remediation: { cap: ${cap} }`],
      `4:25 remediation.cap: expected a number from 1 to 100, found the number ${cap}`,
    ]),
    ['a scope of nothing', 'door-is-shut', ['scopes:', '  - mode: off'], `5:9 scopes[0]: ${SCOPE}`],
    [
      'a scope without a mode',
      'door-is-shut',
      ['scopes:', '  - resources: ["*"]'],
      '5:9 scopes[0].mode: is missing: expected one of "off", "notify", "dry-run", "approve", "auto"',
    ],
    [
      'self and all in a scope',
      'door-is-shut',
      ['scopes: [{ mode: off, accounts: [self], regions: [all], resources: [] }]'],
      '4:38 scopes[0].accounts[0]: expected an account id of 12 digits',
      '4:55 scopes[0].regions[0]: expected the name of a Region such as "eu-central-1", or "global"',
      '4:72 scopes[0].resources: expected at least one entry, found an empty list',
    ],
    [
      'a key with a typo in a scope',
      'door-is-shut',
      ['scopes: [{ mode: off, region: [eu-west-1] }]'],
      `4:14 scopes[0]: ${SCOPE}`,
      '4:27 scopes[0].region: unknown key (did you mean "regions"?)',
    ],
    [
      'a scope that is no list',
      'door-is-shut',
      ['scopes: { mode: off, resources: ["*"] }'],
      '4:13 scopes: expected a list, found a mapping',
    ],
  ])('%s', (_, control, members, ...lines) => {
    expect(printed(saying(control, ...members), bookOfFixes)).toEqual(
      lines.map((line) => `f:${line.replace(' ', ` controls.${control}.`)}`),
    );
  });
});

test.each<[yml: string, ...lines: string[]]>([
  ['{ protectedTags: [keep] }', '2:32 remediation.protectedTags[0]: expected a mapping, found "keep"'],
  ['{ protectedTags: [{ value: x }] }', '2:32 remediation.protectedTags[0].key: is missing: expected text'],
  [
    '{ protectedTags: [{ key: "" }] }',
    '2:39 remediation.protectedTags[0].key: expected text that is not empty',
  ],
  [
    '{ protectedTags: [{ key: a, value: 1 }] }',
    '2:49 remediation.protectedTags[0].value: expected text, found a number: put it in quotes',
  ],
  [
    `{ protectedTags: [{ key: ${'k'.repeat(129)}, value: ${'v'.repeat(257)} }] }`,
    '2:39 remediation.protectedTags[0].key: expected a key of at most 128 characters',
    '2:177 remediation.protectedTags[0].value: expected a value of at most 256 characters',
  ],
  ['{ actorMayApprove: yes }', '2:33 remediation.actorMayApprove: expected true or false, found "yes"'],
  ['{ protectedTag: [] }', '2:16 remediation.protectedTag: unknown key (did you mean "protectedTags"?)'],
])('%s is refused for all of them', (yml, ...lines) => {
  expect(printed(`version: 1\nremediation: ${yml}\n`)).toEqual(lines.map((line) => `f:${line}`));
});

describe('the hash', () => {
  const hash = (...members: readonly string[]) =>
    policyOf(saying('door-is-shut', ...members), bookOfFixes).hash;
  const plain = hash('mode: notify');
  const off = hash('mode: off');
  const frontOff = hash('scopes: [{ mode: off, resources: [front] }]');

  test.each<[what: string, members: readonly string[]]>([
    ...modes
      .filter((mode) => mode !== 'off')
      .map((mode): [string, string[]] => [`mode ${mode}`, [`mode: ${mode}`]]),
    ['another remediation', ['mode: approve', 'remediation: { use: ring-the-bell }']],
    ['other settings', ['remediation: { settings: { slam: true }, cap: 7 }']],
    ['a scope that judges as all', ['scopes: [{ mode: auto, resources: [front] }]']],
  ])('is the same by %s: nothing is judged anew', (_, members) => {
    expect(hash(...members)).toBe(plain);
  });

  test('is the same whatever holds for all remediations, and without any', () => {
    const told = 'remediation: { protectedTags: [{ key: keep }], actorMayApprove: true }';
    expect(policyOf(`version: 1\n${told}`, bookOfFixes).hash).toBe(plain);
    expect(policyOf('version: 1').hash).toBe(plain);
  });

  test('is another one where something begins or ends to be off', () => {
    const others = [
      off,
      frontOff,
      hash('mode: off', 'scopes: [{ mode: approve, resources: [front] }]'),
      hash('scopes: [{ mode: off, resources: [back] }]'),
      hash('scopes: [{ mode: notify, resources: [back] }, { mode: off, resources: [front, back] }]'),
    ];
    expect(new Set([plain, ...others]).size).toBe(others.length + 1);
  });

  test.each<[what: string, members: readonly string[], same: string]>([
    [
      'a scope behind that judges as those in none',
      ['scopes: [{ mode: off, resources: [front] }, { mode: auto, resources: [back] }]'],
      frontOff,
    ],
    ['a scope that is off like the rest', ['mode: off', 'scopes: [{ mode: off, resources: [front] }]'], off],
  ])('is the same with %s', (_, members, same) => {
    expect(hash(...members)).toBe(same);
  });
});

describe('any choice', () => {
  const mode = fc.constantFrom<Mode>(...modes);
  const scopes = fc.array(
    fc.record(
      { mode, resources: fc.constantFrom(['front'], ['back-*'], ['*']) },
      { requiredKeys: ['mode', 'resources'] },
    ),
    { maxLength: 3 },
  );
  const use = fc.constantFrom(
    undefined,
    'shut-the-door',
    'shut-the-window',
    'call-the-porter',
    'ring-the-bell',
    'none',
  );
  const settings = fc.constantFrom(undefined, null, {}, { slam: true }, { key: 'shelf' }, { number: '1' });
  const control = fc.constantFrom('door-is-shut', 'window-is-shut', 'lock-is-sealed', 'inventory-is-true');
  const written = fc.record({ control, mode, scopes, use, settings });
  const given = (value: unknown, name: string) => (value === undefined ? {} : { [name]: value });
  const fileOf = (file: typeof written extends fc.Arbitrary<infer T> ? T : never) =>
    stringify({
      version: 1,
      controls: {
        [file.control]: {
          mode: file.mode,
          scopes: file.scopes,
          remediation: { ...given(file.use, 'use'), ...given(file.settings, 'settings') },
        },
      },
    });

  test('that is valid says by what it remediates, if it does; and editors take it', () => {
    const accepts = addFormats(new Ajv({ strict: false })).compile(complianceJsonSchema(bookOfFixes));
    let valid = 0;
    fc.assert(
      fc.property(written, (file) => {
        const text = fileOf(file);
        if (mistakesIn(text, bookOfFixes).length > 0) return;
        valid += 1;
        const settled = policyOf(text, bookOfFixes).controls[file.control];
        const chosen = [file.mode, ...file.scopes.map((scope) => scope.mode)];
        const remediates = chosen.some((one) => one !== 'off' && one !== 'notify');
        if (remediates) {
          const known = bookOfFixes.remediations.find(({ id }) => id === settled?.remediation?.id);
          expect(known?.settings.safeParse(settled?.remediation?.settings).success).toBe(true);
          expect(chosen.includes('auto') && known && 'never' in known.autoWhen).toBeFalsy();
        }
        expect([settled?.mode, ...(settled?.scopes ?? []).map((scope) => scope.mode)]).toEqual(chosen);
        expect(accepts(parse(text))).toBe(true);
      }),
      { numRuns: 400 },
    );
    expect(valid).toBeGreaterThan(10);
  });
});

describe('editors', () => {
  const accepts = addFormats(new Ajv({ strict: false })).compile(complianceJsonSchema(bookOfFixes));

  test.each<[is: boolean, control: string, member: string]>([
    [true, 'door-is-shut', 'mode: auto'],
    [true, 'window-is-shut', 'mode: approve'],
    [false, 'door-is-shut', 'mode: loud'],
    [true, 'door-is-shut', 'scopes: [{ mode: auto, regions: [global] }]'],
    [false, 'door-is-shut', 'scopes: [{ mode: auto }]'],
    [false, 'door-is-shut', 'scopes: [{ regions: [global] }]'],
    [true, 'lock-is-sealed', 'remediation: { use: call-the-porter, settings: { number: "1" }, cap: 5 }'],
    [false, 'lock-is-sealed', 'remediation: { use: no-one }'],
    [false, 'lock-is-sealed', 'remediation: { cap: 0 }'],
    [false, 'lock-is-sealed', 'remediation: { settings: { nothing: like-that } }'],
  ])('take (%s) what can be written of %s: %s', (is, control, member) => {
    expect(accepts(parse(saying(control, member)))).toBe(is);
  });
});
