import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidCompliancePolicy, loadCompliancePolicy } from '../../tools/policy-loader';

const root = join(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'trailseal-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const exemption = (expires: string) => `version: 1
exemptions:
  - control: S3.8
    scope: { resources: [www] }
    owner: web@example.com
    reason: A website.
    expires: ${expires}
`;

/** A day so many days from now, as the clock of the machine says, which the command goes by. */
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('loadCompliancePolicy', () => {
  test('compiles the file', () => {
    const policy = loadCompliancePolicy(file('good.yml', 'version: 1\ndefaults: { mode: off }\n'));
    expect(new Set(Object.values(policy.controls).map(({ mode }) => mode))).toEqual(new Set(['off']));
  });

  test('throws with every mistake printed', () => {
    const bad = file('bad.yml', 'version: 3\nmodes: {}\n');
    expect(() => loadCompliancePolicy(bad)).toThrow(InvalidCompliancePolicy);
    expect(() => loadCompliancePolicy(bad)).toThrow(`${bad}:1:10 version: expected 1`);
    expect(() => loadCompliancePolicy(bad)).toThrow(`${bad}:2:1 modes: unknown key`);
  });

  test('goes by the clock that it is given', () => {
    const path = file('dated.yml', exemption('2026-03-31'));
    expect(loadCompliancePolicy(path, new Date('2026-03-31T23:59:59Z')).exemptions).toHaveLength(1);
    expect(() => loadCompliancePolicy(path, new Date('2026-04-01T00:00:00Z'))).toThrow(
      'expired on 2026-03-31',
    );
  });
});

describe('the sample trail of a laptop', () => {
  const least = file('least.yml', 'version: 1\n');
  const named = file('named.yml', 'version: 1\ntrails: { buckets: [{ name: own-logs }] }\n');
  afterEach(() => {
    delete process.env['TRAILSEAL_SAMPLE_TRAIL'];
  });

  test('is there only where the environment asks for it', () => {
    expect(loadCompliancePolicy(least).trails.buckets).toEqual([]);
    process.env['TRAILSEAL_SAMPLE_TRAIL'] = 'eu-west-1';
    expect(loadCompliancePolicy(least).trails).toEqual({
      buckets: [{ name: 'trailseal-sample-trail', owner: 'self', keys: [] }],
      topics: ['arn:aws:sns:eu-west-1:123456789012:trailseal-sample-trail-digests'],
      lookbackDays: 30,
    });
  });

  test('takes the place of none that the file names', () => {
    process.env['TRAILSEAL_SAMPLE_TRAIL'] = 'eu-west-1';
    expect(loadCompliancePolicy(named).trails).toEqual({
      buckets: [{ name: 'own-logs', owner: 'self', keys: [] }],
      topics: [],
      lookbackDays: 30,
    });
  });

  test('has a few controls ask for approval, where the file remediates nothing', () => {
    const approving = (path: string) =>
      Object.entries(loadCompliancePolicy(path).controls)
        .filter(([, { mode }]) => mode === 'approve')
        .map(([id]) => id);
    const scoped = file(
      'scoped.yml',
      'version: 1\ncontrols:\n  ec2-instance-imdsv2:\n    scopes: [{ mode: dry-run, resources: ["*"] }]\n',
    );
    const off = file('off.yml', 'version: 1\ncontrols: { sg-no-world-admin-ipv6: { mode: off } }\n');
    expect(approving(least)).toEqual([]);
    const { hash } = loadCompliancePolicy(least);
    process.env['TRAILSEAL_SAMPLE_TRAIL'] = 'eu-west-1';
    const sample = ['s3-bucket-public-access-block', 'sg-no-world-admin-ipv4', 'sg-no-world-admin-ipv6'];
    expect(approving(least).sort()).toEqual(sample);
    expect(approving(named).sort()).toEqual(sample);
    expect(approving(off).sort()).toEqual(sample.slice(0, 2));
    expect(approving(scoped)).toEqual([]);
    expect(loadCompliancePolicy(least).hash).toBe(hash);
  });

  test('wants a Region', () => {
    process.env['TRAILSEAL_SAMPLE_TRAIL'] = '1';
    expect(() => loadCompliancePolicy(least)).toThrow('expected a Region such as eu-central-1, found 1');
  });

  test('comes into no deployment', () => {
    process.env['TRAILSEAL_SAMPLE_TRAIL'] = 'eu-west-1';
    process.argv.push('deploy');
    try {
      expect(() => loadCompliancePolicy(least)).toThrow('TRAILSEAL_SAMPLE_TRAIL is for laptops: unset it');
    } finally {
      process.argv.pop();
    }
  });
});

describe('npm run check:config', () => {
  const check = (path: string) => {
    const run = spawnSync(process.execPath, [require.resolve('tsx/cli'), 'tools/check-config.ts', path], {
      cwd: root,
      encoding: 'utf8',
    });
    return { status: run.status, stdout: run.stdout.trim(), stderr: run.stderr.trim() };
  };

  test('says what a valid file holds', () => {
    const expires = inDays(30);
    const path = file('valid.yml', exemption(expires));
    expect(check(path)).toEqual({
      status: 0,
      stdout: expect.stringMatching(
        /valid\.yml is valid: \d+ controls, 1 exemption, next expiry \d{4}-\d\d-\d\dT00:00:00\.000Z$/,
      ),
      stderr: '',
    });
  });

  const MEND = 'arn:aws:lambda:eu-central-1:111122223333:function:mend';

  test('says what calls on a remediation, by which mode, and whether somebody has to approve', () => {
    const path = file(
      'remediating.yml',
      `version: 1
controls:
  ec2-instance-imdsv2:
    mode: auto
  sg-no-world-admin-ipv4:
    scopes:
      - { mode: approve, resources: ["web-*"] }
      - { mode: off, resources: ["dmz-*"] }
  activity-root-usage:
    mode: dry-run
    remediation: { use: lambda-run-function, settings: { function: "${MEND}", allowed: ["${MEND}"] } }
`,
    );
    const { status, stdout } = check(path);
    expect(status).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual([
      '  activity-root-usage: dry-run (changes nothing); by lambda-run-function',
      '  ec2-instance-imdsv2: auto (needs approval only where its precondition does not hold); by ec2-require-imdsv2',
      '  sg-no-world-admin-ipv4: notify, in scope 1 approve (needs approval), in scope 2 off; by sg-revoke-world-rule',
    ]);
  });

  test('lists mistakes and exits 1', () => {
    const path = file('invalid.yml', exemption(inDays(-1)));
    expect(check(path)).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('invalid.yml:7:14 exemptions[0].expires: expired on'),
    });
  });

  test('exits 2 when the file cannot be read', () => {
    expect(check(join(folder, 'missing.yml'))).toMatchObject({ status: 2, stdout: '' });
  });
});

test('tests import compliance.yml as the loader compiles it', () => {
  const script = `
    const transform = require('./tests/support/policy-transform.cjs');
    const { code } = transform.process('', ${JSON.stringify(file('imported.yml', 'version: 1\n'))});
    const module = { exports: {} };
    new Function('exports', code)(module.exports);
    console.log(JSON.stringify([module.exports.__esModule, module.exports.default.coverage]));
  `;
  const run = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' });
  expect(run.stdout.trim()).toBe('[true,{"accounts":["self"],"regions":["self"]}]');
});
