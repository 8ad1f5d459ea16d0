import { dirname } from 'node:path';
import { below, isFolder, reachedFrom, sourceFiles, sourceOf } from './source';

/** Which rooms of shared/ each room may look into, beside itself. What is not listed here may be imported by none. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  contracts: [],
  controls: ['contracts'],
  // Remediations and controls never meet but by id.
  remediations: ['contracts'],
  proof: ['contracts'],
  policy: ['contracts', 'controls'],
  findings: ['contracts', 'controls', 'policy', 'proof'],
  tell: ['contracts', 'controls', 'policy', 'proof', 'findings'],
  aws: ['contracts', 'controls', 'policy', 'proof', 'findings', 'tell', 'remediations'],
  lambda: ['contracts', 'controls', 'policy', 'proof', 'findings', 'tell', 'remediations', 'aws'],
};

const shared = sourceFiles('shared');
const functions = sourceFiles('functions');
const roomOf = (file: string) => /^shared\/([^/]+)\//.exec(file)?.[1];

/** Those that a test found, one line each: what is wrong, and where. */
const expectNone = (found: readonly string[]) => expect(found).toEqual([]);

describe('the way of imports', () => {
  test('every room of shared/ has its rule', () => {
    expectNone(shared.filter((file) => mayImport[roomOf(file) ?? ''] === undefined));
  });

  test('a room looks only into the rooms before it', () => {
    expectNone(
      shared.flatMap((file) =>
        sourceOf(file)
          .imports.filter((imported) => imported.startsWith('shared/'))
          .filter(
            (imported) =>
              ![roomOf(file), ...(mayImport[roomOf(file) ?? ''] ?? [])].includes(roomOf(imported)),
          )
          .map((imported) => `${file} imports ${imported}`),
      ),
    );
  });

  test('shared/ looks at nothing outside', () => {
    const outside = /^(\.\.|functions|local|cli|tools|tests|resources)(\/|$)|\.yml$/;
    expectNone(
      shared.flatMap((file) =>
        sourceOf(file)
          .imports.filter((name) => outside.test(name))
          .map((name) => `${file} imports ${name}`),
      ),
    );
  });

  test('a function looks at shared/ and at itself', () => {
    const elsewhere = /^(functions|local|cli|tools|tests|resources)\//;
    expectNone(
      functions.flatMap((file) =>
        sourceOf(file)
          .imports.filter((name) => elsewhere.test(name) && !name.startsWith(`${dirname(file)}/`))
          .map((name) => `${file} imports ${name}`),
      ),
    );
  });
});

describe('packages stay where they belong', () => {
  const importing = (pattern: RegExp, files: readonly string[]) =>
    files.flatMap((file) =>
      sourceOf(file)
        .imports.filter((name) => pattern.test(name))
        .map((name) => `${file} imports ${name}`),
    );
  const outside = (room: string) => [...shared.filter((file) => roomOf(file) !== room), ...functions];

  test('the AWS SDK in shared/aws', () => expectNone(importing(/^@(aws-sdk|smithy)\//, outside('aws'))));

  test('middy and Powertools in shared/lambda', () =>
    expectNone(importing(/^@(middy|aws-lambda-powertools)\//, outside('lambda'))));

  test('a YAML parser and the whole of zod in no function', () => {
    expectNone(
      functions.flatMap((file) =>
        [...reachedFrom(file)]
          .filter(([name]) => name === 'yaml' || name === 'zod')
          .map(([, way]) => way.join(' → ')),
      ),
    );
  });
});

describe('the core is pure', () => {
  const coreRooms = ['contracts', 'controls', 'findings', 'policy', 'proof', 'remediations', 'tell'];
  const core = shared.filter(
    (file) => coreRooms.includes(roomOf(file) ?? '') && file !== 'shared/findings/record.ts',
  );

  /** What decides needs: schemas, a parser for compliance.yml, hashes and signatures, gzip. */
  const allowed = ['zod', 'zod/mini', 'yaml', 'node:crypto', 'node:zlib'];

  test('it has files', () => expect(core.length).toBeGreaterThan(10));

  test.each(core)('%s', (file) => {
    const reached = [...reachedFrom(file)];
    expectNone(
      reached
        .filter(([name]) => !name.startsWith('shared/') && !allowed.includes(name))
        .map(([, way]) => way.join(' → ')),
    );
    expectNone(
      reached
        .filter(([name]) => name.endsWith('.ts'))
        .flatMap(([name, way]) =>
          sourceOf(name).impurities.map((impurity) => `${way.join(' → ')} uses ${impurity}`),
        ),
    );
  });
});

test('no folder is named after what a thing is not', () => {
  const nameless = [
    'utils',
    'util',
    'common',
    'helpers',
    'services',
    'types',
    'ports',
    'constants',
    'misc',
    'lib',
  ];
  const folders = ['cli', 'functions', 'local', 'resources', 'shared', 'tests', 'tools']
    .flatMap(below)
    .filter((path) => !path.startsWith('tests/fixtures/') && isFolder(path));
  // local/services holds the AWS services that local AWS plays: there the word is the field's own.
  expectNone(
    folders.filter((path) => nameless.includes(path.split('/').at(-1) ?? '') && path !== 'local/services'),
  );
});
